import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// Real processes that hand over to another one of their own, and who may speak for a process.
@Suite struct MainProcessTests {
  private static let python = Path.package + "/.venv/bin/python"

  private func isActive(_ daemon: TestDaemon, _ name: String) -> Bool {
    (try? daemon.call("status", ["name": .string(name)]))?["status"] == "active"
  }

  private func isAlive(_ pid: Int32) -> Bool {
    ProcFS().facts(of: pid).map { !$0.isZombie } ?? false
  }

  /// A process of a user that sends a datagram to a process's socket and stays: of one that is gone nothing but the socket
  /// is known. Its output ends with `sent` or `refused`.
  private func say(
    _ text: String, to pid: Int32, as user: String, _ daemon: TestDaemon
  ) throws -> (sender: Companion, wasSent: Bool) {
    let variables = try Files.read("/proc/\(pid)/environ").split(separator: 0)
      .map { String(decoding: $0, as: UTF8.self) }
    let address = try #require(variables.first { $0.hasPrefix("NOTIFY_SOCKET=") })
    let script = """
      import signal, socket, sys
      try:
          socket.socket(1, 2).sendto(sys.argv[1].encode(), sys.argv[2])
          print("sent", flush=True)
      except OSError:
          print("refused", flush=True)
      signal.pause()
      """
    let output = daemon.directory + "/said-\(user)"
    let sender = try Companion(
      "/usr/bin/setpriv",
      [
        "--reuid=\(user)", "--regid=nogroup", "--clear-groups", "/usr/bin/python3", "-c", script,
        text, String(address.dropFirst("NOTIFY_SOCKET=".count)),
      ], output: output)
    #expect(eventually { ["sent\n", "refused\n"].contains(Path.read(output)) })
    return (sender, Path.read(output) == "sent\n")
  }

