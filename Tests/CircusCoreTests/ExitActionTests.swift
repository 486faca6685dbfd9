import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// `on_exit.75 = stop`: what follows from an exit status, whatever else the file says.
@Suite struct ExitActionTests {
  private func started(_ options: String, isSupervisor: Bool = false) -> Simulation {
    var simulation =
      isSupervisor
      ? Simulation(supervisor: "[program:w]\ncommand=/bin/w\n\(options)")
      : Simulation(circus: "[watcher:w]\ncmd = w\n\(options)")
    simulation.boot()
    return simulation
  }

  @Test func aStatusMayStopAWatcher() {
    var simulation = started("on_exit.75 = stop\non_exit.76 = restart")
    simulation.exit("w", 0, .exited(76))
    simulation.advance(.seconds(2))
    #expect(simulation.pids("w").count == 1)
    simulation.exit("w", 0, .exited(75))
    simulation.advance(.seconds(200))
    #expect(simulation.pids("w").isEmpty && simulation.status("w") == "stopped")
    #expect(simulation.violations.isEmpty)
  }

  /// What ends by its exit status is completed, and says so.
  @Test func whatAStatusStopsIsCompleted() throws {
    let text =
      "[watcher:w]\ncmd = w\non_exit.0 = stop\n[watcher:next]\ncmd = n\ndepends_on = w:completed"
    var simulation = Simulation(circus: text)
    simulation.boot()
    #expect(simulation.pids("next").isEmpty)
    simulation.exit("w", 0, .exited(3))
    simulation.advance(.seconds(5))
    #expect(simulation.pids("w").count == 1 && simulation.pids("next").isEmpty)
    simulation.exit("w", 0, .exited(0))
    #expect(simulation.pids("next").count == 1)
    let ticket = simulation.send("status", ["name": "w", "verbose": true])
    let detail = simulation.replies[ticket]?.members["details"]?.array?.first
    #expect(
      detail?["condition"]
        == "stopped: its processes have ended, and on_exit says stop at exit status 0")
    #expect(simulation.violations.isEmpty)
  }

  @Test func aStatusMayStopAProgram() {
    var simulation = started("autorestart=true\non_exit.75=stop\nstartsecs=1", isSupervisor: true)
    simulation.advance(.seconds(2))
    simulation.exit("w", 0, .exited(75))
    simulation.advance(.seconds(60))
    #expect(simulation.states("w") == ["EXITED"])
  }

  /// Too quick for supervisor: no other attempt is made.
  @Test func aStatusMayEndAStart() {
    var simulation = started("startretries=5\non_exit.75=stop\nstartsecs=5", isSupervisor: true)
    simulation.exit("w", 0, .exited(75))
    simulation.advance(.seconds(60))
    #expect(simulation.states("w") == ["FATAL"])
    #expect(simulation.events.count { $0.name == .spawn } == 1)
  }

  /// A job that asks for another run by its exit status has it, as often as `backoff.limit` allows.
  @Test(arguments: [false, true])
  func aStatusMayRestartAJob(isSupervisor: Bool) {
    var simulation = started(
      "type = oneshot\non_exit.75 = restart\nbackoff = immediate\nbackoff.limit = 3",
      isSupervisor: isSupervisor)
    for _ in 0..<5 {
      if !simulation.pids("w").isEmpty { simulation.exit("w", 0, .exited(75)) }
      simulation.advance(.seconds(5))
    }
    #expect(simulation.events.count { $0.name == .spawn } == 3)
    #expect(simulation.status("w") == "stopped")
    #expect(simulation.violations.isEmpty)
  }

  @Test func aStatusMayRestartWhatIsNot() {
    var simulation = started(
      "autorestart=false\non_exit.3=restart\nstartsecs=0", isSupervisor: true)
    simulation.exit("w", 0, .exited(3))
    simulation.advance(.seconds(2))
    #expect(simulation.pids("w").count == 1)
    simulation.exit("w", 0, .exited(4))
    simulation.advance(.seconds(60))
    #expect(simulation.pids("w").isEmpty)
  }

  @Test func aOneshotIsNotTriedAgain() {
    var simulation = started("type = oneshot\nmax_retry = 5\non_exit.75 = stop")
    simulation.exit("w", 0, .exited(75))
    simulation.advance(.seconds(200))
    #expect(simulation.events.count { $0.name == .spawn } == 1)
    #expect(simulation.status("w") == "stopped")
  }

  @Test func signalsAreNoStatuses() {
    var simulation = started("on_exit.0-255 = stop")
    simulation.exit("w", 0, .signaled(.abort, dumpedCore: false))
    simulation.advance(.seconds(2))
    #expect(simulation.pids("w").count == 1)
  }

  @Test(
    arguments: [
      ("75: stop", "75: stop"), ("100-110: restart, 75:STOP", "75: stop, 100-110: restart"),
      ("75", nil), ("256: stop", nil), ("9-3: stop", nil), ("1-5: stop, 5: restart", nil),
      ("75: jump", nil), ("-1: stop", nil), ("", ""),
    ] as [(String, String?)])
  func valuesAreRead(text: String, expected: String?) {
    #expect(ExitActions(text: text)?.text == expected)
  }
}
