import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Questions that a client asks for (`probe`).
@Suite struct ProbeNowTests {
  private func started() -> Simulation {
    var simulation = Simulation(
      circus: """
        [watcher:w]
        cmd = w
        numprocesses = 2
        liveness_probe = tcp://127.0.0.1:1
        liveness_probe.failure_threshold = 1
        max_rss = 1M
        [watcher:bare]
        cmd = bare
        """)
    simulation.boot()
    simulation.advance(.milliseconds(1))
    return simulation
  }

  /// They are answered all at once, and nothing follows.
  @Test func nothingFollowsFromThem() throws {
    var simulation = started()
    simulation.answersProbes = false
    let ticket = simulation.send("probe", ["name": "w"])
    #expect(simulation.pendingProbes.count == 4 && simulation.replies[ticket] == nil)
    for _ in 0..<4 { simulation.answerProbe(.failure) }
    let reply = try #require(simulation.replies[ticket]).members
    let answers = reply["answers"]?.array ?? []
    #expect(answers.count == 4 && answers.allSatisfy { $0["outcome"] == "failure" })
    #expect(
      answers.compactMap { $0["kind"]?.string } == ["liveness", "memory", "liveness", "memory"])
    #expect(ProbeNow.render(reply).status == 1)
    #expect(!simulation.trace.contains("w.kill"))
    let one = simulation.send("probe", ["name": "w", "kind": "max_rss"])
    while simulation.answerProbe(.success) {}
    #expect(ProbeNow.render(try #require(simulation.replies[one]).members).status == 0)
    #expect(simulation.violations.isEmpty)
  }

  @Test func whatIsUnhealthyIsNoted() {
    var simulation = Simulation(
      circus:
        "[watcher:w]\ncmd = w\nreadiness_probe = tcp://a:1\nreadiness_probe.failure_threshold = 1")
    simulation.probeOutcomes[.readiness] = .failure
    simulation.boot()
    simulation.advance(.milliseconds(1))
    #expect(simulation.arbiter.processTable.first?.note == "unhealthy")
  }

  @Test func whatCannotBeAskedIsSaid() {
    var simulation = started()
    let none = simulation.send("probe", ["name": "bare"])
    #expect(simulation.replies[none] == .error(.refused("bare has no probe")))
    let other = simulation.send("probe", ["name": "w", "kind": "readiness"])
    #expect(simulation.replies[other] == .error(.refused("w has no readiness probe")))
    simulation.send("stop", ["name": "w"])
    let stopped = simulation.send("probe", ["name": "w"])
    #expect(simulation.replies[stopped] == .error(.refused("no process of w runs")))
    let bad = simulation.send("probe", ["name": "w", "kind": "x"])
    #expect("\(simulation.replies[bad] as Any)".contains("is no probe"))
  }

  /// Another program takes the daemon's place: who waits is answered with what there is.
  @Test func anUpgradeAnswers() {
    var simulation = started()
    simulation.answersProbes = false
    let ticket = simulation.send("probe", ["name": "w"])
    simulation.answerProbe(.success)
    simulation.send("upgrade")
    #expect(simulation.replies[ticket]?.members["answers"]?.array?.count == 1)
  }

  /// A period beyond all clocks is asked once, and traps nothing.
  @Test(arguments: ["1e10", "1e300"])
  func aPeriodMayBeBeyondAllClocks(period: String) {
    var simulation = Simulation(
      circus:
        "[watcher:w]\ncmd = w\nreadiness_probe = tcp://127.0.0.1:1\nreadiness_probe.period = \(period)"
    )
    simulation.boot()
    simulation.advance(.seconds(100))
    simulation.send("reload", ["name": "w"])
    simulation.advance(.seconds(100))
    #expect(simulation.pids("w").count == 1 && simulation.asked(.readiness) >= 1)
    #expect(simulation.violations.isEmpty)
  }
}
