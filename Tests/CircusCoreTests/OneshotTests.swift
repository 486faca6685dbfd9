import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Watchers whose processes run to their end.
@Suite struct OneshotTests {
  private func circus(_ text: String) -> Simulation {
    var simulation = Simulation(circus: text)
    simulation.boot()
    return simulation
  }

  private func programs(_ lines: [(name: String, options: String)]) -> Simulation {
    var simulation = Simulation(
      supervisor: "[supervisord]\n"
        + lines.map { "[program:\($0.name)]\ncommand=run\n\($0.options)\n" }.joined())
    simulation.boot()
    return simulation
  }

  private func stages(_ simulation: Simulation) -> [String] {
    simulation.arbiter.processTable.map { "\($0.name) \($0.stage.name)" }
  }

  private func spawns(_ simulation: Simulation) -> [String] {
    simulation.trace.filter { $0.hasSuffix(".spawn") }.map { String($0.dropLast(6)) }
  }

  private func condition(_ simulation: inout Simulation, _ name: String) -> String? {
    let ticket = simulation.send("status", ["name": .string(name), "verbose": true])
    guard case .ok(let members)? = simulation.replies[ticket] else { return nil }
    return members.first { $0.key == "details" }?.value.array?.first?["condition"]?.string
  }

  private static let pair = """
    [watcher:migrate]
    cmd = run
    type = oneshot
    [watcher:web]
    cmd = run
    depends_on = migrate

    """

  /// T79.
  @Test func whatWaitsForItStartsWhenItIsDone() {
    var simulation = circus(Self.pair)
    #expect(spawns(simulation) == ["migrate"])
    #expect(simulation.status("migrate") == "active")
    simulation.advance(.seconds(5))
    #expect(simulation.pids("web").isEmpty, "it runs, which is not done")
    simulation.exit("migrate", 0, .exited(0))
    #expect(simulation.pids("web").count == 1)
    #expect(simulation.status("migrate") == "stopped")
    #expect(condition(&simulation, "migrate") == "done 0 s ago, after 5 s")
    #expect(simulation.violations == [])
  }

