import Glibc
import JSON
import LinuxSystem
import Testing

/// Watchers on real processes.
@Suite struct RealLifecycleTests {
  @Test func killedChildIsReplacedAtOnce() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\nnumprocesses = 2\n")
    try #require(eventually { (try? daemon.pids("w"))?.count == 2 })
    let victim = try daemon.first("w")
    kill(victim, SIGKILL)
    #expect(eventually { (try? daemon.pids("w"))?.contains(victim) == false })
    #expect(eventually { (try? daemon.pids("w"))?.count == 2 })
  }

  @Test func stopEndsTheWholeTreeAlsoWhatLeftItsSessionWhereAskedTo() throws {
    let daemon = try TestDaemon(
      """
      [watcher:tree]
      cmd = /bin/sh
      args = -c 'setsid sleep 1111 & (sleep 1112 & sleep 1113 & wait) & echo $$ > @DIR@/leader; wait'
      copy_env = True
      stop_descendants = all
      """)
    #expect(eventually { !daemon.file("leader").isEmpty })
    let leader = try #require(try daemon.pids("tree").first)
    #expect(eventually { ProcFS().descendants(of: leader).count >= 4 })
    let family = ProcFS().descendants(of: leader)
    try daemon.call("stop", ["name": "tree", "waiting": true])
    for pid in family { #expect(!isRunning(pid), "\(pid) lives on") }
  }

  @Test func leaderThatExitsFirstLeavesNothingBehind() throws {
    let daemon = try TestDaemon(
      """
      [watcher:fork]
      cmd = /bin/sh
      args = -c 'trap "exit 0" TERM; sh -c "trap : TERM; while :; do sleep 1; done" & echo $! > @DIR@/child; wait'
      copy_env = True
      graceful_timeout = 1
      """)
    #expect(eventually { !daemon.file("child").isEmpty })
    let child = try #require(Int32(daemon.file("child").filter { $0.isNumber }))
    #expect(isRunning(child))
    try daemon.call("stop", ["name": "fork", "waiting": true])
    #expect(!isRunning(child))
    #expect(daemon.log.contains("ending what the stopped process left behind"))
  }

  @Test func mainProcessOnlyWhenAskedFor() throws {
    let daemon = try TestDaemon(
      """
      [watcher:solo]
      cmd = /bin/sh
      args = -c 'setsid sleep 1211 & echo $! > @DIR@/child; wait'
      copy_env = True
      stop_descendants = False
      """)
    #expect(eventually { !daemon.file("child").isEmpty })
    let child = try #require(Int32(daemon.file("child").filter { $0.isNumber }))
    try daemon.call("stop", ["name": "solo", "waiting": true])
    #expect(isRunning(child))
    kill(child, SIGKILL)
  }

  @Test func processesAreStartedAsConfigured() throws {
    let daemon = try TestDaemon(
      """
      [watcher:conf]
      cmd = /bin/sh
      args = -c 'echo "$WHO $(pwd) $(ulimit -n) $(circus.wid)"; env | sort; exec sleep 1000'
      working_dir = /usr
      rlimit_nofile = 77
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/out
      [env:conf]
      WHO = me
      """)
    #expect(eventually { daemon.file("out").lineCount >= 3 })
    let lines = daemon.file("out").split(separator: "\n").map(String.init)
    #expect(lines.first == "me /usr 77 1")
    #expect(lines.contains("WHO=me"))
    #expect(!lines.contains { $0.hasPrefix("HOME=") || $0.hasPrefix("__name__") })
    let pid = try #require(try daemon.pids("conf").first)
    #expect(ProcFS().facts(of: pid)?.session == pid)
  }

  @Test(.enabled(if: Users.isRoot, "needs root to become another user"))
  func userAndGroupsAreThoseOfTheAccount() throws {
    let daemon = try TestDaemon(
      """
      [watcher:who]
      cmd = /bin/sh
      args = -c 'id -un; id -gn; exec sleep 1000'
      uid = nobody
      copy_env = True
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/out
      """)
    #expect(eventually { daemon.file("out").lineCount >= 2 })
    #expect(daemon.file("out") == "nobody\nnogroup\n")
  }

  @Test func mistakesHurtOnlyTheirOwnWatcher() throws {
    let daemon = try TestDaemon(
      """
      [watcher:fine]
      cmd = sleep 1000
      [watcher:nocmd]
      cmd = doesnotexist
      [watcher:nodir]
      cmd = sleep 1
      working_dir = /bad/cwd
      [watcher:nouser]
      cmd = sleep 1
      uid = nosuchuser
      [watcher:nolimit]
      cmd = sleep 1
      rlimit_bogus = 3
      [watcher:noquote]
      cmd = sleep "1
      [watcher:empty]
      args =
      [watcher:nolog]
      cmd = sleep 1
      stdout_stream.filename = /nope/x.log
      """)
    for name in ["nocmd", "nodir", "nouser", "nolimit", "noquote", "empty", "nolog"] {
      #expect(eventually { daemon.status(name) == "stopped" }, "\(name)")
    }
    #expect(daemon.status("fine") == "active")
    for text in [
      "[Errno 2] No such file or directory: 'doesnotexist'", "'/bad/cwd'",
      "'nosuchuser' isn't a valid user name", "rlimit_bogus: there is no such limit",
      "No closing quotation", "the command is empty",
      "cannot open log file '/nope/x.log': No such file or directory",
    ] {
      #expect(eventually { daemon.log.contains(text) }, "log lacks: \(text)")
    }
  }

  @Test func quitEndsWithZeroAndLeavesNothing() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\nnumprocesses = 5\n")
    let pids = try daemon.pids("w")
    #expect(try daemon.quit() == 0)
    for pid in pids { #expect(!isRunning(pid)) }
  }

  @Test func terminationSignalDuringAStartIsNotLost() throws {
    let daemon = try TestDaemon(
      "[watcher:w]\ncmd = sleep 1000\nnumprocesses = 50\nwarmup_delay = 30\n")
    kill(daemon.pid, SIGTERM)
    #expect(eventually { !daemon.isAlive })
    #expect(daemon.exitStatus == 0)
  }

  @Test func hangupReloadsWithoutDroppingBelowStrength() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\nnumprocesses = 3\n")
    let before = try daemon.pids("w")
    kill(daemon.pid, SIGHUP)
    #expect(
      eventually {
        guard let now = try? daemon.pids("w") else { return false }
        return now.count == 3 && Set(now).isDisjoint(with: before)
      })
  }

  @Test func orphansOfOrphansAreReaped() throws {
    let daemon = try TestDaemon(
      """
      [watcher:z]
      cmd = /bin/sh
      args = -c 'for i in 1 2 3 4 5; do (sleep 0.1 &) ; done; exec sleep 1000'
      copy_env = True
      """)
    #expect(
      eventually {
        ProcFS().children(of: daemon.pid).count == 1
      })
  }

  @Test func stopSendsItsOwnSignalToWhatIsBeingKilledGently() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c 'trap : USR1; trap "exit 0" TERM; echo up > @DIR@/up; while :; do sleep 0.05; done'
      copy_env = True
      """)
    #expect(eventually { daemon.file("up") == "up\n" })
    try daemon.call("kill", ["name": "w", "signum": "usr1", "graceful_timeout": 60])
    let begin = Clock.monotonic
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(Clock.monotonic - begin < 30_000_000_000)
    #expect(!daemon.log.contains("SIGKILL"))
  }

  @Test(arguments: [("setsid sleep", "all"), ("sleep", "session")])
  func whatACrashedLeaderLeftIsEndedAtTheNextStop(child: String, policy: String) throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      stop_descendants = \(policy)
      args = -c '\(child) 1311 & echo $! >> @DIR@/children; sleep 1000'
      copy_env = True
      """)
    #expect(eventually { daemon.file("children").lineCount == 1 })
    kill(try #require(try daemon.pids("w").first), SIGKILL)
    #expect(eventually { daemon.file("children").lineCount == 2 })
    let children = daemon.file("children").split(separator: "\n").compactMap { Int32($0) }
    #expect(children.allSatisfy(isRunning))
    _ = try daemon.quit()
    for child in children { #expect(!isRunning(child)) }
  }

  @Test func shortageOfDescriptorsIsWaitedForAndLeavesControlReachable() throws {
    let daemon = try TestDaemon(
      """
      [watcher:many]
      cmd = sleep 1000
      numprocesses = 60
      stdout_stream.filename = @DIR@/out
      [watcher:plain]
      cmd = sleep 1000
      """, ulimit: "-n 64")
    #expect(eventually { daemon.log.contains("too many open files") })
    #expect(daemon.status("plain") == "active")
    try daemon.call("set", ["name": "many", "waiting": true, "options": ["numprocesses": 3]])
    #expect(eventually { (try? daemon.pids("many"))?.count == 3 })
    #expect(try daemon.quit() == 0)
  }

  @Test func virtualenvStandsFirstInThePaths() throws {
    let daemon = try TestDaemon("[watcher:idle]\ncmd = sleep 1000\n")
    _ = run("/bin/mkdir", ["-p", "\(daemon.directory)/venv/bin"])
    _ = run("/bin/mkdir", ["-p", "\(daemon.directory)/venv/lib/python3.99/site-packages/linked"])
    Path.write(
      "linked\n/nowhere\n", to: "\(daemon.directory)/venv/lib/python3.99/site-packages/x.pth")
    daemon.write(
      """
      [watcher:idle]
      cmd = sleep 1000
      [watcher:venv]
      cmd = /bin/sh
      args = -c 'echo $PATH; echo $PYTHONPATH; exec sleep 1000'
      copy_env = True
      virtualenv = @DIR@/venv
      stdout_stream.filename = @DIR@/out
      """, to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(eventually { daemon.file("out").lineCount == 2 })
    let lines = daemon.file("out").split(separator: "\n").map(String.init)
    let packages = "\(daemon.directory)/venv/lib/python3.99/site-packages"
    #expect(lines.first?.hasPrefix("\(daemon.directory)/venv/bin:") == true)
    #expect(lines[1].hasPrefix("\(packages)/linked") && lines[1].hasSuffix(packages))
  }

  @Test func shellLinesAreShellLines() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      umask = 027
      [watcher:w]
      cmd = echo one $((1 + 1)) | tr a-z A-Z > @DIR@/out; exec sleep 1000
      shell = True
      copy_env = True
      """)
    #expect(eventually { daemon.file("out") == "ONE 2\n" })
    var info = stat()
    #expect(stat("\(daemon.directory)/out", &info) == 0)
    #expect(info.st_mode & 0o777 == 0o640)
  }
}
