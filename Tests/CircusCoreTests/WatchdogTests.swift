import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Processes that must say that they live.
@Suite struct WatchdogTests {
  private func started(_ options: String = "", count: Int = 1) -> Simulation {
    var simulation = Simulation(
      circus: "[watcher:web]\ncmd = web\nwatchdog = 10\nnumprocesses = \(count)\n\(options)")
    simulation.boot()
    return simulation
  }

  private func process(_ simulation: Simulation, _ place: Int = 0) -> ProcessID {
    simulation.arbiter.watchers[0].slots[place].id
  }

  private static let alive: Notification = {
    var message = Notification()
    message.isAlive = true
    return message
  }()

  /// T23: in time it lives on, in silence it is ended and counts as failed.
  @Test func silenceIsAFailure() {
    var simulation = started()
    let first = process(simulation)
    for _ in 0..<5 {
      simulation.advance(.seconds(9))
      simulation.feed(.told(first, Self.alive))
    }
    #expect(simulation.trace.filter { $0 == "web.kill" }.isEmpty)
    simulation.diesAtOnce = false
    simulation.advance(.seconds(11))
    let kill = simulation.events.last
    #expect(kill?.name == .kill && kill?.cause == .watchdog)
    #expect(simulation.kernel.signals.last?.signal == .abort)
    simulation.deliverDeaths()
    simulation.advance(.seconds(1))
    #expect(simulation.pids("web").count == 1 && process(simulation) != first)
    #expect(simulation.violations.isEmpty)
  }

  /// T21: each for itself.
  @Test func oneSpeaksForItself() {
    var simulation = started(count: 3)
    let first = process(simulation)
    for _ in 0..<3 {
      simulation.advance(.seconds(6))
      simulation.feed(.told(first, Self.alive))
    }
    #expect(simulation.trace.filter { $0 == "web.kill" }.count == 2)
    #expect(simulation.arbiter.watchers[0].slots.contains { $0.id == first })
  }

  /// A start takes as long as it takes.
  @Test func onlyOneThatHasStartedIsWatched() {
    var simulation = started("ready = notify\nready_timeout = 0")
    simulation.advance(.seconds(100))
    #expect(simulation.pids("web").count == 1)
    simulation.tell("web")
    simulation.advance(.seconds(11))
    #expect(simulation.events.contains { $0.name == .kill && $0.cause == .watchdog })
  }

  @Test func itMayAskForAnotherTimeAndForItsEnd() {
    var simulation = started()
    var message = Notification()
    message.watchdog = .seconds(60)
    simulation.feed(.told(process(simulation), message))
    simulation.advance(.seconds(59))
    #expect(simulation.trace.filter { $0 == "web.kill" }.isEmpty)
    message = Notification()
    message.isBroken = true
    simulation.feed(.told(process(simulation), message))
    #expect(simulation.events.contains { $0.name == .kill && $0.cause == .watchdog })
    #expect(simulation.violations.isEmpty)
  }

  /// R56, and T20 of a daemon that was away: a full interval.
  @Test func aDaemonThatTakesOverWaits() {
    var simulation = started()
    simulation.advance(.seconds(9))
    simulation.crash()
    simulation.advance(.seconds(9))
    #expect(simulation.trace.filter { $0 == "web.kill" }.isEmpty)
    simulation.advance(.seconds(2))
    #expect(simulation.trace.filter { $0 == "web.kill" }.count == 1)
  }

  @Test func aStopEndsIt() {
    var simulation = started()
    simulation.diesAtOnce = false
    simulation.send("stop", ["name": "web"])
    simulation.advance(.seconds(20))
    #expect(!simulation.events.contains { $0.cause == .watchdog })
  }
}
