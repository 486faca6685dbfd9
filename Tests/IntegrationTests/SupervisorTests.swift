import Glibc
import JSON
import LinuxSystem
import Testing

/// supervisord as a whole: the stock programs and Python's clients against it (supervisor.md 4, 6, 7).
@Suite struct SupervisorTests {
  @Test func commandsAnswerLikeTheStockOnes() async throws {
    let script = Path.package + "/Tests/IntegrationTests/clients/transcript.py"
    let ours = TestDaemon.programs
    let stock = TestSupervisor.stock
    // Both daemons under both clients: all four say the same.
    let pairs = [(stock, stock), (ours, stock), (stock, ours), (ours, ours)]
    let transcripts = await withTaskGroup(of: (Int, Output).self) { group in
      for (index, pair) in pairs.enumerated() {
        group.addTask {
          let (daemon, control) = pair
          return (
            index,
            run(
              stock + "/python", [script, daemon + "/supervisord", control + "/supervisorctl"])
          )
        }
      }
      var found = [String](repeating: "", count: pairs.count)
      for await (index, output) in group { found[index] = output.out + output.error }
      return found
    }
    #expect(transcripts[0].contains("daemon ended with 0"))
    #expect(transcripts[0].count > 5_000)
    for (pair, transcript) in zip(pairs, transcripts).dropFirst() {
      #expect(transcript == transcripts[0], "\(pair)")
    }
  }

  @Test func everyMethodAnswersPythonsClient() throws {
    let daemon = try TestSupervisor(
      TestSupervisor.programs + """

        [program:m]
        command=/bin/cat
        numprocs=2
        process_name=m_%(process_num)02d
        startsecs=0
        [program:none]
        command=/bin/cat
        stdout_logfile=NONE
        [program:nofile]
        command=/nope/program
        autostart=false
        [program:noexec]
        command=/etc/passwd
        autostart=false
        [program:quick]
        command=/bin/sh -c 'exit 3'
        autostart=false
        startsecs=5
        """)
    let result = daemon.check("rpc")
    #expect(result.out == "ok\n", "\(result.error)")
  }

  @Test func aClientThatWaitsHoldsUpNoOther() throws {
    let daemon = try TestSupervisor(
      """
      [program:slow]
      command=/bin/sh -c 'trap "" TERM; while :; do read x < /dev/zero; done'
      stopwaitsecs=2
      startsecs=0
      """)
    let result = daemon.check("waiting")
    #expect(result.out == "ok\n", "\(result.error)")
  }

  @Test func followedLogsSurviveWhatHappensToThem() throws {
    let daemon = try TestSupervisor()
    let result = daemon.check("follow")
    #expect(result.out == "ok\n", "\(result.error)")
  }

  @Test func requestsThatAreWrongAreAnsweredOrCut() throws {
    let daemon = try TestSupervisor()
    let result = daemon.check("requests")
    #expect(result.out == "ok\n", "\(result.error)")
    let idle = daemon.check("idle")
    #expect(idle.out == "ok\n", "\(idle.error)")
  }

  /// A sanitizer's memory is not the daemon's.
  @Test(.enabled(if: Environment.variables["CIRCUS_SANITIZER"] == nil))
  func readersThatTakeNothingAreBounded() throws {
    let daemon = try TestSupervisor(
      """
      [program:chatty]
      command=yes 0123456789012345678901234567890123456789012345678901234567890123456789
      stdout_logfile=/dev/null
      stdout_logfile_maxbytes=0
      [program:other]
      command=/bin/cat
      """.replacing(
        "/dev/null\nstdout_logfile_maxbytes=0",
        with: "@DIR@/chatty.log\nstdout_logfile_maxbytes=60MB\nstdout_logfile_backups=0"))
    let result = daemon.check("slow")
    #expect(result.out == "ok\n", "\(result.error)")
  }

