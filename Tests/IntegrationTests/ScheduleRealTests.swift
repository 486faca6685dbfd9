import CircusConnection
import JSON
import LinuxSystem
import Testing

/// Schedules with real processes and the real clock.
@Suite struct ScheduleRealTests {
  private let circusctl = TestDaemon.programs + "/circusctl"
  private let circusd = TestDaemon.programs + "/circusd"

  private func row(_ daemon: TestDaemon, _ name: String) -> JSON? {
    let reply = try? daemon.call("schedule", ["name": .string(name)])
    return reply?["schedules"]?.array?.first
  }

  @Test func jobsRunAgainAndAgain() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let daemon = try TestDaemon(
      """
      [watcher:often]
      cmd = sh -c 'echo run >> \(directory)/often'
      schedule = * * * * * *
      [watcher:every]
      cmd = sh -c 'echo run >> \(directory)/every'
      schedule = every:1s
      [watcher:long]
      cmd = sleep 1000
      schedule = * * * * * *
      run_timeout = 3
      graceful_timeout = 1
      [watcher:never]
      cmd = true
      schedule = 0 0 1 1 *
      """)
    for file in ["often", "every"] {
      #expect(
        eventually { Path.read("\(directory)/\(file)").split(separator: "\n").count >= 3 })
    }
    #expect(eventually { (self.row(daemon, "long")?["skipped"]?.int ?? 0) >= 1 })
    #expect(eventually { self.row(daemon, "long")?["last"]?["ok"] == false })
    #expect(row(daemon, "never")?["runs"] == 0)
    let table = run(circusctl, ["--endpoint", daemon.control, "schedule"])
    #expect(table.status == 0 && table.out.contains("MISSED") && table.out.contains("never"))
    // One of them by hand, with its own exit status.
    let done = run(circusctl, ["--endpoint", daemon.control, "run", "never"])
    #expect(done.status == 0 && done.out.contains("never: done"), "\(done.out)\(done.error)")
    #expect(try daemon.quit() == 0)
  }

  /// Times outlive a stop of the daemon, and one run makes up for those that went by.
  @Test func timesOutliveAStop() throws {
    let daemon = try TestDaemon(
      "[watcher:job]\ncmd = true\nschedule = */2 * * * * *\nschedule.missed = once\n")
    #expect(eventually { (self.row(daemon, "job")?["runs"]?.int ?? 0) >= 1 })
    let before = try #require(row(daemon, "job")?["runs"]?.int)
    #expect(try daemon.quit() == 0)
    let end = Clock.wall + 3
    #expect(eventually { Clock.wall > end })
    try daemon.start()
    #expect(eventually { (self.row(daemon, "job")?["runs"]?.int ?? 0) > before })
    #expect(try daemon.quit() == 0)
  }

  @Test func anExitStatusIsThatOfTheRun() throws {
    let daemon = try TestDaemon(
      "[watcher:migrate]\ncmd = sh -c 'exit 9'\ntype = oneshot\nautostart = False\n")
    let done = run(circusctl, ["--endpoint", daemon.control, "run", "migrate"])
    #expect(done.status == 9, "\(done.out)\(done.error)")
    let told = run(circusctl, ["--endpoint", daemon.control, "--json", "run", "migrate"])
    #expect(told.status == 9 && told.out.contains("\"exit_code\""), "\(told.out)")
    #expect(run(circusctl, ["--endpoint", daemon.control, "--json", "run", "none"]).status == 3)
    let begun = run(circusctl, ["--endpoint", daemon.control, "run", "migrate", "--no-wait"])
    #expect(begun.status == 0)
    #expect(try daemon.quit() == 0)
  }

  /// A client of a long run loses nothing by an upgrade of the daemon, nor by its crash, and holds up neither.
  @Test func aRunIsFollowedOverUpgradeAndCrash() throws {
    let daemon = try TestDaemon(
      """
      [watcher:long]
      cmd = sh -c 'until test -e @DIR@/go; do sleep 0.1; done; exit 7'
      type = oneshot
      autostart = False
      """)
    let result = "\(daemon.directory)/result"
    _ = run(
      "/bin/sh",
      [
        "-c",
        "('\(circusctl)' --endpoint \(daemon.control) run long; echo status $?) >\(result) 2>&1 &",
      ])
    #expect(eventually { (try? daemon.pids("long").count) == 1 })
    let pid = try daemon.first("long")
    #expect(try daemon.call("upgrade")["status"] == "ok")
    #expect(eventually { daemon.log.contains("upgraded from") })
    try daemon.crash()
    #expect(try daemon.first("long") == pid && Path.read(result).isEmpty)
    daemon.write("", to: "go")
    #expect(eventually { Path.read(result).contains("status 7") }, "\(Path.read(result))")
    #expect(try daemon.quit() == 0)
  }

  /// Times ahead can be seen before there is a daemon.
  @Test func timesAheadAreTold() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write(
      "[watcher:job]\ncmd = true\nschedule = 0 12 1 * *\nschedule.timezone = UTC\n",
      to: directory + "/c.ini")
    let told = run(circusd, ["--check", "--next", "3", directory + "/c.ini"])
    #expect(told.status == 0)
    #expect(told.out.split(separator: "\n").count { $0.hasSuffix("12:00:00 UTC") } == 3)
    #expect(run(circusd, ["--check", "--next", "0", directory + "/c.ini"]).status == 2)
  }
}