  @Test func aFailureStopsThere() {
    var simulation = circus(Self.pair)
    let ticket = simulation.send("start", ["name": "web", "waiting": true])
    simulation.exit("migrate", 0, .exited(1))
    simulation.advance(.seconds(60))
    #expect(spawns(simulation) == ["migrate"], "not repeated unasked")
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("no error")
      return
    }
    #expect(
      error.reason.contains("migrate (completed_ok), which gave up: migrate: failed: exit status 1")
    )
    // Done by hand, it counts.
    simulation.send("start", ["name": "migrate"])
    simulation.exit("migrate", 0, .exited(0))
    #expect(simulation.pids("web").count == 1)
  }

  @Test func aProgramIsExitedOrFatal() {
    var simulation = programs([("migrate", "type=oneshot"), ("web", "depends_on=migrate")])
    #expect(stages(simulation) == ["migrate RUNNING", "web STARTING"])
    simulation.exit("migrate", 0, .exited(0))
    #expect(stages(simulation) == ["migrate EXITED", "web STARTING"])
    simulation.advance(.seconds(2))
    #expect(stages(simulation) == ["migrate EXITED", "web RUNNING"])
    var other = programs([("migrate", "type=oneshot\nexitcodes=3"), ("web", "depends_on=migrate")])
    other.exit("migrate", 0, .exited(0))
    #expect(stages(other) == ["migrate FATAL", "web STARTING"])
  }

  @Test func itIsTriedAgainWhereThatIsAsked() {
    var simulation = programs([
      ("migrate", "type=oneshot\nstartretries=2"), ("web", "depends_on=migrate"),
    ])
    simulation.exit("migrate", 0, .exited(1))
    simulation.advance(.seconds(2))
    simulation.exit("migrate", 0, .exited(1))
    simulation.advance(.seconds(2))
    simulation.exit("migrate", 0, .exited(0))
    simulation.advance(.seconds(2))
    #expect(stages(simulation) == ["migrate EXITED", "web RUNNING"])
  }

  /// T80.
  @Test func allOfThemCount() {
    var simulation = circus(
      Self.pair.replacing("type = oneshot", with: "type = oneshot\nnumprocesses = 2"))
    simulation.exit("migrate", 0, .exited(0))
    #expect(simulation.pids("web").isEmpty)
    #expect(simulation.pids("migrate").count == 1, "the other one goes on")
    simulation.exit("migrate", 0, .exited(1))
    #expect(simulation.pids("web").isEmpty)
    #expect(condition(&simulation, "migrate")?.hasPrefix("failed: exit status 1") == true)
  }

  /// T81.
  @Test func whatIsDoneIsDone() {
    var simulation = circus(Self.pair)
    simulation.exit("migrate", 0, .exited(0))
    simulation.exit("web", 0, .exited(1))
    simulation.advance(.seconds(5))
    simulation.send("restart", ["name": "web"])
    simulation.advance(.seconds(5))
    #expect(spawns(simulation).filter { $0 == "migrate" }.count == 1)
    #expect(simulation.pids("web").count == 1)
    simulation.crash()
    simulation.upgrade()
    simulation.send("restart", ["name": "web"])
    #expect(simulation.pids("web").count == 1, "over a crash and an upgrade, too")
    #expect(spawns(simulation).filter { $0 == "migrate" }.count == 1)
    simulation.send("start", ["name": "migrate"])
    #expect(simulation.pids("migrate").count == 1, "but by order")
  }

  @Test func anotherDefinitionIsAnotherRun() {
    var simulation = circus(Self.pair)
    simulation.exit("migrate", 0, .exited(0))
    simulation.send("reloadconfig")
    var reader = ConfigurationReader(
      files: Text(text: Self.pair.replacing("type = oneshot", with: "type = oneshot\nargs = x")),
      environment: ["PATH": "/bin"], hostName: "node", workingDirectory: "/work")
    simulation.load(reader.read("/test.ini") ?? Configuration())
    #expect(spawns(simulation) == ["migrate", "web", "migrate"])
  }

  /// T82.
  @Test func whatEndedUnseenIsNoSuccess() {
    var simulation = circus(Self.pair)
    simulation.kernel.crash(simulation.pids("migrate")[0], .exited(0))
    simulation.crash()
    simulation.advance(.seconds(5))
    #expect(simulation.pids("web").isEmpty)
    #expect(condition(&simulation, "migrate")?.hasPrefix("failed: exit status unknown") == true)
  }

  @Test func itMayNotTakeForEver() {
    var simulation = circus(
      Self.pair.replacing("type = oneshot", with: "type = oneshot\nrun_timeout = 10"))
    simulation.advance(.seconds(11))
    #expect(simulation.pids("migrate").isEmpty)
    #expect(
      condition(&simulation, "migrate")?.hasPrefix("failed: it ran for longer than 10.0 s") == true)
  }

  @Test func aStartThatWaitsWaitsForTheEnd() {
    var simulation = circus("[watcher:job]\ncmd = run\ntype = oneshot\nautostart = False\n")
    let ticket = simulation.send("start", ["name": "job", "waiting": true])
    #expect(simulation.replies[ticket] == nil)
    simulation.exit("job", 0, .exited(0))
    guard case .ok? = simulation.replies[ticket] else {
      Issue.record("no success")
      return
    }
    let second = simulation.send("start", ["name": "job", "waiting": true])
    simulation.exit("job", 0, .exited(7))
    guard case .error(let error)? = simulation.replies[second] else {
      Issue.record("no error")
      return
    }
    #expect(error.reason == "job: failed: exit status 7")
  }

  /// The old idioms, which mean what they meant.
  @Test func whatIsNotRespawnedIsCompleted() {
    var simulation = circus(
      """
      [watcher:once]
      cmd = run
      respawn = False
      [watcher:after]
      cmd = run
      depends_on = once:completed
      [watcher:well]
      cmd = run
      depends_on = once:completed_ok
      """)
    #expect(spawns(simulation) == ["once"])
    simulation.exit("once", 0, .exited(1))
    #expect(spawns(simulation) == ["once", "after"])
    var other = programs([
      ("once", "autorestart=false\nstartsecs=0"), ("after", "depends_on=once:completed_ok"),
    ])
    other.exit("once", 0, .exited(0))
    #expect(spawns(other) == ["once", "after"])
  }
}

private struct Text: FileReader {
  var text: String
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
  func glob(_ pattern: String) -> [String] { [] }
}
