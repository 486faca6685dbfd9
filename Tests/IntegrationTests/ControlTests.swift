import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing
import ZeroMQ

/// The control side: overlapping commands, configuration reloads, our circusctl.
@Suite struct ControlTests {
  /// An endpoint that is taken leaves the old one in place, and the next reload of the same file tries again.
  @Test func anEndpointThatIsTakenIsTriedAgain() throws {
    let port = try #require(Ports.next())
    let wanted = "tcp://127.0.0.1:\(port)"
    let text = """
      [circus]
      endpoint = ADDRESS
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      [watcher:w]
      cmd = sleep 1000
      """
    let daemon = try TestDaemon(text.replacing("ADDRESS", with: "@CONTROL@"))
    let holder = try Network.listen(
      host: "127.0.0.1", port: port, ipv6: false, kind: Int32(SOCK_STREAM.rawValue), backlog: 1,
      sharesPort: false, device: nil)
    daemon.write(text.replacing("ADDRESS", with: wanted), to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(daemon.log.contains("\(daemon.control) stays until the next reload"), "\(daemon.log)")
    #expect(daemon.status("w") == "active")
    closeDescriptor(holder.descriptor)
    try daemon.call("reloadconfig", ["waiting": true])
    let moved = try Connection(endpoint: wanted, timeout: 60).call("status", ["name": "w"])
    #expect(moved["status"]?.string == "active")
    // The same port under another address, for which the old one has to be given up; one that is not this machine's
    // changes nothing.
    daemon.write(text.replacing("ADDRESS", with: "tcp://10.254.254.254:\(port)"), to: "circus.ini")
    _ = try Connection(endpoint: wanted, timeout: 60).call("reloadconfig", ["waiting": true])
    #expect(daemon.log.contains("belongs to another machine; \(wanted) stays"), "\(daemon.log)")
    daemon.write(text.replacing("ADDRESS", with: "tcp://*:\(port)"), to: "circus.ini")
    // libzmq closes a listener with the connections it has accepted, so this one gets no answer.
    _ = try? Connection(endpoint: wanted, timeout: 1).call("reloadconfig")
    #expect(eventually { daemon.log.contains("the control endpoint is now tcp://*:\(port)") })
    let same = try Connection(endpoint: wanted, timeout: 60).call("status", ["name": "w"])
    #expect(same["status"]?.string == "active")
    kill(daemon.pid, SIGTERM)
    #expect(eventually { !daemon.isAlive })
  }

  @Test func queriesAreAnsweredWhileEverythingIsUnderWay() throws {
    let daemon = try TestDaemon(
      "[watcher:slow]\ncmd = sleep 1000\nnumprocesses = 20\nwarmup_delay = 10\n")
    #expect(daemon.status("slow") == "starting")
    let stop = try daemon.call("stop", ["name": "slow", "waiting": true])
    #expect(stop["status"] == "ok")
    #expect(daemon.status("slow") == "stopped")
  }

  @Test func reloadconfigAppliesExactlyWhatChanged() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n[watcher:b]\ncmd = sleep 1000\n")
    let a = try daemon.pids("a")
    let b = try daemon.pids("b")
    daemon.write(
      "[watcher:a]\ncmd = sleep 1000\nnumprocesses = 2\n[watcher:b]\ncmd = sleep 1001\n[watcher:c]\ncmd = sleep 1000\n",
      to: "circus.ini")
    let reply = try daemon.call("reloadconfig", ["waiting": true])
    #expect(reply["status"] == "ok")
    #expect(try daemon.pids("a").count == 2)
    #expect(try daemon.pids("a").contains(try #require(a.first)))
    #expect(try daemon.pids("b") != b)
    #expect(try daemon.pids("c").count == 1)
  }

