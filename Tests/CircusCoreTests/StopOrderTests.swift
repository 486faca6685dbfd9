import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Stopping before what a watcher depends on.
@Suite struct StopOrderTests {
  /// A program each, which is RUNNING after a second, as supervisor has it.
  private func programs(_ lines: [(name: String, options: String)]) -> Simulation {
    var simulation = Simulation(
      supervisor: "[supervisord]\n"
        + lines.map { "[program:\($0.name)]\ncommand=run\n\($0.options)\n" }.joined())
    simulation.boot()
    return simulation
  }

  private func keys(_ simulation: Simulation, _ name: String) -> [ProcessKey] {
    switch simulation.arbiter.find(name) {
    case .process(let view)?: [view.key]
    case .group(let views)?: views.map(\.key)
    case nil: []
    }
  }

  private func stages(_ simulation: Simulation) -> [String] {
    simulation.arbiter.processTable.map { "\($0.name) \($0.stage.name)" }
  }

  private func spawns(_ simulation: Simulation) -> [String] {
    simulation.trace.filter { $0.hasSuffix(".spawn") }.map { String($0.dropLast(6)) }
  }

  private func transitions(_ simulation: Simulation, _ name: String) -> [String] {
    simulation.announced.compactMap { event in
      guard case .processState(let transition) = event, transition.process == name else {
        return nil
      }
      return transition.to.name
    }
  }

  /// T52.
  @Test func stoppingAllGoesTheOtherWayRound() {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = run
        [watcher:api]
        cmd = run
        depends_on = db
        [watcher:web]
        cmd = run
        depends_on = api
        [watcher:free]
        cmd = run
        """)
    simulation.boot()
    simulation.diesAtOnce = false
    simulation.clearTrace()
    simulation.send("quit")
    #expect(
      simulation.trace.filter { $0.hasSuffix(".kill") }.sorted() == ["free.kill", "web.kill"])
    simulation.deliverDeaths()
    let ends = simulation.trace.filter { $0.hasSuffix(".kill") || $0.hasSuffix(".stop") }
    #expect(
      ends.filter { !$0.hasPrefix("free") }
        == ["web.kill", "web.stop", "api.kill", "api.stop", "db.kill", "db.stop"])
    #expect(simulation.exitStatus == 0)
  }

  /// supervisor stops one group after the other; branches of edges stop beside each other.
  @Test func branchesStopAtOnce() {
    var simulation = programs([
      ("db", ""), ("web", "depends_on=db"), ("queue", ""), ("job", "depends_on=queue"),
    ])
    simulation.advance(.seconds(3))
    simulation.diesAtOnce = false
    simulation.clearTrace()
    simulation.order(.shutdown)
    #expect(simulation.trace.filter { $0.hasSuffix(".kill") }.sorted() == ["job.kill", "web.kill"])
    simulation.deliverDeaths()
    simulation.deliverDeaths()
    #expect(simulation.exitStatus == 0)
  }

  @Test func aGroupStopsTheOtherWayRound() {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [program:db]
        command=run
        [program:api]
        command=run
        depends_on=db
        [group:all]
        programs=db,api
        """)
    simulation.boot()
    simulation.advance(.seconds(3))
    simulation.diesAtOnce = false
    simulation.clearTrace()
    let ticket = simulation.order(
      .stop(keys(simulation, "all:*"), waits: true, isSingle: false))
    #expect(simulation.trace.filter { $0.hasSuffix(".kill") } == ["api.kill"])
    #expect(simulation.answers[ticket] == nil)
    simulation.deliverDeaths()
    #expect(simulation.trace.filter { $0.hasSuffix(".kill") } == ["api.kill", "db.kill"])
    simulation.deliverDeaths()
    #expect(simulation.answers[ticket] != nil)
    #expect(stages(simulation) == ["api STOPPED", "db STOPPED"])
  }
}
