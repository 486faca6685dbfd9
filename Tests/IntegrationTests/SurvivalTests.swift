import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// The daemon is killed, and what it ran runs on.
@Suite struct SurvivalTests {
  /// Counts from one, a hundred lines a second or so.
  private static func writing(_ name: String, _ options: String = "") -> String {
    """
    [watcher:\(name)]
    cmd = /usr/bin/python3 -u \(Path.package)/Tests/IntegrationTests/clients/writer.py
    stdout_stream.class = FileStream
    stdout_stream.filename = @DIR@/\(name).log
    \(options)

    """
  }

  /// What is missing or doubled among numbered lines; nil when nothing is.
  private static func gap(in lines: [Substring], number: (Substring) -> Int?) -> String? {
    var last = 0
    for line in lines {
      guard let found = number(line) else { return "no number in '\(line)'" }
      if found != last + 1 { return "\(last), then \(found)" }
      last = found
    }
    return nil
  }

  private static func lines(_ text: String) -> [Substring] {
    // The last one may be on its way.
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  @Test func processesAreTakenOverWithAllThatIsKnownOfThem() throws {
    let daemon = try TestDaemon(
      """
      [watcher:web]
      cmd = sleep 1000
      numprocesses = 2
      use_sockets = true

      [watcher:off]
      cmd = sleep 1000

      [socket:door]
      host = 127.0.0.1
      port = 0
      """)
    #expect(eventually { daemon.status("web") == "active" && daemon.status("off") == "active" })
    try daemon.call("incr", ["name": "web", "waiting": true])
    try daemon.call("stop", ["name": "off", "waiting": true])
    try daemon.call(
      "add",
      [
        "name": "late", "cmd": "sleep 1000", "start": true, "waiting": true,
        "options": ["numprocesses": 2],
      ])
    try daemon.call(
      "set", ["name": "late", "options": ["graceful_timeout": 3], "waiting": true])
    let before = try daemon.pids("web") + daemon.pids("late")
    let sockets = try daemon.call("listsockets")["sockets"]

    try daemon.crash()

    #expect(try daemon.pids("web") + daemon.pids("late") == before)
    #expect(before.count == 5)
    #expect(daemon.status("off") == "stopped")
    #expect(try daemon.call("listsockets")["sockets"] == sockets)
    let grace = try daemon.call("get", ["name": "late", "keys": ["graceful_timeout"]])["options"]
    #expect(grace?["graceful_timeout"]?.number == 3)
    // They are as manageable as ever, and new ones share the socket.
    try daemon.call("decr", ["name": "late", "waiting": true])
    #expect(try daemon.pids("late").count == 1)
    try daemon.call("incr", ["name": "web", "waiting": true])
    #expect(try daemon.pids("web").count == 4)
    #expect(try daemon.quit() == 0)
    #expect(before.allSatisfy { !isRunning($0) })
  }

  @Test func anEndIsToldWithItsStatus() throws {
    let daemon = try TestDaemon(
      "[watcher:w]\ncmd = sh -c 'trap \"exit 7\" USR1; while :; do sleep 0.05; done'")
    #expect(eventually { daemon.status("w") == "active" })
    let pid = try #require(try daemon.pids("w").first)
    try daemon.crash()
    kill(pid, SIGUSR1)
    #expect(eventually { daemon.log.contains("[pid \(pid)] (exit status 7; not expected)") })
    #expect(eventually { (try? daemon.pids("w").count) == 1 && (try? daemon.pids("w")) != [pid] })
  }

  @Test func whoEndedMeanwhileIsReplaced() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\nnumprocesses = 2")
    #expect(eventually { (try? daemon.pids("w").count) == 2 })
    let before = try daemon.pids("w")
    try #require(before.count == 2)
    try daemon.crash {
      kill(before[0], SIGKILL)
      _ = eventually { !isRunning(before[0]) }
    }
    #expect(eventually { (try? daemon.pids("w").count) == 2 })
    #expect(try daemon.pids("w").contains(before[1]))
    #expect(!(try daemon.pids("w")).contains(before[0]))
    #expect(daemon.log.contains("[pid \(before[0])] (exit status unknown; not expected)"))
  }