  /// A program that detaches itself: the first process ends at once. Its helper names another one, which only root may.
  @Test(.enabled(if: Users.isRoot)) func aProgramThatDetachesItselfIsFollowed() throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = sh -c 'setsid sleep 1000 & systemd-notify --ready MAINPID=$!; echo $! > @DIR@/main'
      copy_env = True
      ready = notify
      """)
    #expect(eventually { self.isActive(daemon, "app") }, "\(daemon.log)")
    let main = try #require(Int32(daemon.file("main").split(separator: "\n").joined()))
    #expect(try daemon.first("app") == main)
    // The shell's end is no end of the process.
    #expect(eventually { ProcFS().facts(of: main)?.parent == daemon.pid })
    #expect(try daemon.first("app") == main)
    #expect(try daemon.call("stop", ["name": "app", "waiting": true])["status"] == "ok")
    #expect(!isAlive(main))
  }

  /// T9.
  @Test func whatIsNoneOfItsOwnIsRefused() throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = \(Self.python) @DIR@/app.py
      copy_env = True
      ready = notify
      autostart = False
      [watcher:other]
      cmd = sleep 1000
      """)
    Path.write(
      """
      import os, sdnotify, select, signal, threading
      bus = sdnotify.SystemdNotifier(debug=True)
      threading.Thread(target=select.select, args=([], [], [], 1000), daemon=True).start()
      thread = [t for t in os.listdir('/proc/self/task') if int(t) != os.getpid()][0]
      dead = os.fork()
      if dead == 0: os._exit(0)
      while open('/proc/%d/stat' % dead).read().split(')')[1].split()[0] != 'Z': select.select([], [], [], 0.01)
      ours = open('\(daemon.directory)/others').read().split()
      for pid in ['1', '0', '-5', '99999999999', 'x', thread, str(dead)] + ours:
          bus.notify('MAINPID=' + pid)
      bus.notify('READY=1')
      open('\(daemon.directory)/go', 'w').close()
      while not os.path.exists('\(daemon.directory)/gone'): select.select([], [], [], 0.01)
      child = os.fork()
      if child == 0:
          if os.fork() == 0:
              open('\(daemon.directory)/new', 'w').write(str(os.getpid()))
              os.rename('\(daemon.directory)/new', '\(daemon.directory)/grandchild')
          signal.pause()
      while not os.path.exists('\(daemon.directory)/grandchild'): select.select([], [], [], 0.01)
      bus.notify('MAINPID=' + open('\(daemon.directory)/grandchild').read())
      signal.pause()
      """, to: daemon.directory + "/app.py")
    let other = try daemon.first("other")
    Path.write("\(daemon.pid) \(other)", to: daemon.directory + "/others")
    try daemon.call("start", ["name": "app"])
    #expect(eventually { Files.exists(daemon.directory + "/go") })
    #expect(eventually { self.isActive(daemon, "app") }, "\(daemon.log)")
    let first = try daemon.first("app")
    #expect(daemon.log.contains("[pid \(first)]: it cannot name 1 as its main process"))
    #expect(try daemon.first("other") == other)
    Path.write("", to: daemon.directory + "/gone")
    #expect(eventually { (try? daemon.first("app")) != first }, "\(daemon.log)")
    let main = try daemon.first("app")
    #expect("\(main)" == daemon.file("grandchild"))
    // A stop signals it, and ends what is left.
    #expect(try daemon.call("stop", ["name": "app", "waiting": true])["status"] == "ok")
    #expect(!isAlive(main) && !isAlive(first))
  }

  /// T10: gunicorn's upgrade by SIGUSR2, over a crash of the daemon, and one that fails.
  @Test func gunicornIsUpgradedInPlace() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [watcher:web]
      cmd = \(Path.package)/.venv/bin/gunicorn -c @DIR@/conf.py wsgiref.simple_server:demo_app
      copy_env = True
      ready = notify
      graceful_timeout = 20
      autostart = False
      """)
    Path.write(
      """
      import os
      from gunicorn import systemd
      bind = '127.0.0.1:\(port)'
      def when_ready(server):
          systemd.sd_notify('MAINPID=%d' % os.getpid(), server.log)
      """, to: daemon.directory + "/conf.py")
    func answers() -> Bool {
      run("/usr/bin/curl", ["-s", "-m", "5", "http://127.0.0.1:\(port)/"]).out
        .contains("Hello world")
    }
    try daemon.call("start", ["name": "web"])
    #expect(eventually { self.isActive(daemon, "web") }, "\(daemon.log)")
    let first = try daemon.first("web")
    try daemon.call("signal", ["name": "web", "signum": "USR2"])
    #expect(eventually { (try? daemon.first("web")) != first }, "\(daemon.log)")
    let second = try daemon.first("web")
    #expect(isAlive(first))
    kill(first, SIGQUIT)
    #expect(eventually { !self.isAlive(first) })
    #expect(answers())
    try daemon.crash()
    #expect(eventually { self.isActive(daemon, "web") }, "\(daemon.log)")
    #expect(try daemon.first("web") == second)

    try daemon.call("signal", ["name": "web", "signum": "USR2"])
    #expect(eventually { (try? daemon.first("web")) != second }, "\(daemon.log)")
    let third = try daemon.first("web")
    try daemon.call("upgrade")
    #expect(eventually { daemon.log.contains("upgraded from") })
    #expect(eventually { self.isActive(daemon, "web") }, "\(daemon.log)")
    #expect(try daemon.first("web") == third)
    kill(third, SIGKILL)
    #expect(eventually { (try? daemon.first("web")) == second }, "\(daemon.log)")
    #expect(answers())
    #expect(daemon.log.contains("process \(second) is the main one: \(third) has ended"))
    #expect(try daemon.call("stop", ["name": "web", "waiting": true])["status"] == "ok")
    #expect(!isAlive(second))
    #expect(!answers())
  }

  /// T8 and `notify_access`; users can only be changed by root.
  @Test(.enabled(if: Users.isRoot), arguments: ["tree", "main", "all"])
  func whoMaySpeak(access: String) throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = sleep 1000
      copy_env = True
      uid = nobody
      ready = notify
      notify_access = \(access)
      [watcher:helped]
      cmd = sh -c 'systemd-notify --ready; exec sleep 1000'
      copy_env = True
      uid = nobody
      ready = notify
      notify_access = \(access)
      """)
    #expect(
      eventually { (try? daemon.first("app")) != nil && (try? daemon.first("helped")) != nil })
    let app = try daemon.first("app")
    if access == "main" {
      let helped = try daemon.first("helped")
      #expect(
        eventually { daemon.log.contains("[pid \(helped)]: process ") }, "\(daemon.log)")
      #expect(daemon.log.contains("may not say READY for it"))
      #expect(!isActive(daemon, "helped"))
    } else {
      #expect(eventually { self.isActive(daemon, "helped") }, "\(daemon.log)")
    }
    let foreign = try say("READY=1", to: app, as: "daemon", daemon)
    #expect(!foreign.wasSent)
    let stranger = try say("READY=1", to: app, as: "nobody", daemon)
    #expect(stranger.wasSent)
    if access == "all" {
      #expect(eventually { self.isActive(daemon, "app") }, "\(daemon.log)")
    } else {
      #expect(eventually { daemon.log.contains("[pid \(app)]: process ") }, "\(daemon.log)")
      #expect(!isActive(daemon, "app"))
      let root = try say("READY=1", to: app, as: "root", daemon)
      #expect(root.wasSent)
      #expect(eventually { self.isActive(daemon, "app") }, "\(daemon.log)")
    }
    withExtendedLifetime((foreign, stranger)) {}
  }
}