  @Test func passwordsAreAskedFor() throws {
    let daemon = try TestSupervisor(
      TestSupervisor.programs + """

        [inet_http_server]
        port=127.0.0.1:@PORT@
        username=user
        password=pass:word
        """)
    let result = daemon.check("login", "\(daemon.port)")
    #expect(result.out == "ok\n", "\(result.error)")
    let url = "http://127.0.0.1:\(daemon.port)"
    let refused = run(TestSupervisor.supervisorctl, ["-s", url, "status"])
    #expect(refused.status == 1)
    #expect(refused.out.hasPrefix("Server requires authentication\n"))
    let asked = run(
      TestSupervisor.supervisorctl, ["-s", url, "-i", "pid"],
      input: "user\nwrong\nuser\npass:word\n")
    #expect(asked.out.hasSuffix("Password:\n\(daemon.pid)\n"), "\(asked.out)")
    // The rest of the shell's input is for the process.
    let shell = run(
      TestSupervisor.supervisorctl, ["-s", url], input: "user\npass:word\nfg cat\nfor the cat\n")
    #expect(shell.out.contains("Exiting foreground"), "\(shell.out)")
    #expect(eventually { daemon.file("cat.log") == "for the cat\n" })
    let allowed = run(
      TestSupervisor.stock + "/supervisorctl", ["-s", url, "-u", "user", "-p", "pass:word", "pid"])
    #expect(allowed.out == "\(daemon.pid)\n")
  }

  // MARK: the daemon

  @Test func theDebugLogTellsAllThatPasses() throws {
    let daemon = try TestSupervisor(
      """
      [program:bytes]
      command=/usr/bin/printf "\\210\\n"
      startsecs=0
      autorestart=false
      [program:cat]
      command=/bin/cat
      [eventlistener:hears]
      command=/bin/sh -c 'echo READY; exec /bin/cat'
      events=TICK_3600
      """)
    #expect(eventually { daemon.state("cat") == "RUNNING" })
    daemon.ask("stop", "cat")
    for line in [
      "DEBG 'bytes' stdout output:\nUndecodable: b'\\x88\\n'",
      "DEBG 'hears' stdout output:\nb'READY\\n'", "DEBG received SIGCHLD indicating a child quit",
      "INFO waiting for cat to stop",
    ] {
      #expect(eventually { daemon.log.contains(line) }, "\(line) in \(daemon.log)")
    }
  }