  @Test func noLineIsLostOrDoubled() throws {
    let daemon = try TestDaemon(
      Self.writing("plain") + Self.writing("timed", "stdout_stream.time_format = %H:%M:%S")
        + Self.writing(
          "turned", "stdout_stream.max_bytes = 20000\nstdout_stream.backup_count = 50"))
    #expect(eventually { daemon.file("turned.log").contains("100 of many") })
    for _ in 0..<10 {
      let length = daemon.file("plain.log").utf8.count
      try daemon.crash()
      #expect(eventually { daemon.file("plain.log").utf8.count > length + 500 })
    }
    try daemon.call("stop", ["waiting": true])
    #expect(
      Self.gap(in: Self.lines(daemon.file("plain.log"))) {
        $0.split(separator: " ").first.flatMap { Int($0) }
      } == nil)
    #expect(
      Self.gap(in: Self.lines(daemon.file("timed.log"))) {
        $0.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
      } == nil)
    let rotated = (1...50).reversed().map { daemon.file("turned.log.\($0)") }.joined()
    #expect(
      Self.gap(in: Self.lines(rotated + daemon.file("turned.log"))) {
        $0.split(separator: " ").first.flatMap { Int($0) }
      } == nil)
  }

  @Test func aWatcherMayDieWithTheDaemon() throws {
    let daemon = try TestDaemon(
      """
      [watcher:dies]
      cmd = sleep 1000
      on_daemon_exit = kill

      [watcher:stays]
      cmd = sleep 1000
      """)
    #expect(eventually { daemon.status("stays") == "active" && daemon.status("dies") == "active" })
    let dying = try daemon.pids("dies")
    let staying = try daemon.pids("stays")
    try daemon.crash { #expect(eventually { dying.allSatisfy { !isRunning($0) } }) }
    #expect(try daemon.pids("stays") == staying)
    #expect(eventually { (try? daemon.pids("dies").count) == 1 })
  }

  @Test func whatWasWantedMayOutliveAnOrderedEnd() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      on_boot = last

      [watcher:a]
      cmd = sleep 1000

      [watcher:b]
      cmd = sleep 1000

      [watcher:c]
      cmd = sleep 1000
      autostart = false
      """)
    #expect(eventually { daemon.status("b") == "active" })
    try daemon.call("stop", ["name": "a", "waiting": true])
    try daemon.call("incr", ["name": "b", "nb": 2, "waiting": true])
    try daemon.call("start", ["name": "c", "waiting": true])
    try daemon.call("add", ["name": "d", "cmd": "sleep 1000", "start": true, "waiting": true])
    #expect(try daemon.quit() == 0)
    try daemon.start()
    #expect(eventually { (try? daemon.pids("b").count) == 3 })
    #expect(eventually { daemon.status("c") == "active" && daemon.status("d") == "active" })
    #expect(daemon.status("a") == "stopped")
    _ = try daemon.quit()
  }

  @Test func aFileThatIsNoStateIsPutAside() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000")
    #expect(eventually { daemon.status("w") == "active" })
    let pids = try daemon.pids("w")
    try daemon.crash { Path.write("what is this\n", to: "\(daemon.directory)/state/state") }
    #expect(daemon.log.contains("/state/state is no state of this daemon: put aside, begun anew"))
    #expect(Files.list("\(daemon.directory)/state").contains { $0.hasPrefix("state.bad-") })
    #expect(eventually { (try? daemon.pids("w").count) == 1 })
    // No daemon knows of them any more.
    for pid in pids { kill(pid, SIGKILL) }
    let others = try daemon.pids("w")
    try daemon.crash {
      Path.write("{\"circus-state\": 99}\n", to: "\(daemon.directory)/state/state")
    }
    for pid in others { kill(pid, SIGKILL) }
    #expect(daemon.log.contains("is of version 99, this program reads up to version 1"))
  }

  @Test func programsOfSupervisorSurviveToo() throws {
    let daemon = try TestSupervisor(
      """
      [program:cat]
      command=/bin/cat
      startsecs=0
      stdout_logfile=@DIR@/cat.log

      [program:pair]
      command=/bin/cat
      process_name=%(program_name)s_%(process_num)d
      numprocs=2
      startsecs=0

      [eventlistener:ear]
      command=@PYTHON@ @CLIENTS@/listener.py @DIR@/ear
      events=REMOTE_COMMUNICATION
      """)
    #expect(eventually { daemon.state("cat") == "RUNNING" && daemon.state("ear") == "RUNNING" })
    daemon.ask("stop", "pair:pair_1")
    let before = ["cat", "pair:pair_0", "ear"].map { daemon.ask("pid", $0).out }
    try daemon.crash()
    #expect(["cat", "pair:pair_0", "ear"].map { daemon.ask("pid", $0).out } == before)
    #expect(daemon.state("pair:pair_1") == "STOPPED")
    #expect(daemon.check("says_hello").status == 0)
    #expect(eventually { daemon.file("cat.log").contains("hello") })
    daemon.ask("restart", "pair:pair_0")
    #expect(daemon.state("pair:pair_0") == "RUNNING")
  }

  @Test func aStateThatCouldNotBeWrittenIsWrittenLater() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000", waits: false)
    // No file can be made where a directory of that name is.
    #expect(eventually { daemon.status("w") == "active" })
    let state = "\(daemon.directory)/state"
    mkdir("\(state)/state.new", 0o700)
    for _ in 0..<40 { try daemon.call("set", ["name": "w", "options": ["max_age_variance": 7]]) }
    Files.remove("\(state)/state")
    try daemon.call("incr", ["name": "w", "nb": 200, "waiting": true])
    #expect(eventually { daemon.log.contains("cannot be written") })
    rmdir("\(state)/state.new")
    // Without anything else happening.
    #expect(eventually { Files.exists("\(state)/state") })
    let pids = try daemon.pids("w")
    try daemon.crash()
    #expect(try daemon.pids("w") == pids)
  }

  /// No file the daemon writes to may become longer than so many bytes, as on a full disk.
  private func limitFiles(of daemon: TestDaemon, to bytes: String) {
    #expect(run("/usr/bin/prlimit", ["--pid", "\(daemon.pid)", "--fsize=\(bytes):"]).status == 0)
  }

  @Test func whatIsStartedWhileTheStateCannotBeWrittenIsNotLost() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\n[watcher:x]\ncmd = sleep 1000")
    #expect(eventually { daemon.status("w") == "active" && daemon.status("x") == "active" })
    limitFiles(of: daemon, to: "100")
    try daemon.call("incr", ["name": "w", "nb": 3, "waiting": true])
    try daemon.call("restart", ["name": "x", "waiting": true])
    try daemon.call(
      "add", ["name": "late", "cmd": "sleep 1000", "start": true, "waiting": true])
    let known = try (daemon.pids("w").sorted(), daemon.pids("x"))
    let late = try daemon.pids("late")
    let last = try daemon.call("events")["last"]?.int ?? 0
    #expect(known.0.count == 4 && late.count == 1)
    try daemon.crash()
    #expect(try daemon.pids("w").sorted() == known.0)
    #expect(try daemon.pids("x") == known.1)
    // What it was meant to be is not known any more.
    #expect(eventually { kill(late.first ?? 0, 0) != 0 })
    #expect(daemon.log.contains("late: no longer in the configuration, removed"))
    #expect(try daemon.call("events")["last"]?.int ?? 0 > last)
  }

  @Test func twoCrashesWithoutAStateLoseNoProcess() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\nnumprocesses = 3")
    try daemon.call("quit", ["waiting": true])
    #expect(eventually { !daemon.isAlive })
    // No file can be made where a directory of that name is.
    mkdir("\(daemon.directory)/state", 0o700)
    mkdir("\(daemon.directory)/state/state.new", 0o700)
    try daemon.start()
    #expect(eventually { daemon.status("w") == "active" })
    try daemon.call("incr", ["name": "w", "nb": 2, "waiting": true])
    let pids = try daemon.pids("w").sorted()
    #expect(pids.count == 5)
    try daemon.crash()
    #expect(try daemon.pids("w").sorted() == pids)
    try daemon.crash()
    #expect(try daemon.pids("w").sorted() == pids)
    rmdir("\(daemon.directory)/state/state.new")
    #expect(eventually { Files.exists("\(daemon.directory)/state/state") })
    try daemon.crash()
    #expect(try daemon.pids("w").sorted() == pids)
  }

  @Test func noDaemonWaitsForTheOtherEndOfAState() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000")
    try daemon.call("quit", ["waiting": true])
    #expect(eventually { !daemon.isAlive })
    mkdir("\(daemon.directory)/state", 0o700)
    for name in ["state", "state.new", "work"] {
      mkfifo("\(daemon.directory)/state/\(name)", 0o600)
    }
    try daemon.start()
    #expect(eventually { daemon.status("w") == "active" })
    #expect(daemon.log.contains("state: No such device or address: not read"))
  }

  @Test func aRotationInTheMiddleIsNoDouble() throws {
    let daemon = try TestDaemon(
      Self.writing("turned", "stdout_stream.max_bytes = 3000\nstdout_stream.backup_count = 900"))
    for _ in 0..<20 {
      let count = Files.list(daemon.directory).count
      #expect(eventually { Files.list(daemon.directory).count > count + 5 })
      try daemon.crash()
    }
    try daemon.call("stop", ["waiting": true])
    let names = Files.list(daemon.directory).filter {
      $0.hasPrefix("turned.log.") && $0 != "turned.log.new"
    }
    let numbers = names.compactMap { Int($0.dropFirst("turned.log.".count)) }.sorted().reversed()
    let text = numbers.map { daemon.file("turned.log.\($0)") }.joined() + daemon.file("turned.log")
    #expect(
      Self.gap(in: Self.lines(text)) { $0.split(separator: " ").first.flatMap { Int($0) } } == nil)
  }

  @Test func aForgedStateIsSurvived() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000")
    #expect(eventually { daemon.status("w") == "active" })
    let pids = try daemon.pids("w")
    try daemon.crash {
      let path = "\(daemon.directory)/state/state"
      let forged = """
        {"watcher": 1, "process": 9, "state": "backoff", "until": -9223372036854775808, "failures": 9223372036854775807}
        {"watcher": 1, "process": 8, "state": "running", "pid": 1, "birth": 0}
        {"daemon": {"seq": 9223372036854775807}}

        """
      Path.write(Path.read(path) + forged, to: path)
    }
    #expect(try daemon.pids("w").contains(try #require(pids.first)))
    #expect(!(try daemon.pids("w")).contains(1))
  }
}
