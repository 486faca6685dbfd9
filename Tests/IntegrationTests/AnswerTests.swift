import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// `explain`, `graph`, `critical-chain`, `blame` and `wait` of circusctl against real processes.
@Suite struct AnswerTests {
  /// The database is ready when there is a file.
  private static let file = """
    [watcher:db]
    cmd = /bin/sh -c "echo recovering; until test -e @DIR@/go; do sleep 0.05; done; echo ready; exec sleep 1000"
    ready = log:^ready
    stdout_stream.class = QueueStream
    copy_env = True
    [watcher:migrate]
    cmd = /bin/sh -c "exit 0"
    type = oneshot
    depends_on = db
    [watcher:web]
    cmd = sleep 1000
    copy_env = True
    depends_on = migrate
    [watcher:bad]
    cmd = /bin/false
    copy_env = True
    max_retry = 0
    type = oneshot
    """

  @Test func aWaitingProgramIsExplained() throws {
    let daemon = try TestDaemon(Self.file)
    #expect(eventually { daemon.circusctl("explain", "db").out.contains("recovering") })
    let db = daemon.circusctl("explain", "db").out
    #expect(db.contains("db: starting"))
    #expect(db.contains("db-1 has to become ready (log:^ready) within"))
    let web = daemon.circusctl("explain", "web").out
    #expect(web.contains("web: starting: waits for migrate (completed_ok)"))
    #expect(web.contains("  waits for  migrate (completed_ok): starting: waits for db (ready)"))
    #expect(web.contains("  next       it starts when migrate is done"))
    let graph = daemon.circusctl("graph", "web").out.split(separator: "\n")
    #expect(graph.count == 3)
    #expect(graph.first == "[.] web: starting: waits for migrate (completed_ok)")
    #expect(daemon.circusctl("explain", "nothing").status == 3)
    let json = try JSON.parse(Array(daemon.circusctl("--json", "explain", "web").out.utf8))
    #expect(json["depends_on"]?.array?.first?["holds"] == false)
  }

  /// T95, and over the daemon's death.
  @Test func waitingEndsWithTheStateAndSurvivesTheDaemon() throws {
    let daemon = try TestDaemon(Self.file)
    let never = daemon.circusctl("wait", "bad")
    #expect(never.status == 1)
    #expect(never.error.hasPrefix("bad: failed: exit status 1"), "\(never)")
    let late = daemon.circusctl("wait", "web", "--timeout", "0.2")
    #expect(late.status == 124)
    #expect(late.error == "not yet: web: starting: waits for migrate (completed_ok)\n")
    #expect(daemon.circusctl("wait", "web", "--timeout", "x").status == 1)
    let json = daemon.circusctl("--json", "wait", "web", "--timeout", "0.2")
    #expect(json.status == 124)
    #expect(try JSON.parse(Array(json.out.utf8))["outcome"] == "pending")
    let output = daemon.directory + "/waited"
    let waiter = try Companion(
      "/bin/sh",
      [
        "-c", "\(TestDaemon.programs)/circusctl --endpoint \(daemon.control) wait web; echo $?",
      ], output: output)
    _ = waiter
    try daemon.crash()
    Path.write("", to: daemon.directory + "/go")
    #expect(eventually { daemon.file("waited") == "ok\n0\n" }, "\(daemon.file("waited"))")
    for words in [["migrate", "--for", "done"], ["web", "db"], ["w*"]] {
      let output = run(
        TestDaemon.programs + "/circusctl", ["--endpoint", daemon.control, "wait"] + words)
      #expect(output.status == 0, "\(words): \(output)")
    }
    let chain = daemon.circusctl("critical-chain", "web").out.split(separator: "\n")
    #expect(chain.map { $0.split(separator: " ").first } == ["web", "migrate", "db"])
    #expect(daemon.circusctl("blame").out.contains("  db  log:^ready"))
  }

  /// An upgrade does not wait for those who wait.
  @Test func anUpgradeIsNotHeldUpByWaiters() throws {
    let daemon = try TestDaemon(Self.file)
    let waiter = try Companion(
      "/bin/sh",
      [
        "-c",
        "\(TestDaemon.programs)/circusctl --endpoint \(daemon.control) wait web; echo $?",
      ], output: daemon.directory + "/waited")
    _ = waiter
    #expect(daemon.circusctl("wait", "web", "--timeout", "0.1").status == 124)
    let upgrade = daemon.circusctl("upgrade")
    #expect(upgrade.status == 0, "\(upgrade)")
    Path.write("", to: daemon.directory + "/go")
    #expect(eventually { daemon.file("waited") == "ok\n0\n" }, "\(daemon.file("waited"))")
  }

  /// T68: programs of a SONiC container, in the same order by the plugin and without it.
  @Test func theOrderIsThatOfThePlugin() throws {
    func program(_ name: String, _ options: String) -> String {
      "[program:\(name)]\ncommand=/bin/sleep 1000\nautostart=false\ndependent_startup=true\n"
        + "stdout_logfile=NONE\nstderr_logfile=NONE\n\(options)\n"
    }
    let programs =
      program("rsyslogd", "priority=1\nautorestart=unexpected")
      + program(
        "start",
        // The plugin starts one again that ends at once.
        "command=/bin/sleep 1\npriority=2\nautorestart=false\nstartsecs=0\n"
          + "dependent_startup_wait_for=rsyslogd:running")
      + program("orchagent", "priority=4\ndependent_startup_wait_for=start:exited")
      + program("vlanmgrd", "priority=8\ndependent_startup_wait_for=orchagent:running")
      + program(
        "intfmgrd", "priority=7\ndependent_startup_wait_for=orchagent:running start:exited")
    let listener = """

      [eventlistener:dependent-startup]
      command=@PYTHON@ -m supervisord_dependent_startup -c @DIR@/s.conf
      autorestart=unexpected
      startretries=0
      exitcodes=0,3
      events=PROCESS_STATE
      buffer_size=50
      """
    func order(_ text: String) throws -> [String] {
      let supervisor = try TestSupervisor(text)
      #expect(
        eventually { supervisor.state("vlanmgrd") == "RUNNING" }, "\(supervisor.log)")
      return supervisor.file("main.log").split(separator: "\n").compactMap { line in
        guard let start = line.firstRange(of: "spawned: '") else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "'" })
      }.filter { $0 != "dependent-startup" }
    }
    let without = try order(programs)
    #expect(without == ["rsyslogd", "start", "orchagent", "intfmgrd", "vlanmgrd"])
    let with = try order(programs + listener)
    #expect(with == without)
  }
}
