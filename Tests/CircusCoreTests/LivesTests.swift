import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// What is shown is what is: restarts, last exits, crash loops.
@Suite struct LivesTests {
  private func circus(_ options: String = "") -> Simulation {
    var simulation = Simulation(circus: "[watcher:w]\ncmd = run\n\(options)\n")
    simulation.boot()
    return simulation
  }

  private func details(_ simulation: inout Simulation) -> JSON {
    let ticket = simulation.send("status", ["verbose": true])
    guard case .ok(let members)? = simulation.replies[ticket] else { return .null }
    return members.first { $0.key == "details" }?.value.array?.first ?? .null
  }

  @Test func restartsAndTheLastExitAreCounted() {
    var simulation = circus()
    for status in [1, 0, 3] {
      simulation.advance(.seconds(10))
      simulation.exit("w", 0, .exited(Int32(status)))
    }
    simulation.advance(.seconds(5))
    let process = details(&simulation)["processes"]?.array?.first
    #expect(process?["restarts"] == 3 && process?["restarts_lately"] == 3)
    #expect(process?["last_exit"]?["text"] == "exit status 3")
    #expect(
      process?["text"]?.string
        == "w-1: RUNNING, pid 104, up 5 s, restarts: 3 (3 in the last 10 minutes), last exit: exit status 3, 5 s ago"
    )
    simulation.advance(.seconds(700))
    #expect(details(&simulation)["processes"]?.array?.first?["restarts_lately"] == 0)
    // Another start begins anew; how the last one ended stays.
    simulation.send("restart", ["name": "w", "waiting": true])
    let fresh = details(&simulation)["processes"]?.array?.first
    #expect(fresh?["restarts"] == 0)
    #expect(fresh?["last_exit"]?["text"] == "terminated by SIGTERM")
  }

  @Test func aCrashLoopIsCalledOne() {
    var simulation = circus()
    for round in 0..<5 {
      simulation.exit("w", 0, .exited(1))
      simulation.advance(.milliseconds(Int64(100 << round) + 50))
    }
    simulation.exit("w", 0, .exited(1))
    #expect(simulation.status("w") == "active")
    #expect(
      details(&simulation)["condition"]?.string?.hasPrefix("crash loop, next start in ") == true)
  }

  @Test(arguments: [false, true])
  func theyAreKnownOverACrashAndAnUpgrade(isUpgrade: Bool) {
    var simulation = circus()
    simulation.advance(.seconds(10))
    simulation.exit("w", 0, .exited(7))
    if isUpgrade { simulation.upgrade() } else { simulation.crash() }
    let process = details(&simulation)["processes"]?.array?.first
    #expect(process?["restarts"] == 1 && process?["restarts_lately"] == 1)
    #expect(process?["last_exit"]?["text"] == "exit status 7")
  }

  @Test func whyAWatcherIsStoppedIsSaid() {
    var simulation = circus("max_retry = 1\nautostart = False")
    #expect(details(&simulation)["condition"] == "stopped: not started yet")
    simulation.kernel.fail(
      "w", with: SpawnFailure(text: "no such file", isTransient: false), times: 1)
    simulation.send("start", ["name": "w"])
    #expect(details(&simulation)["condition"] == "stopped: not started: no such file")
  }

  /// supervisor's side of a watcher that is not replaced.
  @Test func whatHasEndedIsExited() {
    var simulation = circus("respawn = False")
    simulation.advance(.seconds(3))
    simulation.exit("w", 0, .exited(4))
    #expect(simulation.status("w") == "stopped")
    let view = simulation.arbiter.processTable[0]
    #expect(view.stage == .exited)
    #expect(view.lives.lastExit?.status == .exited(4))
    simulation.send("start", ["name": "w"])
    #expect(simulation.arbiter.processTable[0].stage == .running)
    simulation.send("stop", ["name": "w"])
    #expect(simulation.arbiter.processTable[0].stage == .stopped)
  }

  /// A process that ends again and again is told of once; what is ordered does not count.
  @Test func flappingIsToldOnce() {
    var simulation = circus()
    for _ in 0..<8 {
      simulation.send("restart", ["name": "w"])
      simulation.advance(.seconds(5))
    }
    #expect(!simulation.events.contains { $0.name == .flapping })
    for _ in 0..<9 {
      simulation.advance(.seconds(10))
      simulation.exit("w", 0, .exited(1))
    }
    let told = simulation.events.filter { $0.name == .flapping }
    #expect(told.map(\.reason) == ["w-1 was started again 5 times in 10 minutes"])
    // Another bad time is told again.
    simulation.advance(.seconds(1_300))
    for _ in 0..<6 {
      simulation.advance(.seconds(10))
      simulation.exit("w", 0, .exited(1))
    }
    #expect(simulation.events.count { $0.name == .flapping } == 2)
  }
}
