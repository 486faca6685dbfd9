import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// Real programs that say when they are ready.
@Suite struct ReadinessTests {
  private static let python = Path.package + "/.venv/bin/python"
  private static let speaker =
    "\(python) \(Path.package)/Tests/IntegrationTests/clients/speaker.py"

  private func status(_ daemon: TestDaemon, _ name: String) -> String? {
    (try? daemon.call("status", ["name": .string(name)]))?["status"]?.string
  }

  private func condition(_ daemon: TestDaemon, _ name: String) -> String {
    let details = try? daemon.call("status", ["name": .string(name), "verbose": true])["details"]
    return details?.array?.first?["condition"]?.string ?? "?"
  }

  /// How each of them says it; `sleep` keeps it alive afterwards.
  @Test(arguments: [
    ("notify", "\(speaker) 0.5"),
    ("notify", "sh -c 'sleep 0.5; systemd-notify --ready; exec sleep 1000'"),
    // The helper is gone before anybody reads what it has said.
    ("notify", "sh -c 'sleep 0.5; systemd-notify READY=1 --no-block; exec sleep 1000'"),
    ("s6:3", "sh -c 'sleep 0.5; echo >&3; exec sleep 1000'"),
    ("s6:7", "bash -c 'sleep 0.5; printf abc >&7; echo x >&7; exec 7>&-; exec sleep 1000'"),
    ("pipe", "sh -c 'sleep 0.5; echo >&$CIRCUS_NOTIFY_FD; exec sleep 1000'"),
    (
      "log:ready to accept",
      "sh -c 'sleep 0.5; printf \"now ready \"; echo to accept; exec sleep 1000'"
    ),
    ("log:stderr:^up$", "sh -c 'echo up; sleep 0.5; echo up >&2; exec sleep 1000'"),
  ])
  func aProgramSaysThatItIsReady(ready: String, command: String) throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = \(command)
      copy_env = True
      ready = \(ready)
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/out
      stderr_stream.class = FileStream
      stderr_stream.filename = @DIR@/err
      [watcher:late]
      cmd = sleep 1000
      copy_env = True
      depends_on = app
      """)
    #expect(eventually { self.status(daemon, "late") == "active" }, "\(daemon.log)")
    #expect(status(daemon, "app") == "active")
    #expect(daemon.log.contains("app-1 is ready after"))
    #expect(daemon.log.contains("late waits for app (ready)"))
    let pid = try daemon.first("app")
    let began = try #require(ProcFS().facts(of: pid)).startTicks
    let other = try #require(ProcFS().facts(of: try daemon.first("late"))).startTicks
    #expect(other - began >= 40, "not half a second later: \(other - began) ticks")
  }

  /// gunicorn tells systemd; with `Type=notify` in its unit, or with us.
  @Test func gunicornSaysThatItIsReady() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [watcher:web]
      cmd = \(Path.package)/.venv/bin/gunicorn -b 127.0.0.1:\(port) wsgiref.simple_server:demo_app
      copy_env = True
      ready = notify
      """)
    #expect(eventually { self.status(daemon, "web") == "active" }, "\(daemon.log)")
    let answer = run("/usr/bin/curl", ["-s", "-m", "5", "http://127.0.0.1:\(port)/"])
    #expect(answer.out.contains("Hello world"), "it answers as soon as it is ready: \(answer)")
    #expect(try daemon.call("stop", ["name": "web", "waiting": true])["status"] == "ok")
  }

  /// T19, T16.
  @Test func whoIsSilentIsEndedAndWhoClosesFails() throws {
    let daemon = try TestDaemon(
      """
      [watcher:silent]
      cmd = sleep 1000
      copy_env = True
      ready = notify
      ready_timeout = 1
      max_retry = 2
      [watcher:closed]
      cmd = sh -c 'exec 3>&-; exec sleep 1000'
      copy_env = True
      ready = s6:3
      max_retry = 1
      """)
    #expect(eventually { self.condition(daemon, "silent").contains("was not ready within 1.0 s") })
    #expect(
      eventually { self.condition(daemon, "closed").contains("it closed what it was to say on") })
    #expect(eventually { self.status(daemon, "silent") == "stopped" })
  }

  /// T20: what is said while no daemon is there is heard by the next one.
  @Test(arguments: [
    ("notify", "\(speaker) 2 @DIR@/said"),
    ("s6:3", "sh -c 'sleep 2; echo >&3; echo said >@DIR@/said; exec sleep 1000'"),
  ])
  func whatIsSaidToNobodyIsHeard(ready: String, command: String) throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = \(command)
      copy_env = True
      ready = \(ready)
      ready_timeout = 60
      """)
    let pid = try daemon.first("app")
    try daemon.crash { #expect(eventually { daemon.file("said").contains("said") }) }
    #expect(eventually { self.status(daemon, "app") == "active" }, "\(daemon.log)")
    #expect(try daemon.first("app") == pid)
  }

  /// An upgrade in the middle of a start, and a message to the next program.
  @Test(arguments: [
    ("notify", "\(speaker) 3"), ("s6:3", "sh -c 'sleep 3; echo >&3; exec sleep 1000'"),
    ("log:^up$", "sh -c 'printf u; sleep 3; echo p; exec sleep 1000'"),
  ])
  func anUpgradeLosesNoWord(ready: String, command: String) throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = \(command)
      copy_env = True
      ready = \(ready)
      ready_timeout = 60
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/out
      [watcher:late]
      cmd = sleep 1000
      copy_env = True
      depends_on = app
      """)
    let pid = try daemon.first("app")
    try daemon.call("upgrade")
    #expect(
      eventually { daemon.log.contains("upgraded from") && self.status(daemon, "app") != nil })
    #expect(eventually { self.status(daemon, "late") == "active" }, "\(daemon.log)")
    #expect(try daemon.first("app") == pid)
  }

  /// One that has closed everything: the next daemon cannot know what it said, and leaves it alone.
  @Test func whoCannotBeHeardIsLeftAlone() throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = \(Self.python) -c "import os,signal; os.closerange(3, 9999); signal.pause()"
      copy_env = True
      ready = notify
      ready_timeout = 3
      [watcher:silent]
      cmd = sleep 1000
      copy_env = True
      ready = notify
      ready_timeout = 3
      """)
    let pid = try daemon.first("app")
    // Python needs its time to close them.
    #expect(eventually { Files.list("/proc/\(pid)/fd").count == 3 })
    try daemon.crash()
    #expect(eventually { daemon.log.contains("silent-1: it was not ready within 3.0 s") })
    #expect(try daemon.first("app") == pid)
    #expect(status(daemon, "app") == "starting")
    let variables = try Files.read("/proc/\(pid)/environ").split(separator: 0)
    let address = try #require(
      variables.map { String(decoding: $0, as: UTF8.self) }.first { $0.hasPrefix("NOTIFY_SOCKET=") }
    )
    // A new socket is at the old place.
    let said = run(
      Self.python,
      [
        "-c", "import socket,sys; s=socket.socket(1,2); s.sendto(b'READY=1', sys.argv[1])",
        String(address.dropFirst("NOTIFY_SOCKET=".count)),
      ])
    #expect(said.status == 0, "\(said)")
    // Root may speak for anybody; else it is none of its own.
    let isHeard = Users.isRoot
    #expect(eventually(seconds: 3) { self.status(daemon, "app") == "active" } == isHeard)
  }

  /// T11, and what is not taken.
  @Test func aBarrierComesBackAndForeignWordsAreDropped() throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = \(Self.python) \(Path.package)/Tests/IntegrationTests/clients/barrier.py @DIR@/said
      copy_env = True
      ready = notify
      """)
    #expect(eventually { self.status(daemon, "app") == "active" }, "\(daemon.log)")
    #expect(eventually { daemon.file("said").contains("barrier passed") }, "\(daemon.file("said"))")
    let details = try daemon.call("status", ["name": "app", "verbose": true])
    #expect("\(details)".contains("message 99"), "\(details)")
  }

  /// T17: a grandchild has the descriptor, too, so that its end is not seen; the limit ends the wait.
  @Test func aDescriptorThatIsHeldElsewhereIsNotTheEnd() throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = sh -c 'sleep 1000 & exec 3>&-; exec sleep 1000'
      copy_env = True
      ready = s6:3
      ready_timeout = 1
      max_retry = 0
      graceful_timeout = 2
      """)
    #expect(
      eventually { self.condition(daemon, "app").contains("it was not ready within 1.0 s") },
      "\(condition(daemon, "app")) \(daemon.log)")
  }

  /// T7, by a real process.
  @Test func aReloadIsConfirmedByTheProcess() throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = \(Self.python) @DIR@/app.py
      copy_env = True
      ready = notify
      ready_timeout = 20
      send_hup = True
      reload_notify = True
      autostart = False
      """)
    Path.write(
      """
      import sdnotify, signal, time
      bus = sdnotify.SystemdNotifier()
      def reload(*_):
          bus.notify('RELOADING=1\\nMONOTONIC_USEC=%d' % (time.monotonic_ns() // 1000))
          open('\(daemon.directory)/reloaded', 'w').close()
          bus.notify('READY=1')
      signal.signal(signal.SIGHUP, reload)
      bus.notify('READY=1')
      while True: signal.pause()
      """, to: daemon.directory + "/app.py")
    try daemon.call("start", ["name": "app", "waiting": true])
    #expect(eventually { self.status(daemon, "app") == "active" }, "\(daemon.log)")
    let before = try daemon.first("app")
    let reload = daemon.circusctl("reload", "app", "--waiting")
    #expect(reload.status == 0, "\(reload) \(daemon.log)")
    #expect(Files.exists(daemon.directory + "/reloaded"))
    #expect(daemon.log.contains("app reloaded"))
    #expect(try daemon.first("app") == before)
  }
}
