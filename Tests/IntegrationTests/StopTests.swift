import Glibc
import JSON
import LinuxSystem
import Testing

/// What a stop ends, what it spares, and when it is told: real trees under both dialects.
@Suite struct StopTests {
  private static let worker =
    "/usr/bin/python3 \(Path.package)/Tests/IntegrationTests/clients/worker.py"

  /// The events of a worker, without its number.
  private func story(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
  }

  private func number(_ text: String) -> Int32? {
    text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int32($0) }
  }

  // MARK: the grace

  @Test(
    arguments: [
      ("/bin/sh -c \"\(worker) @DIR@/w.txt 3; true\"", "stopasgroup=true", "SIGTERM"),
      (
        "/bin/sh -c \"\(worker) @DIR@/w.txt 3; true\"", "stopasgroup=true\nstopsignal=INT", "SIGINT"
      ),
      (
        "/bin/bash -c \"cd /tmp && \(worker) @DIR@/w.txt 3 && true\"", "killasgroup=true", "SIGTERM"
      ),
      ("/bin/sh -c \"\(worker) @DIR@/w.txt 3; true\"", "", "SIGTERM"),
    ])
  func aWorkerBehindAShellHasTheWholeGrace(
    command: String, options: String, signal: String
  ) throws {
    let daemon = try TestSupervisor(
      "[program:w]\ncommand=\(command)\nstartsecs=0\nstopwaitsecs=60\n\(options)\n")
    try #require(eventually { daemon.file("w.txt").contains("up") })
    #expect(daemon.ask("stop", "w").out == "w: stopped\n")
    #expect(story(daemon.file("w.txt")) == ["up", "got \(signal)", "saved"])
  }

  @Test func itHasItAtTheDaemonsEndToo() throws {
    let daemon = try TestSupervisor(
      "[program:w]\ncommand=/bin/sh -c \"\(Self.worker) @DIR@/w.txt 3; true\"\nstopwaitsecs=60\n")
    try #require(eventually { daemon.file("w.txt").contains("up") })
    daemon.signal(SIGTERM)
    #expect(eventually(seconds: 60) { !daemon.isAlive })
    #expect(story(daemon.file("w.txt")) == ["up", "got SIGTERM", "saved"])
  }

  @Test func itHasItUnderCircusToo() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh -c "\(Self.worker) @DIR@/w.txt 3; true"
      graceful_timeout = 60
      """)
    try #require(eventually { daemon.file("w.txt").contains("up") })
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(story(daemon.file("w.txt")) == ["up", "got SIGTERM", "saved"])
  }

  @Test func afterTheGraceItIsKilled() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh -c "\(Self.worker) @DIR@/w.txt 1000; true"
      graceful_timeout = 1
      """)
    try #require(eventually { daemon.file("w.txt").contains("up") })
    let worker = try #require(number(daemon.file("w.txt")))
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(!isRunning(worker))
    #expect(story(daemon.file("w.txt")) == ["up", "got SIGTERM"])
  }

  // MARK: when it is told

  @Test func aRestartFindsThePortFree() throws {
    let daemon = try TestSupervisor(
      """
      [program:web]
      command=/bin/sh -c "\(Self.worker) @DIR@/web.txt 1 @PORT@; exit $?"
      stopasgroup=true
      stopwaitsecs=30
      """)
    try #require(eventually { daemon.file("web.txt").contains("up") })
    let answer = daemon.ask("restart", "web")
    #expect(answer.out == "web: stopped\nweb: started\n")
    #expect(answer.status == 0)
    #expect(eventually { daemon.file("web.txt").components("up") == 2 })
    #expect(!daemon.file("web.txt").contains("BIND FAILED"))
  }

  @Test func aRemovedProgramIsGone() throws {
    let program = """
      [program:w]
      command=/bin/sh -c "\(Self.worker) @DIR@/w.txt 1; true"
      startsecs=0
      stopwaitsecs=30
      """
    let daemon = try TestSupervisor(program)
    try #require(eventually { daemon.file("w.txt").contains("up") })
    daemon.ask("stop", "w")
    #expect(daemon.ask("remove", "w").out == "w: removed process group\n")
    #expect(story(daemon.file("w.txt")) == ["up", "got SIGTERM", "saved"])
  }

  @Test func aFilterWritesItsLastLine() throws {
    let daemon = try TestSupervisor(
      """
      [program:f]
      command=/bin/bash -c "exec /usr/bin/python3 @DIR@/app.py > >(while read -r l; do sleep 0.1; echo $l >> @DIR@/lines; done)"
      startsecs=0
      autostart=false
      """)
    Path.write(
      """
      import signal, sys
      def stop(*_):
          print("first", flush=True)
          print("last", flush=True)
          sys.exit(0)
      signal.signal(signal.SIGTERM, stop)
      print("up", flush=True)
      signal.pause()
      """, to: daemon.directory + "/app.py")
    daemon.ask("start", "f")
    try #require(eventually { daemon.file("lines") == "up\n" })
    daemon.ask("stop", "f")
    #expect(daemon.file("lines") == "up\nfirst\nlast\n")
  }

  // MARK: who is spared

  @Test(arguments: ["restart web", "restart all", "restart web:*"])
  func aProgramMayRestartItself(command: String) throws {
    let daemon = try TestSupervisor(
      """
      [program:web]
      command=/bin/sh -c 'test -f @DIR@/done || { touch @DIR@/done; sleep 1; @CTL@ & }; exec sleep 1000'
      startsecs=0
      [program:other]
      command=/bin/cat
      startsecs=0
      """.replacing(
        "@CTL@", with: "\(TestSupervisor.supervisorctl) -c @DIR@/s.conf \(command)"))
    #expect(eventually { daemon.log.components("spawned: 'web'") == 2 })
    #expect(eventually { daemon.state("web") == "RUNNING" && daemon.state("other") == "RUNNING" })
  }

  /// With a session of its own, as a web hook starts its deployment.
  @Test(arguments: ["tcp", "unix"])
  func aDetachedRestartGoesOn(door: String) throws {
    let url = door == "tcp" ? "http://127.0.0.1:@PORT@" : "unix://@DIR@/s.sock"
    let daemon = try TestSupervisor(
      """
      [inet_http_server]
      port=127.0.0.1:@PORT@
      [program:web]
      command=/bin/sh -c 'test -f @DIR@/done || { touch @DIR@/done; sleep 1; setsid \(TestSupervisor.supervisorctl) -s \(url) restart web & }; sleep 1000'
      startsecs=0
      stop_descendants=all
      """)
    #expect(eventually { daemon.log.components("spawned: 'web'") == 2 })
    #expect(eventually { daemon.state("web") == "RUNNING" })
  }

  @Test func aUpdateFromInsideIsCarriedOut() throws {
    let agent = """
      [program:agent]
      command=/bin/sh -c 'test -f @DIR@/done || { touch @DIR@/done; sleep 1; \(TestSupervisor.supervisorctl) -c @DIR@/s.conf update & }; exec sleep 1000'
      startsecs=0
      """
    let daemon = try TestSupervisor(agent)
    daemon.write(agent + "\npriority=5\n")
    #expect(eventually { daemon.log.components("spawned: 'agent'") == 2 })
    #expect(eventually { daemon.state("agent") == "RUNNING" })
  }

  @Test(arguments: [false, true])
  func aSessionOfItsOwnSurvivesARestart(isCircus: Bool) throws {
    let command = "/bin/sh -c 'setsid sleep 1400 & echo $! >> @DIR@/session; exec sleep 1401'"
    var sessions: [Int32] = []
    // The second one, which the restarted program has made, was left as well.
    defer { for pid in sessions { kill(pid, SIGKILL) } }
    func all(_ text: String) -> [Int32] { text.split(separator: "\n").compactMap { Int32($0) } }
    // Until then it is a shell in the session of its parent.
    func hasLeft(_ pid: Int32?) -> Bool {
      pid.map { Path.read("/proc/\($0)/cmdline").hasPrefix("sleep") } ?? false
    }
    var session: Int32 = 0
    if isCircus {
      let daemon = try TestDaemon("[watcher:sshd]\ncmd = \(command)\n")
      try #require(eventually { hasLeft(number(daemon.file("session"))) })
      session = try #require(number(daemon.file("session")))
      try daemon.call("restart", ["name": "sshd", "waiting": true])
      #expect(daemon.log.contains("left running: \(session) (sleep 1400)"))
      #expect(isRunning(session))
      #expect(eventually { all(daemon.file("session")).count == 2 })
      sessions = all(daemon.file("session"))
      try #require(try daemon.quit() == 0)
    } else {
      let daemon = try TestSupervisor("[program:sshd]\ncommand=\(command)\nstartsecs=0\n")
      try #require(eventually { hasLeft(number(daemon.file("session"))) })
      session = try #require(number(daemon.file("session")))
      #expect(daemon.ask("restart", "sshd").out == "sshd: stopped\nsshd: started\n")
      #expect(daemon.log.contains("left running: \(session) (sleep 1400)"))
      #expect(eventually { all(daemon.file("session")).count == 2 })
      sessions = all(daemon.file("session"))
      daemon.signal(SIGTERM)
      #expect(eventually { !daemon.isAlive })
    }
    #expect(isRunning(session), "killed at the daemon's end")
  }

  @Test(arguments: [
    "setsid sleep 1500 &", "( setsid sleep 1500 & ) ;", "( ( setsid sleep 1500 & ) & ) ;",
  ])
  func allEndsDaemonsToo(start: String) throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh @DIR@/x.sh
      stop_descendants = all
      autostart = False
      """)
    Path.write("\(start) echo; exec sleep 1501\n", to: daemon.directory + "/x.sh")
    try daemon.call("start", ["name": "w", "waiting": true])
    let leader = try #require(try daemon.pids("w").first)
    func workers() -> [Int32] {
      ProcFS().descendants(of: leader).filter {
        ProcFS().commandLine(of: $0) == "sleep 1500" && isRunning($0)
      }
    }
    #expect(eventually { workers().count == 1 })
    let worker = try #require(workers().first)
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(!isRunning(worker))
  }

  /// Several that are stopped at once, of which the first leaves nothing behind.
  @Test(arguments: ["decr", "reload", "kill"])
  func nothingIsForgottenWhenSeveralEndAtOnce(verb: String) throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh @DIR@/x.sh $(circus.wid)
      numprocesses = 4
      autostart = False
      """)
    Path.write(
      "[ \"$1\" = 1 ] && exec sleep 1600\nsleep 1601 &\necho $! >> @DIR@/children\nwait\n"
        .replacing("@DIR@", with: daemon.directory), to: daemon.directory + "/x.sh")
    try daemon.call("start", ["name": "w", "waiting": true])
    try #require(eventually { daemon.file("children").lineCount == 3 })
    let children = daemon.file("children").split(separator: "\n").compactMap { Int32($0) }
    let answer = daemon.circusctl(
      verb, "w", verb == "decr" ? "4" : "--waiting", "--waiting")
    #expect(answer.status == 0, "\(answer.out) \(answer.error)")
    #expect(eventually { !children.contains(where: isRunning) })
  }
}
