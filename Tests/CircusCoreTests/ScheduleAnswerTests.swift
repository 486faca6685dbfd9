import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// What is told of schedules, and runs by hand. The simulated clock begins at 2023-11-14 22:13:20 UTC, a Tuesday.
@Suite struct ScheduleAnswerTests {
  private func started(_ options: String, isSupervisor: Bool = false) -> Simulation {
    var simulation =
      isSupervisor
      ? Simulation(supervisor: "[program:job]\ncommand=/bin/job\n\(options)")
      : Simulation(circus: "[watcher:job]\ncmd = job\n\(options)")
    simulation.boot()
    return simulation
  }

  /// T93: what it waits for is told wherever it is asked for.
  @Test(arguments: [false, true])
  func whatComesNextIsTold(isSupervisor: Bool) throws {
    var simulation = started("schedule = 30 22 * * *", isSupervisor: isSupervisor)
    let next = "Tue 2023-11-14 22:30:00 UTC"
    var ticket = simulation.send("status", ["verbose": true])
    var condition = self.condition(simulation, ticket)
    #expect(condition == "scheduled, next \(next)")
    #expect(simulation.arbiter.processTable.first?.note == "next run \(next)")
    ticket = simulation.send("explain", ["name": "job"])
    #expect(
      simulation.replies[ticket]?.members["next"]?.array?.first?.string?.contains(next) == true)
    ticket = simulation.send("schedule", ["next": 3])
    let row = try #require(simulation.replies[ticket]?.members["schedules"]?.array?.first)
    #expect(
      row["times"]?.array?.compactMap { $0["text"]?.string } == [
        next, "Wed 2023-11-15 22:30:00 UTC", "Thu 2023-11-16 22:30:00 UTC",
      ])
    simulation.send("stop", ["name": "job"])
    ticket = simulation.send("status", ["verbose": true])
    condition = self.condition(simulation, ticket)
    #expect(condition == "stopped, not scheduled")
    ticket = simulation.send("schedule", ["name": "none"])
    #expect(simulation.replies[ticket] == .error(.watcherNotFound("none")))
  }

  private func condition(_ simulation: Simulation, _ ticket: Ticket) -> String? {
    simulation.replies[ticket]?.members["details"]?.array?.first?["condition"]?.string
  }

  /// One run by hand: the answer is how it ended, and the times stay as they are.
  @Test(arguments: [false, true])
  func oneRunByHand(isSupervisor: Bool) throws {
    var simulation = started("schedule = 30 22 * * *", isSupervisor: isSupervisor)
    simulation.send("stop", ["name": "job"])
    let ticket = simulation.send("run", ["name": "job", "waiting": true])
    #expect(simulation.pids("job").count == 1 && simulation.replies[ticket] == nil)
    let second = simulation.send("run", ["name": "job"])
    #expect(simulation.replies[second] == .error(.refused("job runs already")))
    simulation.advance(.seconds(3))
    simulation.exit("job", 0, .exited(7))
    let reply = try #require(simulation.replies[ticket]).members
    #expect(reply["success"] == false && reply["exit_code"] == 7)
    #expect(Run.render(reply).status == 7)
    #expect(simulation.arbiter.watchers.first?.schedule?.isArmed == false)
    let third = simulation.send("run", ["name": "job", "waiting": true])
    simulation.advance(.seconds(1))
    simulation.exit("job", 0, .exited(0))
    #expect(simulation.replies[third]?.members["success"] == true)
    #expect(simulation.events.last { $0.name == .spawn }?.cause == .run)
    #expect(simulation.violations.isEmpty)
  }

  /// A run that is stopped while it waits for what it depends on has not ended as the one before.
  @Test func aRunThatNeverBeganHasNoResult() {
    var simulation = Simulation(
      circus:
        "[watcher:db]\ncmd = db\nready = notify\n[watcher:job]\ncmd = job\nschedule = @daily\ndepends_on = db"
    )
    simulation.boot()
    let isHeard = simulation.tell("db")
    #expect(isHeard)
    let first = simulation.send("run", ["name": "job", "waiting": true])
    simulation.exit("job", 0, .exited(0))
    #expect(simulation.replies[first]?.members["success"] == true)
    simulation.send("stop", ["name": "db"])
    // What it depends on is started with it.
    let second = simulation.send("run", ["name": "job", "waiting": true])
    #expect(simulation.replies[second] == nil && simulation.pids("db").count == 1)
    simulation.send("stop", ["name": "job"])
    #expect(
      simulation.replies[second] == .error(.refused("job: it was stopped before its end")))
  }

  /// A run that waits for what will not come is told why, at once; it begins when that comes after all.
  @Test func aRunThatIsBlockedIsToldWhy() throws {
    var simulation = Simulation(
      circus:
        "[watcher:dep]\ncmd = dep\ntype = oneshot\n[watcher:job]\ncmd = job\ntype = oneshot\nautostart = False\ndepends_on = dep"
    )
    simulation.boot()
    simulation.exit("dep", 0, .exited(1))
    for _ in 0..<2 {
      let ticket = simulation.send("run", ["name": "job", "waiting": true])
      let reply = try #require(simulation.replies[ticket])
      guard case .error(let error) = reply else {
        Issue.record("\(reply)")
        return
      }
      #expect(error.reason.hasPrefix("job: waits for dep"), "\(error.reason)")
    }
    simulation.send("start", ["name": "dep"])
    simulation.exit("dep", 0, .exited(0))
    #expect(simulation.pids("job").count == 1)
    #expect(simulation.violations.isEmpty)
  }

  /// One that cannot be started at all has failed, and says why.
  @Test func aRunThatCannotBeginHasFailed() throws {
    var simulation = started("schedule = */10 * * * *")
    simulation.kernel.fail(
      "job", with: SpawnFailure(text: "no such file", isTransient: false), times: 100)
    simulation.advance(.seconds(700))
    var ticket = simulation.send("schedule", ["name": "job"])
    let row = try #require(simulation.replies[ticket]?.members["schedules"]?.array?.first)
    #expect(row["last"]?["ok"] == false)
    ticket = simulation.send("run", ["name": "job", "waiting": true])
    #expect(simulation.replies[ticket]?.members["success"] == false)
    #expect(
      simulation.replies[ticket]?.members["text"]?.string?.contains("no such file") == true)
    #expect(simulation.violations.isEmpty)
  }

  /// A client asks again and again how its run has ended: an upgrade waits for none of them.
  @Test func aRunIsAskedAfter() throws {
    var simulation = started("type = oneshot\nautostart = False")
    var begun = simulation.send("run", ["name": "job"])
    #expect(simulation.replies[begun]?.members["after"] == .null)
    let follow = ["name": "job", "follow": true, "after": .null, "timeout": 5] as JSONObject
    let first = simulation.send("run", follow)
    simulation.advance(.seconds(4))
    #expect(simulation.replies[first] == nil)
    simulation.advance(.seconds(2))
    #expect(simulation.replies[first]?.members["outcome"] == "pending")
    let second = simulation.send("run", follow)
    let waiting = simulation.send("run", ["name": "job", "follow": true])
    simulation.send("upgrade")
    for ticket in [second, waiting] {
      let reply = try #require(simulation.replies[ticket]).members
      #expect(reply["outcome"] == "pending")
      #expect(Run.render(reply).status == 124)
    }
    simulation.exit("job", 0, .exited(7))
    let third = simulation.send("run", follow)
    #expect(simulation.replies[third]?.members["exit_code"] == 7)
    // The result of the run before is not that of the next one.
    begun = simulation.send("run", ["name": "job"])
    let after = try #require(simulation.replies[begun]?.members["after"])
    #expect(after.number != nil)
    let fourth = simulation.send("run", ["name": "job", "follow": true, "after": after])
    #expect(simulation.replies[fourth] == nil)
    simulation.send("stop", ["name": "job"])
    simulation.advance(.seconds(1))
    #expect(
      simulation.replies[fourth] == .error(.refused("job: it was stopped before its end")))
    // A run that was stopped is over: the next one may begin.
    begun = simulation.send("run", ["name": "job"])
    #expect(simulation.pids("job").count == 1)
    #expect(simulation.replies[begun]?.members["status"] != "error")
    #expect(simulation.violations.isEmpty)
  }

  @Test func aServiceIsNotRun() {
    var simulation = started("")
    let ticket = simulation.send("run", ["name": "job"])
    #expect(
      simulation.replies[ticket]
        == .error(.refused("job does not run to an end: `circusctl start job` starts it")))
  }

  private func file(_ text: String) -> Configuration {
    Simulation.read(circus: "[watcher:job]\n\(text)")
  }

  private func spawns(_ simulation: Simulation) -> Int {
    simulation.events.count { $0.name == .spawn }
  }

  /// What loses its schedule is a service again.
  @Test(arguments: [false, true])
  func aScheduleMayBeTakenAway(bySet: Bool) {
    var simulation = started("schedule = 0 0 1 1 *")
    #expect(simulation.pids("job").isEmpty)
    if bySet {
      simulation.send("set", ["name": "job", "options": ["schedule": ""]])
    } else {
      simulation.send("reloadconfig")
      simulation.load(file("cmd = job"))
    }
    #expect(simulation.pids("job").count == 1)
    simulation.exit("job", 0, .exited(0))
    simulation.advance(.seconds(2))
    #expect(simulation.pids("job").count == 1)
    #expect(simulation.violations.isEmpty)
  }

  /// Nor is it forgotten where the file changes beside an upgrade or a crash.
  @Test(arguments: [false, true])
  func aScheduleMayBeTakenAwayMeanwhile(isCrash: Bool) {
    var simulation = started("")
    #expect(simulation.pids("job").count == 1)
    simulation.send("reloadconfig")
    simulation.load(file("cmd = job\nschedule = 0 0 1 1 *"))
    simulation.advance(.seconds(40))
    #expect(simulation.pids("job").isEmpty)
    if isCrash {
      simulation.crash(configuration: file("cmd = job"))
    } else {
      simulation.upgrade(configuration: file("cmd = job"))
    }
    #expect(simulation.pids("job").count == 1)
    #expect(simulation.violations.isEmpty)
  }

  /// A changed definition is that of the next run.
  @Test func aChangedFileRunsNothing() {
    var simulation = started("schedule = */10 * * * *")
    simulation.advance(.seconds(420))
    simulation.exit("job", 0, .exited(0))
    simulation.send("reloadconfig")
    simulation.load(file("cmd = other\nschedule = */10 * * * *"))
    simulation.advance(.seconds(60))
    #expect(spawns(simulation) == 1)
    simulation.advance(.seconds(600))
    #expect(spawns(simulation) == 2 && simulation.pids("job").count == 1)
    // Nor is one under way begun anew.
    simulation.send("reloadconfig")
    simulation.load(file("cmd = third\nschedule = */10 * * * *"))
    simulation.advance(.seconds(60))
    #expect(spawns(simulation) == 2 && simulation.pids("job").count == 1)
    #expect(simulation.violations.isEmpty)
  }

  /// A service that gets a schedule is a job from then on.
  @Test(arguments: [true, false])
  func aServiceBecomesAJob(byFile: Bool) {
    var simulation = started("")
    #expect(simulation.pids("job").count == 1)
    if byFile {
      simulation.send("reloadconfig")
      simulation.load(file("cmd = job\nschedule = */10 * * * *"))
    } else {
      simulation.send("set", ["name": "job", "options": ["schedule": "*/10 * * * *"]])
    }
    simulation.advance(.seconds(60))
    #expect(simulation.pids("job").isEmpty)
    simulation.advance(.seconds(400))
    #expect(spawns(simulation) == 2)
    #expect(simulation.violations.isEmpty)
  }

  /// The same where the file was changed while there was no daemon.
  @Test func aFileChangedMeanwhileRunsNothing() {
    var simulation = started("schedule = */10 * * * *")
    simulation.advance(.seconds(420))
    simulation.exit("job", 0, .exited(0))
    simulation.crash(configuration: file("cmd = other\nschedule = */10 * * * *"))
    simulation.advance(.seconds(60))
    #expect(spawns(simulation) == 1)
    simulation.advance(.seconds(600))
    #expect(spawns(simulation) == 2)
    #expect(simulation.violations.isEmpty)
  }
}
