import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Probes that tell when a process is ready, and those that wait for it.
@Suite struct ProbeReadinessTests {
  /// A check of its own tells that a start is complete, and is not asked again.
  @Test func readyByACheck() {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = db
        ready = tcp://127.0.0.1:5432
        [watcher:web]
        cmd = web
        depends_on = db
        """)
    simulation.probeOutcomes[.ready] = .failure
    simulation.boot()
    simulation.advance(.seconds(10))
    #expect(simulation.states("db") == ["STARTING"] && simulation.pids("web").isEmpty)
    simulation.probeOutcomes[.ready] = .success
    simulation.advance(.seconds(1))
    #expect(simulation.states("db") == ["RUNNING"] && simulation.pids("web").count == 1)
    let asked = simulation.asked(.ready)
    simulation.advance(.seconds(100))
    #expect(simulation.asked(.ready) == asked)
    #expect(simulation.violations.isEmpty)
  }

  /// `ready_timeout` bounds it, and never makes it ready.
  @Test func aCheckThatNeverSucceedsIsAFailedStart() {
    var simulation = Simulation(
      circus: "[watcher:db]\ncmd = db\nmax_retry = 1\nready = unix:/run/db\nready_timeout = 5")
    simulation.probeOutcomes[.ready] = .failure
    simulation.boot()
    simulation.advance(.seconds(6))
    #expect(simulation.status("db") == "stopped")
    #expect(simulation.events.first { $0.name == .kill }?.cause == .readyTimeout)
  }

  /// A dependent may ask for health, which comes and goes, where readiness stays.
  @Test func dependentsMayAskForHealth() {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = db
        readiness_probe = tcp://127.0.0.1:5432
        readiness_probe.period = 1
        [watcher:web]
        cmd = web
        depends_on = db:healthy
        [watcher:log]
        cmd = log
        depends_on = db
        """)
    simulation.probeOutcomes[.readiness] = .failure
    simulation.boot()
    simulation.advance(.seconds(5))
    #expect(simulation.pids("web").isEmpty && simulation.pids("log").count == 1)
    simulation.probeOutcomes[.readiness] = .success
    simulation.advance(.seconds(1))
    #expect(simulation.pids("web").count == 1)
    simulation.probeOutcomes[.readiness] = .failure
    simulation.advance(.seconds(10))
    #expect(simulation.pids("web").count == 1)
    #expect(simulation.violations.isEmpty)
  }
}
