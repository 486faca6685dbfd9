import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// `reload` of everything, where some depend on others.
@Suite struct ReloadAllTests {
  private func started() -> Simulation {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = db
        ready = notify
        [watcher:web]
        cmd = web
        depends_on = db
        ready = notify
        [watcher:proxy]
        cmd = proxy
        depends_on = web
        [watcher:other]
        cmd = other
        """)
    simulation.boot()
    for name in ["db", "web"] {
      simulation.advance(.milliseconds(1))
      simulation.tell(name)
    }
    simulation.advance(.milliseconds(1))
    simulation.clearTrace()
    return simulation
  }

  /// One after the other, by the edges; what has none does not wait.
  @Test func whatIsNeededIsFirst() {
    var simulation = started()
    let old = ["db", "web", "proxy", "other"].map { simulation.pids($0) }
    let ticket = simulation.send("reload", ["waiting": true])
    simulation.advance(.milliseconds(1))
    #expect(simulation.pids("other") != old[3])
    #expect(simulation.pids("db").count == 2 && simulation.pids("web") == old[1])
    simulation.tell("db")
    simulation.advance(.milliseconds(1))
    #expect(simulation.pids("db").count == 1 && simulation.pids("db") != old[0])
    #expect(simulation.pids("web").count == 2 && simulation.pids("proxy") == old[2])
    #expect(simulation.replies[ticket] == nil)
    simulation.tell("web")
    simulation.advance(.milliseconds(1))
    #expect(simulation.pids("web") != old[1] && simulation.pids("proxy") != old[2])
    #expect(simulation.replies[ticket] == .plain)
    #expect(simulation.violations.isEmpty)
  }

  /// T101: what cannot be reloaded leaves those that depend on it as they are, and the answer names them.
  @Test func aFailureLeavesDependentsAsTheyAre() {
    var simulation = started()
    let old = ["db", "web", "proxy"].map { simulation.pids($0) }
    let ticket = simulation.send("reload", ["waiting": true])
    simulation.advance(.milliseconds(1))
    let fresh = simulation.pids("db").filter { !old[0].contains($0) }
    simulation.kernel.crash(fresh[0], .exited(1))
    simulation.deliverDeaths()
    simulation.advance(.milliseconds(1))
    #expect(["db", "web", "proxy"].map { simulation.pids($0) } == old)
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("\(simulation.replies[ticket] as Any)")
      return
    }
    #expect(error.reason.contains("db: not reloaded, the old processes stay"))
    #expect(
      error.reason.contains("web: not reloaded: db, which it depends on, could not be reloaded"))
    #expect(error.reason.contains("proxy: not reloaded: web"))
    let told = simulation.events.filter { $0.name == .reloadFailed }.map(\.watcher)
    #expect(told == ["db", "web", "proxy"])
    // That is no lasting fault of theirs.
    let again = simulation.send("start", ["name": "web", "waiting": true])
    #expect(simulation.replies[again].map { if case .error = $0 { true } else { false } } == false)
    #expect(simulation.violations.isEmpty)
  }

  /// An operator's stop takes one out of the line.
  @Test func aStoppedOneIsNotWaitedFor() {
    var simulation = started()
    let ticket = simulation.send("reload", ["waiting": true])
    simulation.advance(.milliseconds(1))
    simulation.send("stop", ["name": "web"])
    simulation.tell("db")
    simulation.advance(.milliseconds(10))
    #expect(simulation.replies[ticket] != nil)
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.violations.isEmpty)
  }
}
