import Glibc
import LinuxSystem
import Testing

/// What stood in a newcomer's way: versions, mistyped commands, output that was captured and could not be shown.
@Suite struct FrictionTests {
  @Test(arguments: [
    ("circusd", "0.19.0"), ("circusctl", "circusctl 0.19.0"), ("circus-top", "0.19.0"),
    ("circusd-stats", "0.19.0"), ("circus-plugin", "0.19.0"), ("supervisord", "4.3.0"),
    ("supervisorctl", "4.3.0"), ("pidproxy", "4.3.0"), ("echo_supervisord_conf", "4.3.0"),
  ])
  func everyProgramTellsItsVersion(program: String, stock: String) {
    let output = run("\(TestDaemon.programs)/\(program)", ["--version"])
    #expect(output.out == stock + "\n")
    #expect(output.error.hasPrefix("swift-circus "))
    #expect(output.status == 0)
  }

  @Test func mistypedCommandsAreRecognized() {
    let circusctl = TestDaemon.programs + "/circusctl"
    let typo = run(circusctl, ["stauts"])
    #expect(typo.status == 2)
    #expect(
      typo.error
        == "usage: circusctl [options] command [args]\ncircusctl: error: unrecognized arguments: stauts\n"
        + "did you mean `stats` or `status`?\n")
    let short = run(circusctl, ["incr"])
    #expect(short.status == 1)
    #expect(
      short.error
        == "Invalid number of arguments\nusage: circusctl incr <name> [<nb>] [--waiting]\n")
    #expect(run(circusctl, ["help", "relaod"]).error.contains("did you mean `reload`?"))
    #expect(!run(circusctl, ["--help"]).out.contains("ipython"))
  }

  @Test func outputThatIsKeptInMemoryIsShownEverywhere() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      httpd = True
      httpd_host = 127.0.0.1
      httpd_port = \(port)
      [watcher:web]
      cmd = sh -c 'echo first; echo second; while [ ! -e @DIR@/go ]; do sleep 0.1; done; echo third; exec sleep 1000'
      stdout_stream.class = QueueStream
      """)
    func supervisorctl(_ words: String...) -> Output {
      run(TestSupervisor.supervisorctl, ["-s", "http://127.0.0.1:\(port)"] + words)
    }
    #expect(eventually { supervisorctl("tail", "web:web-1").out == "first\nsecond\n\n" })
    #expect(supervisorctl("tail", "-7", "web:web-1").out == "second\n\n")
    #expect(supervisorctl("tail", "web:web-1", "stderr").out.contains("no log file"))
    let page = run(
      "/usr/bin/curl", ["-s", "http://127.0.0.1:\(port)/tail.html?processname=web:web-1"])
    #expect(page.out.contains("first\nsecond\n"))
    let seen = daemon.directory + "/seen"
    let follower = try Companion(
      "/usr/bin/curl", ["-sN", "http://127.0.0.1:\(port)/logtail/web%3Aweb-1"], output: seen)
    #expect(eventually { Path.read(seen) == "first\nsecond\n" })
    Path.write("\n", to: daemon.directory + "/go")
    #expect(eventually { Path.read(seen) == "first\nsecond\nthird\n" })
    withExtendedLifetime(follower) {}
  }

  @Test func eventsAreFollowedInAReadableForm() throws {
    let daemon = try TestDaemon(
      "[watcher:web]\ncmd = sleep 1000\n[watcher:other]\ncmd = sleep 1000\n")
    let circusctl = TestDaemon.programs + "/circusctl"
    let seen = daemon.directory + "/seen"
    let follower = try Companion(
      circusctl, ["--endpoint", daemon.control, "events", "--follow", "web", "--limit", "1"],
      output: seen)
    #expect(eventually { Path.read(seen).contains(" web start  cause boot\n") })
    #expect(run(circusctl, ["--endpoint", daemon.control, "incr", "web"]).status == 0)
    #expect(eventually { Path.read(seen).contains(" web spawn  process_pid ") })
    #expect(!Path.read(seen).contains("other"))
    withExtendedLifetime(follower) {}
  }

  @Test func saveWritesWhatItCanAndNamesTheRest() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      saved_file = saved.ini
      [watcher:w]
      cmd = sleep 1000
      """)
    _ = daemon.circusctl("set", "w", "max_retry", "9", "--waiting")
    _ = daemon.circusctl("set", "w", "cmd", "sh -c 'sleep 1000 ;:'", "--waiting")
    _ = daemon.circusctl("set", "w", "env", "A=b ;c", "--waiting")
    let saved = daemon.circusctl("save")
    #expect(saved.status == 3)
    #expect(
      saved.error.contains("except: [env:w] A cannot be written to a file: 'b ;c'"), "\(saved)")
    let text = daemon.file("saved.ini")
    #expect(text.contains("max_retry = 9\n"))
    // The words are the same, and the file can be read back.
    #expect(text.contains("cmd = sh -c 'sleep 1000 '\\;':'\n"), "\(text)")
  }

  @Test func scriptsWithoutTheirInterpreterAreNamedSo() throws {
    let daemon = try TestDaemon(
      "[watcher:w]\ncmd = @DIR@/run.sh\nmax_retry = 1\nautostart = False\n")
    Path.write("#!/bin/sh\r\necho hi\r\n", to: daemon.directory + "/run.sh")
    chmod(daemon.directory + "/run.sh", 0o755)
    let started = daemon.circusctl("start", "w", "--waiting")
    #expect(started.status == 3)
    #expect(
      started.error.contains(
        "run.sh' is there, its interpreter '/bin/sh\\r' is not; its lines end in CR LF"),
      "\(started)")
    // The name stands once.
    #expect(daemon.circusctl("status", "-v").out.hasPrefix("w: stopped: not started: [Errno 2]"))
  }

  @Test func aPidFileOfAnotherProgramIsNoReasonNotToStart() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    // This very test is no supervisor.
    Path.write("\(getpid())\n", to: directory + "/other.pid")
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      pidfile = \(directory)/other.pid
      [watcher:w]
      cmd = sleep 1000
      """)
    #expect(eventually { Path.read(directory + "/other.pid") == "\(daemon.pid)\n" })
    mkfifo(directory + "/fifo", 0o600)
    Path.write(
      "[circus]\npidfile = \(directory)/fifo\nendpoint = ipc://\(directory)/c\n[watcher:w]\ncmd = sleep 1\n",
      to: directory + "/a.ini")
    for words in [["--check"], []] {
      let output = run(TestDaemon.programs + "/circusd", words + [directory + "/a.ini"])
      #expect(output.status == 1 && (output.out + output.error).contains("fifo"), "\(output)")
    }
  }

  /// Its leader is a zombie until the last thread ends.
  @Test func aProcessWhoseMainThreadHasEndedLivesOn() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      [watcher:w]
      cmd = python3 -c "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(1000,)).start(); open('@DIR@/ready', 'w').close(); ctypes.CDLL(None).syscall(60, 0)"
      copy_env = True
      """)
    #expect(eventually { Files.exists(daemon.directory + "/ready") })
    let pid = try daemon.first("w")
    #expect(eventually { Path.read("/proc/\(pid)/stat").contains(") Z ") })
    try daemon.crash()
    #expect(try daemon.pids("w") == [pid])
  }

  /// Options that supervisor does not have are applied to what runs; those it has restart the program, as ever.
  @Test func anUpdateRestartsNothingForOurOptions() throws {
    let program = "[program:web]\ncommand=/bin/sleep 1000\n[program:db]\ncommand=/bin/sleep 1001\n"
    let job = "[program:job]\ncommand=/bin/sleep 1002\nschedule=0 0 1 1 *\n"
    let supervisor = try TestSupervisor(program + job)
    #expect(eventually { supervisor.state("web") == "RUNNING" })
    #expect(supervisor.ask("start", "job").status == 0)
    func pids() -> [String] {
      ["web", "db", "job"].map { supervisor.ask("pid", $0).out }
    }
    let before = pids()
    for option in [
      "depends_on=db", "max_rss=500M", "backoff=linear", "on_exit=75: stop", "drain_seconds=2",
      "liveness_probe=exec:/bin/true",
    ] {
      supervisor.write(
        program.replacing("sleep 1000\n", with: "sleep 1000\n\(option)\n")
          + job.replacing("0 0 1 1", with: "0 0 1 2"))
      let update = supervisor.ask("update")
      #expect(
        update.status == 0 && update.out.contains("web: updated process group")
          && !update.out.contains("stopped"), "\(option): \(update)")
      #expect(pids() == before, "\(option)")
    }
    #expect(supervisor.ask("restart", "web").status == 0)
    supervisor.write(program.replacing("sleep 1000\n", with: "sleep 1000\nstopwaitsecs=3\n") + job)
    #expect(supervisor.ask("update").out.contains("web: stopped\nweb: updated process group"))
  }
}
