import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// What the loss of a dependency means for those that depend on it (order-and-health 5.4).
@Suite struct FollowingTests {
  private func pair(_ policy: String, _ options: String = "") -> Simulation {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = run
        ready = notify
        \(options)
        [watcher:app]
        cmd = run
        depends_on = db\(policy.isEmpty ? "" : ":\(policy)")
        """)
    simulation.boot()
    simulation.tell("db")
    simulation.clearTrace()
    return simulation
  }

  /// Spawns and ends, without what is only told.
  private func story(_ simulation: Simulation) -> [String] {
    simulation.trace.filter { event in
      ["spawn", "kill", "reap", "stop", "reload"].contains { event.hasSuffix("." + $0) }
    }
  }

  /// T50: `ignore`.
  @Test func whoIgnoresRunsOn() {
    for policy in ["", "ignore"] {
      var simulation = pair(policy)
      simulation.send("restart", ["name": "db"])
      simulation.tell("db")
      simulation.exit("db", 0, .exited(1))
      simulation.advance(.seconds(2))
      simulation.tell("db")
      simulation.send("stop", ["name": "db"])
      #expect(!simulation.trace.contains { $0.hasPrefix("app.") }, "\(simulation.trace)")
      #expect(simulation.pids("app").count == 1)
    }
  }

  /// T50: `restart` and `stop`, stopped by command.
  @Test(arguments: ["restart", "stop"])
  func whoFollowsIsStoppedFirstAndComesBack(policy: String) {
    var simulation = pair(policy)
    simulation.send("stop", ["name": "db"])
    #expect(
      story(simulation) == [
        "app.kill", "app.reap", "app.stop", "db.kill", "db.reap", "db.stop",
      ])
    #expect(simulation.status("app") == "starting")
    simulation.clearTrace()
    simulation.send("start", ["name": "db"])
    #expect(story(simulation) == ["db.spawn"])
    simulation.tell("db")
    #expect(story(simulation) == ["db.spawn", "app.spawn"])
    #expect(simulation.violations == [])
  }

  /// T50: restarted by command.
  @Test(arguments: ["restart", "stop"])
  func whoFollowsIsRestartedAroundIt(policy: String) {
    var simulation = pair(policy)
    let ticket = simulation.send("restart", ["name": "db", "waiting": true])
    #expect(
      story(simulation) == [
        "app.kill", "app.reap", "app.stop", "db.kill", "db.reap", "db.stop", "db.spawn",
      ])
    simulation.tell("db")
    #expect(story(simulation).last == "app.spawn")
    #expect(story(simulation).filter { $0 == "app.spawn" }.count == 1)
    #expect(simulation.replies[ticket] != nil)
  }

  /// T50: crashed, and back again.
  @Test func whoRestartsDoesSoOnceItIsBack() {
    var simulation = pair("restart")
    simulation.exit("db", 0, .exited(1))
    #expect(simulation.pids("app").count == 1, "it runs on")
    simulation.advance(.seconds(1))
    #expect(story(simulation) == ["db.reap", "db.spawn"])
    simulation.tell("db")
    #expect(
      story(simulation) == ["db.reap", "db.spawn", "app.kill", "app.reap", "app.stop", "app.spawn"])
    // Once for each loss.
    simulation.advance(.seconds(60))
    #expect(story(simulation).filter { $0 == "app.spawn" }.count == 1)
  }

  @Test func whoStopsDoesSoAtOnce() {
    var simulation = pair("stop")
    simulation.exit("db", 0, .exited(1))
    #expect(story(simulation) == ["db.reap", "app.kill", "app.reap", "app.stop"])
    #expect(simulation.status("app") == "starting")
    simulation.advance(.seconds(1))
    simulation.tell("db")
    #expect(story(simulation).last == "app.spawn")
  }

  /// T50: `reload`, whatever the loss.
  @Test func whoReloadsDoesSoOnceItIsBack() {
    var simulation = pair("reload")
    simulation.send("restart", ["name": "db"])
    #expect(simulation.trace.filter { $0.hasPrefix("app.") } == [])
    simulation.tell("db")
    #expect(simulation.trace.filter { $0 == "app.reload" }.count == 1)
    simulation.exit("db", 0, .exited(1))
    simulation.advance(.seconds(1))
    simulation.tell("db")
    #expect(simulation.trace.filter { $0 == "app.reload" }.count == 2)
    #expect(!simulation.trace.contains("app.stop"))
  }

  /// T50: given up.
  @Test(arguments: [("restart", 1), ("reload", 1), ("stop", 0)])
  func oneThatGivesUp(policy: String, processes: Int) {
    var simulation = pair(policy, "max_retry = 1\nready_timeout = 2")
    simulation.exit("db", 0, .exited(1))
    simulation.advance(.seconds(10))
    #expect(simulation.status("db") == "stopped")
    #expect(simulation.pids("app").count == processes)
  }

  /// T51.
  @Test func anOperatorsStopIsFinal() {
    var simulation = pair("stop")
    simulation.send("stop", ["name": "db"])
    simulation.send("stop", ["name": "app"])
    #expect(simulation.status("app") == "stopped")
    simulation.send("start", ["name": "db"])
    simulation.tell("db")
    simulation.advance(.seconds(5))
    #expect(simulation.pids("app").isEmpty)
  }

  private static let diamond = """
    [watcher:d]
    cmd = run
    [watcher:b]
    cmd = run
    depends_on = d:restart
    [watcher:c]
    cmd = run
    depends_on = d:restart
    [watcher:a]
    cmd = run
    depends_on = b:restart, c:restart

    """

  /// T49.
  @Test func inADiamondEachActsOnce() {
    var simulation = Simulation(circus: Self.diamond)
    simulation.boot()
    simulation.clearTrace()
    simulation.exit("d", 0, .exited(1))
    simulation.advance(.seconds(5))
    let spawns = simulation.trace.filter { $0.hasSuffix(".spawn") }
    #expect(spawns.first == "d.spawn")
    #expect(spawns.last == "a.spawn")
    #expect(Set(spawns) == ["a.spawn", "b.spawn", "c.spawn", "d.spawn"])
    #expect(spawns.count == 4, "\(simulation.trace)")
    simulation.clearTrace()
    simulation.send("restart", ["name": "d"])
    simulation.advance(.seconds(5))
    let again = simulation.trace.filter { $0.hasSuffix(".spawn") || $0.hasSuffix(".stop") }
    #expect(again.count == 8, "\(again)")
    #expect(again.first == "a.stop" && again[3] == "d.stop" && again[4] == "d.spawn")
    #expect(again.last == "a.spawn")
    #expect(simulation.violations == [])
  }

  /// T56, T53: no loss, no reaction.
  @Test func whatIsNotLostIsNotReactedTo() {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = run
        numprocesses = 3
        max_age = 10
        max_age_variance = 0
        [watcher:app]
        cmd = run
        depends_on = db:restart
        """)
    simulation.boot()
    let before = simulation.pids("app")
    simulation.send("reload", ["name": "db"])
    simulation.send("reload", ["name": "db", "sequential": true])
    simulation.send("decr", ["name": "db"])
    simulation.send("incr", ["name": "db"])
    simulation.exit("db", 0, .exited(1))
    simulation.advance(.seconds(15))
    #expect(simulation.pids("app") == before)
    // With one process, its renewal is no loss either.
    simulation.send("decr", ["name": "db", "nb": 2])
    simulation.advance(.seconds(25))
    #expect(simulation.pids("app") == before)
    #expect(!simulation.trace.contains("db.lost"))
  }

  /// T65, T66: over the daemon's death.
  @Test func theDaemonsDeathChangesNothing() {
    var simulation = pair("restart")
    simulation.kernel.crash(simulation.pids("db")[0], .exited(1))
    simulation.crash()
    simulation.advance(.seconds(2))
    simulation.tell("db")
    #expect(simulation.trace.filter { $0 == "app.spawn" }.count == 1, "\(simulation.trace)")
    simulation.diesAtOnce = false
    simulation.clearTrace()
    simulation.send("restart", ["name": "db"])
    #expect(simulation.trace.filter { $0.hasSuffix(".kill") } == ["app.kill"])
    simulation.crash()
    simulation.deliverDeaths()
    simulation.advance(.seconds(2))
    simulation.deliverDeaths()
    simulation.tell("db")
    #expect(simulation.pids("app").count == 1)
    #expect(simulation.trace.filter { $0 == "db.spawn" }.count == 1, "\(simulation.trace)")
    #expect(simulation.trace.filter { $0 == "app.spawn" }.count == 1)
  }

  @Test func theSameInAWholeWatcher() {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [program:db]
        command=run
        [program:app]
        command=run
        depends_on=db
        on_dependency=restart
        """)
    simulation.boot()
    simulation.advance(.seconds(3))
    simulation.exit("db", 0, .exited(1))
    simulation.advance(.seconds(3))
    #expect(simulation.trace.filter { $0 == "app.spawn" }.count == 2)
  }

  /// T50: who runs on is named in the answer.
  @Test func aStopTellsWhoRunsOn() {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = run
        [watcher:web]
        cmd = run
        depends_on = db
        [watcher:api]
        cmd = run
        depends_on = db:restart
        [watcher:job]
        cmd = run
        depends_on = db?
        [watcher:top]
        cmd = run
        depends_on = web
        """)
    simulation.boot()
    let ticket = simulation.send("stop", ["name": "db", "waiting": true])
    #expect(
      simulation.replies[ticket]
        == .ok([.init("info", .null), .init("run_on", .array([.string("web")]))]))
    #expect(simulation.status("web") == "active")
    simulation.send("start", ["name": "db"])
    simulation.clearTrace()
    let all = simulation.send("stop", ["name": "db", "dependents": true, "waiting": true])
    #expect(simulation.replies[all] == .ok("info", .null))
    #expect(
      ["db", "web", "api", "top"].map { simulation.status($0) }
        == Array(repeating: "stopped", count: 4))
    simulation.send("start", ["name": "top"])
    let removal = simulation.send("rm", ["name": "db"])
    #expect(simulation.replies[removal] == .ok("run_on", .array([.string("web")])))
    #expect(simulation.status("job") == "active")
    let stops = simulation.trace.filter { $0.hasSuffix(".stop") }
    #expect(stops.last == "db.stop")
    #expect(stops.firstIndex(of: "top.stop") ?? 9 < stops.firstIndex(of: "web.stop") ?? 0)
    #expect(simulation.violations == [])
  }

  @Test(arguments: ["restart", "stop", "reload"])
  func aRestartAloneIsNoBusinessOfOthers(policy: String) {
    var simulation = pair(policy)
    simulation.send("restart", ["name": "db", "only": true])
    simulation.crash()
    #expect(!story(simulation).contains { $0.hasPrefix("app.") }, "\(simulation.trace)")
    simulation.tell("db")
    simulation.advance(.seconds(2))
    #expect(!story(simulation).contains { $0.hasPrefix("app.") }, "\(simulation.trace)")
    // Only that once.
    simulation.send("restart", ["name": "db"])
    simulation.tell("db")
    #expect(story(simulation).contains { $0.hasPrefix("app.") })
    #expect(simulation.violations == [])
  }

  /// T69, and what a group says of its members' reactions.
  @Test func aGroupSaysHowItsMembersReact() {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [program:db]
        command=run
        [program:a]
        command=run
        [program:b]
        command=run
        on_dependency=ignore
        [group:g]
        programs=a,b
        depends_on=db
        on_dependency=restart
        """)
    simulation.boot()
    simulation.advance(.seconds(1))
    simulation.clearTrace()
    simulation.send("restart", ["name": "db"])
    simulation.advance(.seconds(2))
    #expect(story(simulation).contains("a.spawn"))
    #expect(!story(simulation).contains("b.spawn"))
  }
}
