import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import Foundation
import JSON
import Testing

/// Watchers that are run by themselves, again and again. The simulated clock begins at 2023-11-14 22:13:20 UTC, a Tuesday.
@Suite struct ScheduleTests {
  private static let zones: Arbiter.ZoneLookup = { name in
    if ["", "UTC"].contains(name) { return .utc }
    let path = URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)")
    return (try? Data(contentsOf: path)).flatMap { ZoneFile.read(Array($0)) }
  }

  private func started(_ options: String, isSupervisor: Bool = false) -> Simulation {
    var simulation: Simulation
    if isSupervisor {
      simulation = Simulation(supervisor: "[program:job]\ncommand=/bin/job\n\(options)")
    } else {
      simulation = Simulation(circus: "[watcher:job]\ncmd = job\n\(options)", zones: Self.zones)
    }
    simulation.boot()
    return simulation
  }

  /// When it was spawned, as the clock of UTC shows it.
  private func spawns(_ simulation: Simulation) -> [String] {
    simulation.events.filter { $0.name == .spawn }.map {
      CivilTime(seconds: Int64($0.time)).text
    }
  }

  /// Every run ends as soon as it is seen.
  private func run(_ simulation: inout Simulation, for seconds: Double, taking: Double = 1) {
    let end = simulation.clock.now.instant + .seconds(seconds)
    while let pause = simulation.pause(), simulation.clock.now.instant + pause <= end {
      simulation.advance(pause)
      guard !simulation.pids("job").isEmpty else { continue }
      simulation.advance(.seconds(taking))
      if !simulation.pids("job").isEmpty { simulation.exit("job", 0, .exited(0)) }
    }
    simulation.advance(end - simulation.clock.now.instant)
  }

  @Test(arguments: [false, true])
  func itRunsWhenItIsTime(isSupervisor: Bool) throws {
    var simulation = started("schedule = */20 * * * *", isSupervisor: isSupervisor)
    #expect(simulation.pids("job").isEmpty)
    run(&simulation, for: 3_600)
    #expect(
      spawns(simulation) == [
        "2023-11-14 22:20:00", "2023-11-14 22:40:00", "2023-11-14 23:00:00",
      ])
    #expect(simulation.events.filter { $0.name == .spawn }.allSatisfy { $0.cause == .schedule })
    if isSupervisor { #expect(simulation.states("job") == ["EXITED"]) }
    let state = try #require(simulation.arbiter.watchers.first?.schedule)
    #expect(state.runs == 3 && state.last?.isSuccess == true)
    #expect(simulation.violations.isEmpty)
  }

  @Test func everySoOftenGoesFromStartToStart() {
    var simulation = started("schedule = every:20m")
    run(&simulation, for: 3_700, taking: 90)
    #expect(
      spawns(simulation) == [
        "2023-11-14 22:33:20", "2023-11-14 22:53:20", "2023-11-14 23:13:20",
      ])
  }

  /// T83: a year in Berlin. The skipped night runs at the change, the repeated one once.
  @Test func aYearInBerlin() throws {
    guard Self.zones("Europe/Berlin") != nil else { return print("skipped: no tz database") }
    var simulation = started("schedule = 30 2 * * *\nschedule.timezone = Europe/Berlin")
    run(&simulation, for: 366 * 86_400)
    let found = spawns(simulation)
    #expect(found.count == 366)
    #expect(found.contains("2024-03-31 01:00:00"))
    #expect(found.contains("2024-10-27 00:30:00") && !found.contains("2024-10-27 01:30:00"))
    #expect(simulation.violations.isEmpty)
  }

  /// T85: a run that is longer than the period.
  @Test(
    arguments: [
      ("skip", 2, 3), ("queue", 2, 0), ("replace", 5, 0),
    ])
  func runsThatAreTooLong(overlap: String, spawned: Int, skipped: Int) throws {
    var simulation = started("schedule = * * * * *\nschedule.overlap = \(overlap)")
    for second in 0..<290 {
      simulation.advance(.seconds(1))
      // The first one takes two minutes and a half.
      if second == 200, overlap != "replace" { simulation.exit("job", 0, .exited(0)) }
    }
    #expect(spawns(simulation).count == spawned)
    let state = try #require(simulation.arbiter.watchers.first?.schedule)
    #expect(state.skipped == skipped)
    #expect(simulation.events.count { $0.name == .scheduleSkipped } == skipped)
    #expect(simulation.pids("job").count <= 1)
    #expect(simulation.violations.isEmpty)
  }

  /// T86: a daemon that was away over three times.
  @Test(arguments: [("skip", 0, 1), ("once", 1, 0)])
  func timesWithoutADaemon(missed: String, spawned: Int, counted: Int) throws {
    var simulation = started("schedule = 0 * * * *\nschedule.missed = \(missed)")
    run(&simulation, for: 1_800)
    let before = spawns(simulation).count
    simulation.beAway(.seconds(3 * 3_600))
    simulation.crash()
    #expect(spawns(simulation).count - before == spawned)
    let state = try #require(simulation.arbiter.watchers.first?.schedule)
    #expect(state.missed == counted)
    #expect(simulation.violations.isEmpty)
  }

  /// The same where the daemon was stopped and started again.
  @Test(arguments: [("skip", 0, 1), ("once", 1, 0)])
  func timesBetweenTwoDaemons(missed: String, spawned: Int, counted: Int) throws {
    var simulation = started("schedule = 0 * * * *\nschedule.missed = \(missed)")
    simulation.advance(.seconds(60))
    #expect(simulation.arbiter.keepsTimes == (missed == "once"))
    simulation.beAway(.seconds(3 * 3_600))
    simulation.startAgain()
    #expect(spawns(simulation).count == spawned)
    #expect(simulation.arbiter.watchers.first?.schedule?.missed == counted)
  }

  /// An upgrade over a planned second loses no run.
  @Test func anUpgradeLosesNoRun() throws {
    var simulation = started("schedule = 0 * * * *")
    let next = try #require(simulation.arbiter.watchers.first?.schedule?.next)
    simulation.advance(.seconds(next - simulation.clock.now.wall - 0.5))
    simulation.beAway(.seconds(2))
    simulation.upgrade()
    #expect(spawns(simulation).count == 1)
    run(&simulation, for: 3_500)
    #expect(spawns(simulation).count == 1)
  }

  /// T84: steps of the clock.
  @Test(
    arguments: [
      // Forward by less than three hours: what was skipped runs once.
      (2 * 3_600.0, 1, 0), (2 * 86_400.0, 0, 1),
      // Back: what has run does not run again, until the clock is where it was.
      (-1_800.0, 0, 0), (-2 * 86_400.0, 0, 0), (-2 * 365 * 86_400.0, 0, 0),
    ] as [(Double, Int, Int)])
  func stepsOfTheClock(step: Double, runs: Int, missed: Int) throws {
    var simulation = started("schedule = 0 23 * * *")
    // At 23:10.
    run(&simulation, for: 3_400)
    #expect(spawns(simulation) == ["2023-11-14 23:00:00"])
    var second = started("schedule = 30 23 * * *")
    run(&second, for: 3_400)
    if step > 0 { simulation = second }
    let before = spawns(simulation).count
    simulation.stepClock(step)
    if !simulation.pids("job").isEmpty { simulation.exit("job", 0, .exited(0)) }
    #expect(spawns(simulation).count - before == runs)
    #expect(simulation.arbiter.watchers.first?.schedule?.missed == missed)
    // Within a day of the clock it runs again, once.
    run(&simulation, for: 86_400 + 1_800)
    let more = spawns(simulation).count - before - runs
    #expect((1...2).contains(more), "\(spawns(simulation))")
    #expect(simulation.violations.isEmpty)
  }

  /// What is due while all goes down is not begun. Random histories found a daemon that waited for it.
  @Test func aStepWhileAllGoesDownBeginsNothing() {
    var simulation = Simulation(
      circus: "[watcher:job]\ncmd = job\nschedule = 30 23 * * *\n[watcher:other]\ncmd = other")
    simulation.boot()
    simulation.diesAtOnce = false
    simulation.send("restart")
    simulation.stepClock(7_200)
    #expect(!simulation.pids("other").isEmpty && simulation.pids("job").isEmpty)
    #expect(simulation.violations.isEmpty)
  }

  /// A quarter of an hour goes by the clock as it is.
  @Test func quartersFollowTheClock() {
    var simulation = started("schedule = */15 * * * *")
    run(&simulation, for: 1_010)
    #expect(spawns(simulation) == ["2023-11-14 22:15:00", "2023-11-14 22:30:00"])
    simulation.stepClock(-3_600)
    run(&simulation, for: 1_010)
    #expect(spawns(simulation).suffix(1) == ["2023-11-14 21:45:00"])
  }

  /// T89: always the same part of it, within it.
  @Test func jitterIsAlwaysTheSame() throws {
    var found: Set<String> = []
    for _ in 0..<20 {
      var simulation = started("schedule = 0 * * * *\nschedule.jitter = 600")
      run(&simulation, for: 3_600)
      found.formUnion(spawns(simulation))
    }
    #expect(found.count == 1)
    #expect(found.first.map { "2023-11-14 23:00:00" <= $0 && $0 <= "2023-11-14 23:10:00" } == true)
  }

  /// T90: an operator's stop holds until the next start, also over a crash.
  @Test func aStopDisarms() throws {
    var simulation = started("schedule = */10 * * * *")
    simulation.send("stop", ["name": "job"])
    simulation.crash()
    run(&simulation, for: 3_600)
    #expect(spawns(simulation).isEmpty)
    simulation.send("start", ["name": "job"])
    #expect(spawns(simulation).count == 1, "a start runs it now")
    simulation.exit("job", 0, .exited(0))
    run(&simulation, for: 3_600)
    #expect(spawns(simulation).count == 7)
  }

  /// The same by a client of supervisor, between two runs.
  @Test func aStopBySupervisorsClientDisarms() throws {
    var simulation = started("schedule = */10 * * * *\nstartsecs=0", isSupervisor: true)
    run(&simulation, for: 900)
    #expect(spawns(simulation).count == 1)
    let key = try #require(simulation.arbiter.processTable.first?.key)
    let ticket = simulation.order(.stop([key], waits: true, isSingle: true))
    #expect(simulation.answers[ticket] != nil)
    #expect("\(simulation.answers[ticket] as Any)".contains("notRunning") == false)
    run(&simulation, for: 3_600)
    #expect(spawns(simulation).count == 1)
    let again = simulation.order(.stop([key], waits: true, isSingle: true))
    #expect("\(simulation.answers[again] as Any)".contains("notRunning"))
    simulation.order(.start([key], refused: [:], waits: false, isSingle: true))
    #expect(spawns(simulation).count == 2)
    simulation.exit("job", 0, .exited(0))
    run(&simulation, for: 1_200)
    #expect(spawns(simulation).count == 4)
    #expect(simulation.violations.isEmpty)
  }

  /// All are started: what has its times keeps them.
  @Test func aStartOfAllOnlyArms() {
    var simulation = started("schedule = */10 * * * *")
    simulation.send("stop")
    run(&simulation, for: 1_200)
    simulation.send("start")
    #expect(spawns(simulation).isEmpty)
    run(&simulation, for: 1_200)
    #expect(spawns(simulation).count == 2)
    simulation.send("reload")
    #expect(spawns(simulation).count == 2)
  }

  @Test func itMayAlsoRunAtTheStart() {
    var simulation = started("schedule = 0 0 * * *\nschedule.run_on_start = yes")
    #expect(spawns(simulation).count == 1)
    simulation.exit("job", 0, .exited(0))
    run(&simulation, for: 86_400)
    #expect(spawns(simulation).count == 2)
  }

  /// A run that fails waits for its next time.
  @Test(arguments: [false, true])
  func aFailedRunHasItsNextTime(isSupervisor: Bool) throws {
    var simulation = started("schedule = */10 * * * *", isSupervisor: isSupervisor)
    for _ in 0..<3 {
      simulation.advance(.seconds(600))
      simulation.exit("job", 0, .exited(2))
    }
    #expect(spawns(simulation).count == 3)
    #expect(simulation.arbiter.watchers.first?.schedule?.last?.isSuccess == false)
    #expect(simulation.violations.isEmpty)
  }

  @Test func anUnknownZoneIsNamed() throws {
    let simulation = started("schedule = 0 0 * * *\nschedule.timezone = Mars/Olympus")
    let problem = try #require(simulation.arbiter.watchers.first?.schedule?.problem)
    #expect(problem.contains("Mars/Olympus"))
  }

  /// Its options may leave out what they belong to, and go-supervisord's name is understood.
  @Test func shortNamesAreUnderstood() throws {
    let simulation = started(
      "schedule = 0 0 * * *\ntimezone = UTC\noverlap = queue\nmissed = once\njitter = 5\ntimeout = 60"
    )
    let spec = try #require(simulation.arbiter.watchers.first?.spec)
    #expect(spec.schedule.zone == "UTC" && spec.schedule.overlap == .queue)
    #expect(spec.schedule.missed == .once && spec.schedule.jitter == .seconds(5))
    #expect(spec.runTimeout == .seconds(60))
    let other = started("cron=0 */5 * * * *", isSupervisor: true)
    #expect(other.arbiter.watchers.first?.spec.schedule.text == "0 */5 * * * *")
  }

  /// A change of the definition has its own times at once.
  @Test func aChangeHasItsOwnTimes() {
    var simulation = started("schedule = 0 0 1 1 *")
    simulation.send("set", ["name": "job", "options": ["schedule": "*/5 * * * *"]])
    run(&simulation, for: 600)
    #expect(spawns(simulation).count == 2)
    simulation.send("set", ["name": "job", "options": ["schedule": ""]])
    // It is a service again.
    run(&simulation, for: 600)
    #expect(spawns(simulation).count == 3 && simulation.pids("job").count == 1)
  }
}
