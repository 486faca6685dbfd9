import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Processes that hand over to another one of their own (`MAINPID=`).
@Suite struct MainProcessTests {
  private func started(_ options: String = "") -> Simulation {
    var simulation = Simulation(
      circus: """
        [watcher:web]
        cmd = run
        ready = notify
        graceful_timeout = 5
        \(options)
        """)
    simulation.boot()
    simulation.tell("web")
    simulation.clearTrace()
    return simulation
  }

  /// T9: signals go to the new one, and the answers name it.
  @Test func aStopSignalsTheProcessThatWasNamed() throws {
    var simulation = started()
    let first = try #require(simulation.pids("web").first)
    let named = simulation.handOver("web")
    let second = try #require(named)
    #expect(simulation.pids("web") == [second])
    #expect(simulation.trace == ["web.main_pid"])
    #expect(simulation.events.last?.pid == second)
    #expect(simulation.log.contains("web: process \(second) is the main one: \(first) said so"))
    simulation.diesAtOnce = false
    simulation.send("stop", ["name": "web"])
    #expect(simulation.kernel.signals.map(\.pid) == [second])
    // What was the main process before is stopped as well before the stop is over.
    simulation.deliverDeath(of: second)
    #expect(simulation.kernel.signals.map(\.pid) == [second, first])
    #expect(simulation.status("web") == "stopping")
    simulation.deliverDeaths()
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.violations == [])
  }

  /// T10: the first one ends, and the life goes on; its end is that of the one that was named.
  @Test func theLifeGoesOnWhenTheFirstOneEnds() throws {
    var simulation = started()
    let first = try #require(simulation.pids("web").first)
    let named = simulation.handOver("web")
    let second = try #require(named)
    simulation.clearTrace()
    simulation.kernel.crash(first, .exited(0))
    simulation.deliverDeaths()
    #expect(simulation.pids("web") == [second])
    #expect(simulation.trace == [])
    #expect(simulation.arbiter.watchers[0].standing.isReady)
    simulation.kernel.crash(second, .exited(3))
    simulation.deliverDeaths()
    #expect(simulation.trace.first == "web.reap")
    #expect(simulation.events.first?.exitCode == 3)
    #expect(simulation.violations == [])
  }

  /// T10: an upgrade that failed.
  @Test func theOneBeforeTakesOverAgain() throws {
    var simulation = started()
    let first = try #require(simulation.pids("web").first)
    let named = simulation.handOver("web")
    let second = try #require(named)
    simulation.clearTrace()
    simulation.kernel.crash(second, .exited(1))
    simulation.deliverDeaths()
    #expect(simulation.pids("web") == [first])
    #expect(simulation.trace == ["web.main_pid"])
    #expect(
      simulation.log.last
        == "web: process \(first) is the main one: \(second) has ended (exit status 1)")
    #expect(simulation.formers("web") == [])
    #expect(simulation.violations == [])
  }

  /// Out of grace, all of them are killed.
  @Test func theGraceIsThatOfTheWholeStop() throws {
    var simulation = started()
    simulation.kernel.stubborn.insert("web")
    simulation.send("kill", ["name": "web", "signum": "TERM"])
    simulation.advance(.seconds(6))
    simulation.tell("web")
    simulation.handOver("web")
    simulation.send("stop", ["name": "web"])
    #expect(simulation.status("web") == "stopping")
    simulation.advance(.seconds(5))
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.kernel.processes.isEmpty)
    #expect(simulation.violations == [])
  }

  /// One that is named while it is being stopped has the signal, too.
  @Test func aStopUnderWayGoesToTheProcessThatIsNamed() throws {
    var simulation = started()
    simulation.diesAtOnce = false
    simulation.kernel.losesNextSignal = true
    simulation.send("stop", ["name": "web"])
    let named = simulation.handOver("web")
    let second = try #require(named)
    #expect(simulation.kernel.signals.last?.pid == second)
    #expect(simulation.violations == [])
  }

  /// Each of the two may be gone when the next daemon comes.
  @Test(arguments: [[], [0], [1], [0, 1]] as [[Int]])
  func aCrashOfTheDaemonKeepsIt(dead: [Int]) throws {
    var simulation = started()
    let first = try #require(simulation.pids("web").first)
    let named = simulation.handOver("web")
    let second = try #require(named)
    for index in dead { simulation.kernel.crash([first, second][index], .exited(1)) }
    simulation.crash()
    switch dead {
    case []:
      #expect(simulation.pids("web") == [second])
      #expect(simulation.formers("web") == [first])
    case [0]:
      #expect(simulation.pids("web") == [second])
      #expect(simulation.formers("web") == [])
    case [1]:
      #expect(simulation.pids("web") == [first])
      #expect(simulation.formers("web") == [])
    default:
      #expect(!simulation.pids("web").contains(first))
      #expect(!simulation.pids("web").contains(second))
    }
    #expect(simulation.violations == [])
    simulation.upgrade()
    simulation.send("stop", ["name": "web"])
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.kernel.processes.isEmpty)
    #expect(simulation.violations == [])
  }

  /// What descends from any of them is ended with the life.
  @Test func orphansOfAllOfThemAreEnded() throws {
    var simulation = started()
    simulation.kernel.leavesOrphans.insert("web")
    let first = try #require(simulation.pids("web").first)
    simulation.handOver("web")
    simulation.kernel.crash(first, .exited(0))
    simulation.deliverDeaths()
    #expect(simulation.kernel.orphans.count == 1)
    simulation.send("stop", ["name": "web"])
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.violations == [])
  }

  /// The same number twice changes nothing, and one may come back to an earlier one.
  @Test func handingBackIsPossible() throws {
    var simulation = started()
    let first = try #require(simulation.pids("web").first)
    let named = simulation.handOver("web")
    let second = try #require(named)
    let process = try #require(simulation.arbiter.watchers[0].slots.first?.id)
    simulation.clearTrace()
    simulation.feed(.named(process, second))
    #expect(simulation.trace == [])
    simulation.feed(.named(process, first))
    #expect(simulation.pids("web") == [first])
    #expect(simulation.formers("web") == [second])
    #expect(simulation.violations == [])
  }
}