  @Test func badNewFileChangesNothingAndIsExplained() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    let before = try daemon.pids("a")
    daemon.write("[watcher:a]\ncmd = sleep 1\nnumprocesses = two\n", to: "circus.ini")
    let reply = try daemon.call("reloadconfig", ["waiting": true])
    #expect(reply["status"] == "error")
    #expect(reply["reason"]?.string?.contains("numprocesses") == true)
    #expect(try daemon.pids("a") == before)
  }

  @Test func hugeAndBrokenFramesAreAnsweredAndSurvived() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    let socket = try Socket(Context(), .dealer)
    socket.setTimeout(20_000)
    try socket.connect(daemon.control)
    // What no client means closes its connection, and costs no other client anything.
    let rude = try Socket(Context(), .dealer)
    try rude.connect(daemon.control)
    try rude.send([[UInt8](repeating: 0x61, count: 100 << 20)], wait: true)
    try socket.send([[UInt8](repeating: 0x61, count: 4_500_000)], wait: true)
    let answer = try #require(try socket.receive(wait: true))
    #expect(String(decoding: answer[0], as: UTF8.self).contains("4500000 bytes"))
    for seed in 0..<200 {
      var garbage = (0..<seed).map { UInt8(truncatingIfNeeded: $0 &* 7919 &* (seed + 1)) }
      garbage.append(0)
      try socket.send([garbage], wait: true)
      #expect(try socket.receive(wait: true) != nil)
    }
    #expect(daemon.status("a") == "active")
  }

  @Test func ipcEndpointsWorkToo() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = ipc://@DIR@/control.sock
      pubsub_endpoint = ipc://@DIR@/events.sock
      [watcher:a]
      cmd = sleep 1000
      """, waits: false)
    let endpoint = "ipc://\(daemon.directory)/control.sock"
    #expect(
      eventually {
        run(TestDaemon.programs + "/circusctl", ["--endpoint", endpoint, "status"]).out
          == "a: active\n"
      })
    let output = run(
      TestDaemon.programs + "/circusctl", ["list", "--json"],
      environment: ["CIRCUSCTL_ENDPOINT": endpoint])
    #expect((try? JSON.parse(output.out.utf8))?["watchers"] == ["a"])
  }

  @Test func unreachableDaemonIsNamed() {
    let port = Ports.next() ?? 1
    let output = run(
      TestDaemon.programs + "/circusctl", ["--endpoint", "tcp://127.0.0.1:\(port)", "status"])
    #expect(output.status == 1)
    #expect(output.error.contains("tcp://127.0.0.1:\(port)"))
    #expect(output.error.contains("Connection refused"))
  }

  @Test func occupiedAddressEndsWithOne() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    let second = run(TestDaemon.programs + "/circusd", ["\(daemon.directory)/circus.ini"])
    #expect(second.status == 1)
    #expect(second.error.contains("cannot bind endpoint \(daemon.control): Address already in use"))
  }

  @Test func listenAndWatchFollowTheStreams() throws {
    let daemon = try TestDaemon(StockClientTests.configuration)
    let log = "\(daemon.directory)/listen"
    let ctl = TestDaemon.programs + "/circusctl"
    let shell = """
      \(ctl) listen watcher.db. > \(log) & a=$!
      \(ctl) stats --watch db > \(log).stats & b=$!
      i=0
      while [ $i -lt 100 ] && ! { [ -s \(log) ] && [ -s \(log).stats ]; }; do
        \(ctl) set db max_retry 5 > /dev/null; i=$((i+1)); sleep 0.1
      done
      kill $a $b
      """
    _ = run("/bin/sh", ["-c", shell], environment: ["CIRCUSCTL_ENDPOINT": daemon.control])
    #expect(daemon.file("listen").hasPrefix("b'watcher.db.updated': b'{\"time\": "))
    #expect(daemon.file("listen.stats").hasPrefix("db: 2 processes, cpu "))
  }

  @Test func shellTakesCommandsFromItsInput() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    let output = run(
      TestDaemon.programs + "/circusctl", ["--endpoint", daemon.control],
      input: "incr a --waiting\nbogus\nincr 'a\nhelp incr\n")
    #expect(output.status == 0)
    #expect(output.out.hasPrefix("circusctl 0.19.0\na: active\n(circusctl) 2\n"))
    #expect(output.out.contains("*** Unknown syntax: bogus"))
    #expect(output.error.contains("No closing quotation"))
    #expect(output.out.contains("usage: circusctl incr <name> [<nb>]"))
  }

  @Test func sockets() throws {
    let port = Ports.next() ?? 0
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = \(port)
      [watcher:server]
      cmd = /bin/sh
      args = -c 'ls -l /proc/self/fd > @DIR@/fds; echo $(circus.sockets.web) > @DIR@/fd; exec sleep 1000'
      use_sockets = True
      copy_env = True
      """)
    let socket = try #require(try daemon.call("listsockets")["sockets"]?.array?.first)
    #expect(socket["port"]?.int == port)
    #expect(eventually { !daemon.file("fd").isEmpty })
    #expect(daemon.file("fd") == "\(socket["fd"]?.int ?? -1)\n")
    #expect(daemon.file("fds").contains(" \(socket["fd"]?.int ?? -1) -> socket:"))
    #expect(Network.probe(host: "127.0.0.1", port: port) == nil)
  }

  /// A stand-in for ssh that forwards the port it is told to; what ssh itself does is ssh's business.
  @Test(.enabled(if: StockClientTests.isThere, "run scripts/install-dependencies --test"))
  func tunnelGoesThroughSsh() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    let ssh = "\(daemon.directory)/ssh"
    Path.write(
      """
      #!\(StockClientTests.venv)/python
      import socket, sys, threading
      spec = sys.argv[sys.argv.index("-L") + 1]
      open("\(daemon.directory)/argv", "w").write(" ".join(sys.argv[1:]))
      _, local, host, port = spec.split(":")
      server = socket.create_server(("127.0.0.1", int(local)))
      def pipe(a, b):
          while data := a.recv(65536):
              b.sendall(data)
          b.close()
      while True:
          near, _ = server.accept()
          far = socket.create_connection((host, int(port)))
          threading.Thread(target=pipe, args=(near, far), daemon=True).start()
          threading.Thread(target=pipe, args=(far, near), daemon=True).start()
      """, to: ssh)
    chmod(ssh, 0o755)
    let output = run(
      TestDaemon.programs + "/circusctl",
      ["--endpoint", daemon.control, "--ssh", "me@there:2222", "--ssh_keyfile", "/k", "list"],
      environment: ["PATH": "\(daemon.directory):\(Environment.variables["PATH"] ?? "")"])
    #expect(output.out == "a\n", "\(output.error)")
    #expect(daemon.file("argv").contains("-p 2222 -i /k -L 127.0.0.1:"))
    #expect(daemon.file("argv").hasSuffix(" me@there"))
  }

  /// Each of these once ended the daemon.
  @Test func absurdNumbersAreRefusedOrBounded() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    let big: JSON = .int(.max)
    let small: JSON = .int(.min)
    for (verb, properties) in [
      ("events", ["since": big]), ("events", ["since": 0, "limit": big]),
      ("decr", ["name": "a", "nb": small]), ("incr", ["name": "a", "nb": big]),
      ("set", ["name": "a", "options": ["numprocesses": big]]),
      ("set", ["name": "a", "options": ["stop_signal": big]]),
      ("set", ["name": "a", "options": ["max_age": big, "max_age_variance": big]]),
      ("set", ["name": "a", "options": ["graceful_timeout": .double(1e300)]]),
      ("signal", ["name": "a", "signum": "TERM+2147483647"]),
      ("kill", ["name": "nope", "graceful_timeout": .double(-1e300)]),
      (
        "add",
        ["name": "b", "cmd": "sleep 1", "options": ["max_retry": small, "numprocesses": big]]
      ),
    ] as [(String, JSONObject)] {
      _ = try daemon.call(verb, properties)
    }
    #expect(daemon.status("a") == "active")
  }

  @Test func floodOfRequestsDoesNotKeepSignalsWaiting() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\nnumprocesses = 20\n")
    let before = try daemon.pids("a")
    let context = Context()
    let flood = try (0..<2).map { _ in
      let socket = try Socket(context, .dealer)
      try socket.connect(daemon.control)
      return socket
    }
    let request = Array(#"{"command": "stats"}"#.utf8)
    let victim = try #require(before.first)
    kill(victim, SIGKILL)
    let end = Clock.monotonic + 15_000_000_000
    while isRunning(victim) || ProcFS().children(of: daemon.pid).count < 20 {
      for socket in flood {
        for _ in 0..<20 { try? socket.send([request]) }
        while let reply = try? socket.receive(), !reply.isEmpty {}
      }
      try #require(Clock.monotonic < end, "starved")
    }
  }

  @Test func endpointCanMoveWhileTheServerRuns() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    let fresh = "tcp://127.0.0.1:\(try #require(Ports.next()))"
    daemon.write(
      "[circus]\nendpoint = \(fresh)\npubsub_endpoint = @EVENTS@\n[watcher:a]\ncmd = sleep 1000\n",
      to: "circus.ini")
    // The waiting answer still comes from where it was asked.
    #expect(try daemon.call("reloadconfig", ["waiting": true])["status"] == "ok")
    let reply = try Connection(endpoint: fresh, timeout: 10).call("status", ["name": "a"])
    #expect(reply["status"] == "active")
    _ = try Connection(endpoint: fresh, timeout: 10).call("quit", ["waiting": true])
    #expect(eventually { !daemon.isAlive })
  }
}
