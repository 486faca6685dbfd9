import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// Another program in the daemon's place.
@Suite struct UpgradeTests {
  private static let watchers = """
    [watcher:w]
    cmd = sleep 1000
    numprocesses = 2
    use_sockets = true

    [watcher:writer]
    cmd = /usr/bin/python3 -u \(Path.package)/Tests/IntegrationTests/clients/writer.py
    stdout_stream.class = FileStream
    stdout_stream.filename = @DIR@/writer.log
    stdout_stream.time_format = %H:%M:%S

    [socket:door]
    host = 127.0.0.1
    port = 0
    """

  private func upgrades(_ daemon: TestDaemon) -> Int {
    daemon.log.split(separator: "\n").count { $0.contains("upgraded from") }
  }

  /// It consents, and then cannot be run.
  @Test func anExecThatIsRefusedLeavesNothingBehind() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000")
    #expect(eventually { daemon.status("w") == "active" })
    let pids = try daemon.pids("w")
    let fickle = "\(daemon.directory)/fickle"
    func failures() -> Int { daemon.log.split(separator: "cannot be run").count - 1 }
    var descriptors = 0
    for round in 1...6 {
      Path.write("#!/bin/sh\necho can resume: 1\nchmod 600 $0\n", to: fickle)
      chmod(fickle, 0o700)
      try daemon.call("upgrade", ["program": .string(fickle)])
      #expect(eventually { failures() == round })
      if round == 1 { descriptors = ProcFS().descriptorCount(of: daemon.pid) ?? 0 }
    }
    // Connections that are just being closed were counted.
    #expect(eventually { (ProcFS().descriptorCount(of: daemon.pid) ?? .max) <= descriptors })
    #expect(try daemon.call("upgrade")["status"] == "ok")
    #expect(eventually { upgrades(daemon) == 1 })
    #expect(try daemon.pids("w") == pids)
  }

  @Test func aSocketStaysAsItsProcessesHaveMadeIt() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /usr/bin/python3 -c "import socket, signal; s = socket.socket(fileno=$(circus.sockets.door)); s.setblocking(True); open('@DIR@/ready', 'w'); signal.pause()"
      use_sockets = True

      [socket:door]
      host = 127.0.0.1
      port = 0
      """)
    #expect(eventually { Files.exists("\(daemon.directory)/ready") })
    let number = try #require(
      try daemon.call("listsockets")["sockets"]?.array?.first?.object?["fd"]?.int)
    let pid = try daemon.first("w")
    func waits() -> Bool {
      let line = Path.read("/proc/\(pid)/fdinfo/\(number)").split(separator: "\n")
        .first { $0.hasPrefix("flags:") }
      let flags = line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int32($0, radix: 8) }
      return flags.map { $0 & O_NONBLOCK == 0 } ?? false
    }
    #expect(waits())
    try daemon.call("upgrade")
    #expect(eventually { upgrades(daemon) == 1 })
    #expect(waits())
    try daemon.crash()
    #expect(waits())
  }

  @Test func everythingStaysAndNothingIsMissed() throws {
    let daemon = try TestDaemon(Self.watchers)
    #expect(eventually { daemon.status("writer") == "active" && daemon.status("w") == "active" })
    let client = try Companion(
      TestSupervisor.stock + "/python",
      [
        Path.package + "/Tests/IntegrationTests/clients/watch_sequence.py", daemon.events,
        "\(daemon.directory)/end",
      ], output: "\(daemon.directory)/sequence")
    defer { _ = client }
    #expect(eventually { daemon.file("sequence").contains("ready") })
    let before = try daemon.pids("w") + daemon.pids("writer")
    let sockets = try daemon.call("listsockets")["sockets"]
    let descriptors = try #require(ProcFS().descriptorCount(of: daemon.pid))
    for round in 1...4 {
      // Commands on both sides of it, one of them while it is under way.
      #expect(try daemon.call("upgrade")["status"] == "ok")
      try daemon.call("incr", ["name": "w", "waiting": true])
      #expect(eventually { upgrades(daemon) == round })
      try daemon.call("decr", ["name": "writer", "nb": 0])
    }
    let after = try daemon.pids("w") + daemon.pids("writer")
    #expect(before.allSatisfy(after.contains))
    #expect(after.count == before.count + 4)
    #expect(try daemon.call("listsockets")["sockets"] == sockets)
    // Two pipes for each new process, and no more.
    #expect(try #require(ProcFS().descriptorCount(of: daemon.pid)) <= descriptors + 12)

    // They are children still: a status is told as ever.
    let victim = try #require(before.first)
    kill(victim, SIGTERM)
    #expect(eventually { daemon.log.contains("[pid \(victim)] (terminated by SIGTERM") })
    try daemon.call("stop", ["name": "writer", "waiting": true])
    Path.write("", to: "\(daemon.directory)/end")
    #expect(eventually { daemon.file("sequence").contains("upgrades 4") })
    #expect(!daemon.file("sequence").contains("gap"), "\(daemon.file("sequence"))")
    var last = 0
    for line in daemon.file("writer.log").split(separator: "\n") {
      let number = line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
      #expect(number == last + 1)
      last += 1
    }
    #expect(last > 100)
    #expect(try daemon.quit() == 0)
  }

  /// Clients that ask and ask, one in each mode, until there is a file `end`; what they say is in files
  /// called like the modes.
  private func hammer(
    _ script: String, _ address: String, _ modes: [String], in directory: String
  ) throws -> [Companion] {
    try modes.map { mode in
      try Companion(
        TestSupervisor.stock + "/python",
        [
          "\(Path.package)/Tests/IntegrationTests/clients/\(script)", address, mode,
          "\(directory)/end",
        ], output: "\(directory)/\(mode)")
    }
  }

  @Test(arguments: [false, true]) func noCommandGoesUnanswered(overFiles: Bool) throws {
    let daemon = try TestDaemon(
      (0..<3).map { "[watcher:w\($0)]\ncmd = sleep 1000\nnumprocesses = 0\n" }.joined(),
      usesFiles: overFiles)
    let modes = ["kept", "fresh", "request"]
    let clients = try hammer("hammer.py", daemon.control, modes, in: daemon.directory)
    defer { _ = clients }
    #expect(eventually { modes.allSatisfy { daemon.file($0).contains("ready") } })
    for round in 1...8 {
      #expect(try daemon.call("upgrade")["status"] == "ok")
      #expect(eventually { upgrades(daemon) == round })
    }
    Path.write("", to: "\(daemon.directory)/end")
    #expect(eventually { modes.allSatisfy { daemon.file($0).contains("asked") } })
    for mode in modes {
      #expect(daemon.file(mode).contains(" lost 0"), "\(mode): \(daemon.file(mode))")
      #expect(!daemon.file(mode).contains("odd"))
    }
    #expect(try daemon.quit() == 0)
  }

  @Test func aProgramThatCannotChangesNothing() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000")
    #expect(eventually { daemon.status("w") == "active" })
    let pids = try daemon.pids("w")
    for program in ["/bin/true", "/bin/false", "/no/such/program", Self.circusctl] {
      let reply = try daemon.call("upgrade", ["program": .string(program)])
      #expect(reply["status"] == "error")
      #expect(reply["reason"]?.string?.hasPrefix("not upgraded: \(program)") == true)
    }
    Path.write("[watcher:w\ncmd = sleep 1000", to: "\(daemon.directory)/circus.ini")
    let output = daemon.circusctl("upgrade")
    #expect(output.status != 0)
    #expect((output.out + output.error).contains("cannot take over"))
    #expect(try daemon.pids("w") == pids)
  }

  private static let circusctl = TestDaemon.programs + "/circusctl"

  @Test func upgradesInARowComeToAGoodEnd() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000")
    #expect(eventually { daemon.status("w") == "active" })
    for round in 1...6 {
      let first = daemon.circusctl("upgrade")
      #expect(first.status == 0, "\(first)")
      // Carried out by the next program, or refused because one is under way.
      let second = daemon.circusctl("upgrade")
      #expect([0, 1, 3].contains(second.status), "\(second)")
      if second.status == 3 { #expect(second.error.contains("under way")) }
      #expect(eventually { upgrades(daemon) >= round })
      #expect(
        eventually { daemon.circusctl("upgrade", "/bin/false").error.contains("cannot take over") })
    }
    #expect(try daemon.quit() == 0)
  }

  /// `tail -f` ends with the signal, and shows what came until then.
  @Test func aLogIsFollowed() throws {
    let daemon = try TestSupervisor(
      "[program:said]\ncommand=/bin/sh -c 'while :; do echo line; sleep 0.1; done'\nstartsecs=0")
    let follower = try Companion(
      TestDaemon.programs + "/supervisorctl",
      ["-s", "unix://\(daemon.socket)", "tail", "-f", "said"],
      output: "\(daemon.directory)/followed")
    #expect(
      eventually { daemon.file("followed").split(separator: "\n").count { $0 == "line" } > 20 },
      "\(daemon.file("followed"))")
    kill(follower.pid, SIGINT)
    #expect(eventually { ProcFS().facts(of: follower.pid).map(\.isZombie) ?? true })
    #expect(!daemon.file("followed").contains("error"))
  }

  @Test func noRequestOverHTTPFails() throws {
    let daemon = try TestSupervisor("[program:cat]\ncommand=/bin/cat\nstartsecs=0")
    #expect(eventually { daemon.state("cat") == "RUNNING" })
    let modes = ["kept", "fresh"]
    let clients = try hammer("http_hammer.py", daemon.socket, modes, in: daemon.directory)
    // A client that reads on and on holds up no other.
    let follower = try Companion(
      TestDaemon.programs + "/supervisorctl",
      ["-s", "unix://\(daemon.socket)", "maintail", "-f"], output: "\(daemon.directory)/followed")
    defer { _ = (clients, follower) }
    #expect(eventually { modes.allSatisfy { daemon.file($0).contains("ready") } })
    #expect(eventually { daemon.file("followed").contains("Press Ctrl-C") })
    for round in 1...6 {
      kill(daemon.pid, SIGUSR1)
      // Some lines are on the terminal as well.
      #expect(
        eventually {
          Set(daemon.log.split(separator: "\n").filter { $0.contains("upgraded from") }).count
            == round
        })
    }
    Path.write("", to: "\(daemon.directory)/end")
    #expect(eventually { modes.allSatisfy { daemon.file($0).contains("asked") } })
    for mode in modes {
      #expect(daemon.file(mode).contains(" failed 0"), "\(mode): \(daemon.file(mode))")
    }
  }

  @Test func aSignalDoesItToo() throws {
    let daemon = try TestSupervisor(
      """
      [program:cat]
      command=/bin/cat
      startsecs=0
      stdout_logfile=@DIR@/cat.log
      """)
    #expect(eventually { daemon.state("cat") == "RUNNING" })
    let pid = daemon.ask("pid", "cat").out
    kill(daemon.pid, SIGUSR1)
    #expect(eventually { daemon.log.contains("upgraded from") })
    #expect(eventually { daemon.state("cat") == "RUNNING" })
    #expect(daemon.ask("pid", "cat").out == pid)
    // Its stdin and stdout go on as well.
    #expect(eventually { daemon.ask("status").out.contains("RUNNING") })
    let said = daemon.check("says_hello")
    #expect(said.status == 0, "\(said.error)")
    #expect(eventually { daemon.file("cat.log").contains("hello") })
  }
}
