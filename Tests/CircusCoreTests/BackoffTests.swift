import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Pauses after failures, as a file asks for them.
@Suite struct BackoffTests {
  /// The seconds between one end and the next start, of so many lives that end at once.
  private func pauses(
    _ options: String, _ count: Int, isSupervisor: Bool = false, living: Double = 0
  ) -> (pauses: [Double], simulation: Simulation) {
    var simulation =
      isSupervisor
      ? Simulation(supervisor: "[program:w]\ncommand=/bin/w\nstartsecs=0\n\(options)")
      : Simulation(circus: "[watcher:w]\ncmd = w\n\(options)")
    simulation.boot()
    for _ in 0..<count {
      simulation.advance(.seconds(living))
      simulation.exit("w", 0, .exited(1))
      for _ in 0..<300 where simulation.pids("w").isEmpty {
        simulation.advance(.milliseconds(100))
      }
    }
    let reaps = simulation.events.filter { $0.name == .reap }.map(\.time)
    let spawns = simulation.events.filter { $0.name == .spawn }.dropFirst().map(\.time)
    return (zip(reaps, spawns).map { (($1 - $0) * 10).rounded() / 10 }, simulation)
  }

  @Test(
    arguments: [
      ("backoff = immediate", [0, 0, 0, 0, 0]), ("backoff = linear", [1, 2, 3, 4, 5]),
      ("backoff = linear\nbackoff.base = 0.5\nbackoff.cap = 1.2", [0.5, 1, 1.2, 1.2, 1.2]),
      ("backoff = exponential", [1, 2, 4, 8, 16]),
      ("backoff = exponential\nbackoff.factor = 3\nbackoff.cap = 20", [1, 3, 9, 20, 20]),
    ] as [(String, [Double])])
  func pausesGrowAsToldInBothSystems(options: String, expected: [Double]) {
    for isSupervisor in [false, true] {
      let (found, simulation) = pauses(options, 5, isSupervisor: isSupervisor)
      #expect(found == expected, "\(isSupervisor)")
      #expect(simulation.violations.isEmpty)
    }
  }

  @Test func jitterStaysWithinItsShare() {
    let (found, _) = pauses(
      "backoff = linear\nbackoff.base = 10\nbackoff.cap = 10\nbackoff.jitter = 20", 8)
    #expect(found.allSatisfy { (7.9...12.1).contains($0) } && Set(found).count > 3, "\(found)")
  }

  /// A good life in between begins anew.
  @Test func aGoodLifeIsNoFailure() {
    let short = pauses("backoff = linear\nbackoff.reset = 10", 4, living: 9).pauses
    #expect(short == [1, 2, 3, 4])
    let long = pauses("backoff = linear\nbackoff.reset = 10", 4, living: 11).pauses
    #expect(long == [0, 0, 0, 0])
  }

  @Test(arguments: [false, true])
  func itMayHaveAnEnd(isSupervisor: Bool) {
    let (found, simulation) = pauses(
      "backoff = immediate\nbackoff.limit = 3", 3, isSupervisor: isSupervisor)
    #expect(found.count == 2)
    #expect(simulation.status("w") == "stopped")
    if isSupervisor { #expect(simulation.states("w") == ["FATAL"]) }
    #expect(simulation.log.contains { $0.contains("gave up") || $0.contains("backoff.limit") })
    #expect(simulation.violations.isEmpty)
  }

  /// The kernel ends what uses too much memory by SIGKILL: where pauses are asked for, that counts.
  @Test func aKillCountsWherePausesAreAskedFor() {
    var simulation = Simulation(
      circus: "[watcher:w]\ncmd = w\nbackoff = linear\nbackoff.limit = 3")
    simulation.boot()
    for _ in 0..<3 {
      simulation.exit("w", 0, .signaled(.kill, dumpedCore: false))
      simulation.advance(.seconds(10))
    }
    #expect(simulation.pids("w").isEmpty && simulation.events.count { $0.name == .spawn } == 3)
  }

  /// A program that is started again after a pause is not at its end for those who ask meanwhile.
  @Test func aPauseOfAProgramIsBackoff() {
    var simulation = Simulation(
      supervisor: "[program:w]\ncommand=/bin/w\nstartsecs=0\nbackoff=linear\nbackoff.base=20")
    simulation.boot()
    simulation.exit("w", 0, .exited(0))
    #expect(simulation.states("w") == ["EXITED"])
    simulation.advance(.seconds(1))
    simulation.send("start", ["name": "w"])
    simulation.exit("w", 0, .exited(1))
    #expect(simulation.states("w") == ["BACKOFF"])
    simulation.advance(.seconds(20))
    #expect(simulation.states("w") == ["RUNNING"])
    #expect(simulation.violations.isEmpty)
  }

  /// Why a watcher was given up is known after a crash of the daemon, too.
  @Test func theReasonOutlivesACrash() {
    var simulation = Simulation(circus: "[watcher:w]\ncmd = w")
    simulation.kernel.fail(
      "w", with: SpawnFailure(text: "no such file", isTransient: false), times: 100)
    simulation.boot()
    for _ in 0..<2 {
      let ticket = simulation.send("status", ["name": "w", "verbose": true])
      let detail = simulation.replies[ticket]?.members["details"]?.array?.first
      #expect(detail?["condition"] == "stopped: not started: no such file")
      simulation.crash()
    }
  }

  /// However a start fails, and however a process ends that had started.
  @Test(
    arguments: [
      "ready = notify\nready_timeout = 1", "startup_probe = exec:/bin/true",
      "ready = s6:3", "liveness_probe = exec:/bin/true\nliveness_probe.period = 1",
    ], [false, true])
  func anyFailureCounts(option: String, isSupervisor: Bool) {
    let options =
      "\(option)\nbackoff = linear\nbackoff.base = 0.1\nbackoff.cap = 0.2\nbackoff.limit = 2"
    var simulation =
      isSupervisor
      ? Simulation(supervisor: "[program:w]\ncommand=/bin/w\nstartsecs=0\n\(options)")
      : Simulation(circus: "[watcher:w]\ncmd = w\n\(options)")
    simulation.probeOutcomes = [.startup: .failure, .liveness: .failure]
    simulation.boot()
    for _ in 0..<600 {
      simulation.advance(.milliseconds(500))
      if option.hasPrefix("ready = s6"), let process = simulation.silent("w").first {
        simulation.feed(.channelClosed(process))
      }
    }
    #expect(simulation.events.count { $0.name == .spawn } == 2)
    #expect(simulation.pids("w").isEmpty && simulation.status("w") == "stopped")
    #expect(simulation.violations.isEmpty)
  }

  /// Without a word in the file all is as it was.
  @Test func withoutAWordItIsTheSystems() {
    #expect(pauses("", 5).pauses == [0.1, 0.2, 0.4, 0.8, 1.6])
  }
}
