import Glibc
import JSON
import LinuxSystem
import Testing

/// circusd as a program: arguments, pid file, background, inspection.
@Suite struct DaemonTests {
  private let circusd = TestDaemon.programs + "/circusd"

  private func temporaryFile(_ text: String, _ name: String = "test.ini") -> String {
    let path = Path.makeTemporary() + "/" + name
    Path.write(text, to: path)
    return path
  }

  @Test func versionHelpAndUsage() {
    #expect(run(circusd, ["--version"]).out == "0.19.0\n")
    #expect(run(circusd, ["--help"]).out.hasPrefix("usage: circusd"))
    #expect(run(circusd, []).status == 0)
    let bad = run(circusd, ["--bogus", "x.ini"])
    #expect(bad.status == 2)
    #expect(bad.error.contains("circusd: error: unrecognized arguments: --bogus"))
  }

  @Test func missingFileEndsWithOneAndSaysSo() {
    let output = run(circusd, ["/nope/x.ini"])
    #expect(output.status == 1)
    #expect(output.error.contains("the configuration file '/nope/x.ini' does not exist"))
  }

  @Test func checkNamesLineKeyValueAndMending() {
    let path = temporaryFile(
      """
      [circus]
      check_delay = soon
      [watcher:a]
      cmd = sleep 1
      numproceses = 2
      [wather:b]
      cmd = x
      """)
    let output = run(circusd, ["--check", path])
    #expect(output.status == 1)
    #expect(
      output.out.contains(
        "\(path):2: error: [circus] check_delay = soon: could not convert string to float: 'soon'"))
    #expect(
      output.out.contains(
        "\(path):5: warning: [watcher:a] numproceses = 2: unknown option, nothing reads it "
          + "(did you mean `numprocesses`?)"))
    #expect(output.out.contains("\(path):6: warning: [wather:b] unknown section"))
    let clean = temporaryFile("[watcher:a]\ncmd = sleep 1\nnumproceses = 2\n")
    #expect(run(circusd, ["--check", clean]).status == 0)
    #expect(run(circusd, ["--check", "--strict", clean]).status == 1)
  }

  @Test func dumpIsJSONOrARefusal() throws {
    let path = temporaryFile("[watcher:a]\ncmd = sleep 1\n")
    let json = try JSON.parse(run(circusd, ["--dump-config", path]).out.utf8)
    #expect(json["watchers"]?.array?.first?["cmd"] == "sleep 1")
    let broken = run(circusd, ["--dump-config", temporaryFile("cmd = 1\n")])
    #expect(
      try JSON.parse(broken.out.utf8)["error"]?.string?.contains("no section headers") == true)
    #expect(broken.status == 1)
  }

  @Test func backgroundReportsReadinessAndPidFileIsKept() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000\n")
    daemon.write("[watcher:b]\ncmd = sleep 1000\n", to: "second.ini")
    // The first daemon holds the addresses: the launcher says so instead of ending with 0.
    let clash = run(circusd, ["--daemon", "\(daemon.directory)/second.ini"])
    #expect(clash.status == 1)
    #expect(clash.error.contains("Address already in use"))

    #expect(try daemon.quit() == 0)
    let pidFile = "\(daemon.directory)/pid"
    let start = run(
      circusd,
      [
        "--daemon", "--pidfile", pidFile, "--log-output", "\(daemon.directory)/log",
        "\(daemon.directory)/second.ini",
      ])
    #expect(start.status == 0, "\(start.error)")
    let pid = try #require(Int32(daemon.file("pid").filter { $0.isNumber }))
    defer { kill(pid, SIGKILL) }
    #expect(daemon.status("b") == "active")
    let second = run(circusd, ["--pidfile", pidFile, "\(daemon.directory)/circus.ini"])
    #expect(second.status == 1)
    #expect(second.error.contains("belongs to process \(pid)"))
    // The command line beats the file at a reload too.
    try daemon.call("reloadconfig", ["waiting": true])
    kill(pid, SIGWINCH)
    try daemon.call("restart", ["name": "b", "waiting": true])
    #expect(daemon.file("log").components("b started") == 2)
    try daemon.call("quit", ["waiting": true])
    #expect(eventually { !isRunning(pid) })
    #expect(!Files.exists(pidFile))
    #expect(daemon.file("log").contains("[INFO] b started"))
  }

  @Test func examplesAreCleanAndComplete() {
    let examples = Path.package + "/examples"
    for name in Files.list(examples) where name.hasSuffix(".ini") || name.hasSuffix(".conf") {
      let output = run(circusd, ["--check", "--strict", "\(examples)/\(name)"])
      #expect(output.status == 0, "\(output.out)")
    }
  }

  @Test func supervisorFileIsRunAndScaled() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      [supervisord]
      environment = GLOBAL="yes"
      [program:app]
      command = /bin/sh -c 'echo $SUPERVISOR_PROCESS_NAME $SUPERVISOR_GROUP_NAME $GLOBAL $OWN; exec cat'
      process_name = %(program_name)s_%(process_num)02d
      numprocs = 2
      environment = OWN="%(process_num)d"
      stdout_logfile = @DIR@/%(program_name)s_%(process_num)02d.log
      startsecs = 0
      [program:failing]
      command = /bin/false
      startsecs = 5
      startretries = 0
      """)
    #expect(eventually { daemon.file("app_01.log") == "app_01 app yes 1\n" })
    #expect(try daemon.call("incr", ["name": "app", "waiting": true])["numprocesses"] == 3)
    #expect(eventually { daemon.file("app_02.log") == "app_02 app yes 2\n" })
    #expect(
      eventually {
        (try? daemon.call("status", ["name": "failing"]))?["states"]?["0"] == "FATAL"
      })
    #expect(try daemon.quit() == 0)
  }
}