  @Test func itGoesToTheBackgroundAndBack() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write(
      """
      [unix_http_server]
      file=%(here)s/s.sock
      [supervisord]
      logfile=%(here)s/main.log
      pidfile=%(here)s/s.pid
      childlogdir=%(here)s
      directory=/usr
      umask=027
      [supervisorctl]
      serverurl=unix://%(here)s/s.sock
      [program:where]
      command=/bin/sh -c 'pwd; umask; exec cat'
      stdout_logfile=%(here)s/where.log
      """, to: directory + "/s.conf")
    let control = { (words: String...) in
      run(TestSupervisor.supervisorctl, ["-c", directory + "/s.conf"] + words)
    }
    let started = run(TestSupervisor.supervisord, ["-c", directory + "/s.conf"])
    #expect(started.status == 0)
    // Ready when the command ends, not some time later.
    let pid = control("pid").out
    #expect(pid == Path.read(directory + "/s.pid"))
    #expect(eventually { Path.read(directory + "/where.log") == "/usr\n0027\n" })
    // The configuration is still found.
    #expect(control("reread").out == "No config updates to processes\n")
    let again = run(TestSupervisor.supervisord, ["-c", directory + "/s.conf"])
    #expect(again.status == 2)
    #expect(again.error.hasPrefix("Error: Another program is already listening on a port"))
    #expect(control("pid").out == pid)
    #expect(control("shutdown").out == "Shut down\n")
    #expect(
      eventually { !Files.exists(directory + "/s.pid") && !Files.exists(directory + "/s.sock") })
  }

  @Test func ignoredSignalsAreNotHandedDown() throws {
    let daemon = try TestSupervisor(
      """
      [program:asks]
      command=/bin/grep SigIgn /proc/self/status
      startsecs=0
      stdout_logfile=@DIR@/asked
      """, launcher: ["/bin/sh", "-c", "trap '' HUP INT QUIT PIPE; exec \"$@\"", "sh"])
    // The bits of signals 1 to 28: SIGPIPE and SIGXFSZ alone are ignored, as under supervisord.
    #expect(eventually { daemon.file("asked").hasSuffix("1001000\n") }, "\(daemon.file("asked"))")
  }

  @Test func aBrokenFileStopsNothing() throws {
    let daemon = try TestSupervisor()
    let pid = daemon.ask("pid", "cat").out
    daemon.write("[program:cat]\ncommand=%(nope)s\n")
    daemon.signal(SIGHUP)
    #expect(eventually { daemon.log.contains("not restarted, nothing changed") })
    let reread = daemon.ask("reread")
    #expect(reread.status == 1)
    #expect(reread.out.hasPrefix("ERROR: CANT_REREAD: Format string '%(nope)s'"))
    #expect(reread.out.contains("s.conf:"))
    #expect(daemon.ask("reload").out.hasPrefix("ERROR: not restarted: CANT_REREAD"))
    #expect(daemon.ask("pid", "cat").out == pid)
    daemon.write("[program:other]\ncommand=/bin/cat\nstartsecs=0\n")
    daemon.signal(SIGHUP)
    #expect(eventually { daemon.state("other") == "RUNNING" })
    #expect(daemon.ask("status", "cat").status == 4)
    #expect(daemon.ask("pid").out == "\(daemon.pid)\n")
  }

  @Test func logsAreReopenedAndRotated() throws {
    let daemon = try TestSupervisor(head: "logfile_maxbytes=2KB\nlogfile_backups=1\nidentifier=me")
    #expect(eventually { daemon.state("cat") == "RUNNING" })
    for _ in 0..<20 { daemon.ask("signal", "CONT", "cat") }
    rename(daemon.directory + "/cat.log", daemon.directory + "/cat.old")
    daemon.signal(SIGUSR2)
    #expect(eventually { Files.exists(daemon.directory + "/cat.log") })
    for _ in 0..<12 { daemon.ask("restart", "cat") }
    #expect(eventually { Files.exists(daemon.directory + "/main.log.1") })
    #expect(!Files.exists(daemon.directory + "/main.log.2"))
    // Private logs are named after the daemon, and go when it is started anew.
    let automatic = { Files.list(daemon.directory).filter { $0.contains("---me-") } }
    let before = automatic()
    #expect(before.contains { $0.hasPrefix("said-stdout---me-") })
    #expect(daemon.ask("reload").status == 0)
    #expect(eventually { daemon.state("said") == "RUNNING" })
    #expect(Set(automatic()).isDisjoint(with: before))
  }

  @Test func mistakesEndWithTwoAndAWayOut() {
    for (words, text) in [
      (["-Z"], "Error: option -Z not recognized\nFor help, use "),
      (["-c", "/nope.conf"], "Error: could not find config file /nope.conf\nFor help, use "),
      (["-c", "/etc"], "Error: could not read config file /etc\nFor help, use "),
    ] {
      let result = run(TestSupervisor.supervisord, words)
      #expect(result.status == 2)
      #expect(result.error.hasPrefix(text), "\(result.error)")
    }
    #expect(run(TestSupervisor.supervisord, ["-v"]).out == "4.3.0\n")
    #expect(run(TestSupervisor.supervisord, ["--help"]).status == 0)
  }

  // MARK: programs around it

  @Test func theSampleFileIsOneTheStockDaemonTakes() {
    let sample = run(TestDaemon.programs + "/echo_supervisord_conf", [])
    #expect(sample.status == 0)
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    // With every option it shows switched on, too.
    let path = directory + "/s.conf"
    for text in [
      sample.out, sample.out.replacing("\n;[", with: "\n[").replacing("\n;", with: "\n"),
    ] {
      Path.write(text, to: path)
      let check = run(TestDaemon.programs + "/circusd", ["--check", path])
      #expect(!check.out.contains("unknown"), "\(check.out)")
    }
    Path.write(sample.out, to: path)
    let stock = run(
      TestSupervisor.stock + "/python",
      [
        "-c",
        "import sys; from supervisor.options import ServerOptions; o = ServerOptions(); "
          + "o.realize(['-c', sys.argv[1]]); print(o.identifier)", path,
      ])
    #expect(stock.out == "supervisor\n", "\(stock.error)")
  }

  @Test func pidproxyPassesSignalsOn() throws {
    let daemon = try TestSupervisor(
      """
      [program:proxied]
      command=\(TestDaemon.programs)/pidproxy @DIR@/p.pid /bin/sh @DIR@/daemon.sh
      stopsignal=TERM
      startsecs=0
      """, waits: false)
    Path.write(
      """
      sh -c 'echo $$ > \(daemon.directory)/p.pid
      trap "echo hup >> \(daemon.directory)/heard" HUP
      trap "echo term >> \(daemon.directory)/heard; exit" TERM
      while :; do sleep 0.05; done' &
      wait
      """, to: daemon.directory + "/daemon.sh")
    #expect(eventually { daemon.ask("version").status == 0 })
    daemon.ask("restart", "proxied")
    #expect(eventually { !daemon.file("p.pid").isEmpty && daemon.state("proxied") == "RUNNING" })
    #expect(
      eventually {
        daemon.ask("signal", "HUP", "proxied")
        return daemon.file("heard").contains("hup\n")
      })
    daemon.ask("stop", "proxied")
    #expect(eventually { daemon.file("heard").hasSuffix("term\n") })
  }
}
