import Glibc
import LinuxSystem
import Testing

/// What the daemon tells the service manager that has started it.
@Suite struct ServiceManagerTests {
  /// What starts daemons and listens at `n`; what it heard is in `heard`, a message a line.
  private func manager(_ directory: String) throws -> Companion {
    let listener = try Companion(
      Path.package + "/.venv/bin/python",
      [
        "-c",
        "import socket as s; l = s.socket(s.AF_UNIX, s.SOCK_DGRAM); l.bind('\(directory)/n')\n"
          + "while True: print(l.recv(999).replace(b'\\n', b' ').decode(), flush=True)",
      ], output: directory + "/heard")
    #expect(eventually { Files.exists(directory + "/n") })
    return listener
  }

  private func watched(_ directory: String, microseconds: Int) throws -> TestSupervisor {
    try TestSupervisor(
      "[program:app]\ncommand=sleep 1000\n",
      launcher: [
        "/usr/bin/env", "NOTIFY_SOCKET=\(directory)/n", "WATCHDOG_USEC=\(microseconds)",
      ])
  }

  private func beats(_ directory: String) -> Int {
    Path.read(directory + "/heard").split(separator: "\n").count { $0 == "WATCHDOG=1" }
  }

  /// T14: what the daemon was started with is its own, and it is the daemon that says so, once.
  @Test func theDaemonsOwnNotifySocketIsNotPassedOn() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let manager = try manager(directory)
    _ = manager
    let supervisor = try TestSupervisor(
      """
      [program:app]
      command=/bin/sh -c "env; exec sleep 1000"
      stdout_logfile=%(here)s/env
      [program:own]
      command=/bin/sh -c "env; exec sleep 1000"
      ready=notify
      ready_timeout=0
      stdout_logfile=%(here)s/own
      [eventlistener:ear]
      command=/bin/sh -c "env > @DIR@/ear; exec sleep 1000"
      events=TICK_60
      """,
      launcher: [
        "/usr/bin/env", "NOTIFY_SOCKET=\(directory)/n", "WATCHDOG_USEC=1000000", "WATCHDOG_PID=1",
      ])
    for name in ["env", "own", "ear"] {
      #expect(eventually { supervisor.file(name).contains("SUPERVISOR_ENABLED=1") })
      #expect(!supervisor.file(name).contains("WATCHDOG_"))
      #expect(!supervisor.file(name).contains(directory))
    }
    #expect(supervisor.file("own").contains("NOTIFY_SOCKET="))
    #expect(!supervisor.file("env").contains("NOTIFY_SOCKET="))
    func heard(_ beginning: String) -> [Substring] {
      Path.read(directory + "/heard").split(separator: "\n").filter { $0.hasPrefix(beginning) }
    }
    #expect(eventually { heard("READY=1 MAINPID=\(supervisor.pid) STATUS=").count == 1 })
    #expect(
      eventually { heard("").contains { $0.contains("STATUS=3 processes of 3 watchers; own: ") } },
      "\(heard(""))")
    // Another process is watched, not this one.
    #expect(heard("WATCHDOG").isEmpty)
    // Started again from its file it is the same daemon.
    let reload = run(
      TestDaemon.programs + "/supervisorctl", ["-c", supervisor.directory + "/s.conf", "reload"])
    #expect(reload.status == 0, "\(reload)")
    #expect(eventually { supervisor.state("app") == "RUNNING" })
    supervisor.signal(SIGTERM)
    #expect(eventually { heard("STOPPING=1 STATUS=stopping what it runs").count == 1 })
    #expect(heard("READY").count == 1)
  }

  /// A manager that watches hears of the daemon twice in its time, also of the one that an upgrade makes of it.
  @Test func theManagersWatchdogIsToldThatTheDaemonLives() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let manager = try manager(directory)
    _ = manager
    let supervisor = try watched(directory, microseconds: 200000)
    #expect(eventually { beats(directory) >= 5 })
    supervisor.signal(SIGUSR1)
    #expect(eventually { supervisor.log.contains("upgraded from") }, "\(supervisor.log)")
    let before = beats(directory)
    #expect(eventually { beats(directory) >= before + 5 })
  }

  /// The time of an upgrade counts from its beginning: before and after the change of programs the daemon shows that it lives.
  @Test func anUpgradeHasTheWholeTimeOfTheWatchdog() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let manager = try manager(directory)
    _ = manager
    let supervisor = try watched(directory, microseconds: 600000000)
    #expect(eventually { beats(directory) == 1 })
    supervisor.signal(SIGUSR1)
    #expect(eventually { supervisor.log.contains("upgraded from") }, "\(supervisor.log)")
    // The old program, the new one as it comes up, and its first turn.
    #expect(eventually { beats(directory) == 4 })
  }
}
