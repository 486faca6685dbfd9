import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// What a stop does to the descendants of a process.
@Suite struct OrphanTests {
  /// A daemon with one process that leaves these behind.
  private func circus(
    _ kinds: [FakeKernel.OrphanKind], _ options: String = "", stubborn: Bool = false
  ) -> Simulation {
    leaving(
      kinds, stubborn: stubborn,
      Simulation(circus: "[watcher:w]\ncmd = run\ngraceful_timeout = 30\n\(options)\n"))
  }

  private func supervisor(
    _ kinds: [FakeKernel.OrphanKind], _ options: String, stubborn: Bool = false
  ) -> Simulation {
    leaving(
      kinds, stubborn: stubborn,
      Simulation(
        supervisor:
          "[supervisord]\n[program:w]\ncommand=/bin/cat\nstartsecs=0\nstopwaitsecs=30\n\(options)\n"
      ))
  }

  private func leaving(
    _ kinds: [FakeKernel.OrphanKind], stubborn: Bool, _ simulation: Simulation
  ) -> Simulation {
    var simulation = simulation
    simulation.kernel.leavesOrphans = ["w"]
    simulation.kernel.orphanKinds = kinds
    simulation.kernel.orphansAreStubborn = stubborn
    simulation.boot()
    return simulation
  }

  private func signals(_ simulation: Simulation) -> [[Signal]] {
    simulation.kernel.orphans.values.map(\.signals)
  }

  @Test(arguments: [false, true])
  func anOrphanHasTheGraceOfItsLeader(isProgram: Bool) {
    var simulation =
      isProgram ? supervisor([.plain], "", stubborn: true) : circus([.plain], stubborn: true)
    simulation.send("stop", ["name": "w"])
    simulation.advance(.milliseconds(29_900))
    #expect(signals(simulation) == [[.terminate]])
    #expect(isProgram ? simulation.states("w") == ["STOPPING"] : true)
    #expect(simulation.status("w") == "stopping")
    simulation.advance(.milliseconds(200))
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.status("w") == "stopped")
    #expect(simulation.violations == [])
  }

  @Test func theGraceCountsFromTheStop() {
    var simulation = circus([.plain], stubborn: true)
    simulation.diesAtOnce = false
    simulation.send("stop", ["name": "w"])
    simulation.advance(.seconds(25))
    simulation.deliverDeaths()
    simulation.advance(.milliseconds(4_900))
    #expect(signals(simulation) == [[.terminate]])
    simulation.advance(.milliseconds(200))
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.violations == [])
  }

  @Test func aKilledLeaderLeavesItsOrphansAMomentToObey() {
    var simulation = circus([.plain])
    simulation.kernel.stubborn = ["w"]
    simulation.send("restart", ["name": "w"])
    simulation.diesAtOnce = false
    simulation.send("stop", ["name": "w"])
    simulation.advance(.seconds(30))
    simulation.kernel.orphansAreStubborn = true
    simulation.deliverDeaths()
    #expect(signals(simulation) == [[.terminate]])
    simulation.advance(.milliseconds(500))
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.violations == [])
  }

  @Test func withoutAGraceThereIsNoMoment() {
    var simulation = circus([.plain], "graceful_timeout = 0")
    simulation.send("stop", ["name": "w"])
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.status("w") == "stopped")
  }

  @Test func noProcessHasTheStopSignalTwice() {
    var simulation = supervisor([.plain], "stopasgroup=true", stubborn: true)
    simulation.send("stop", ["name": "w"])
    simulation.advance(.seconds(20))
    #expect(signals(simulation) == [[]])
    simulation.advance(.seconds(11))
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.violations == [])
  }

  @Test func aFilterMayComeToTheEndOfItsPipe() throws {
    var simulation = circus([.filter])
    let ticket = simulation.send("stop", ["name": "w", "waiting": true])
    simulation.advance(.milliseconds(490))
    #expect(signals(simulation) == [[]])
    #expect(simulation.replies[ticket] == nil)
    simulation.endOrphan(try #require(simulation.kernel.orphans.keys.first))
    #expect(simulation.replies[ticket] == .ok("info", .null))
    #expect(simulation.violations == [])
  }

  @Test func aFilterThatStaysIsAskedAfterHalfASecond() {
    var simulation = circus([.filter], stubborn: true)
    simulation.send("stop", ["name": "w"])
    simulation.advance(.milliseconds(510))
    #expect(signals(simulation) == [[.terminate]])
  }

  @Test(arguments: [
    ("", ["client", "detached"]), ("stop_descendants = all", ["client"]),
    ("stop_descendants = none", ["client", "detached", "filter", "plain"]),
    ("stop_descendants = False", ["client", "detached", "filter", "plain"]),
    ("stop_descendants = True", ["client", "detached"]),
  ])
  func whatIsLeftRunning(option: String, left: [String]) {
    for var simulation in [
      circus([.plain, .detached, .client, .filter], option),
      supervisor([.plain, .detached, .client, .filter], option),
    ] {
      simulation.send("stop", ["name": "w"])
      simulation.advance(.seconds(1))
      #expect(simulation.kernel.orphans.values.map(\.facts.command).sorted() == left)
      #expect(simulation.status("w") == "stopped")
      for name in left where option == "" {
        #expect(simulation.log.contains { $0.contains("left running") && $0.contains(name) })
      }
      #expect(simulation.violations == [])
    }
  }

  @Test func aStopIsToldWhenTheTreeIsGone() throws {
    var simulation = supervisor([.plain], "", stubborn: true)
    let key = simulation.arbiter.processTable[0].key
    let stop = simulation.order(.stop([key], waits: true, isSingle: true))
    let start = simulation.order(.start([key], refused: [:], waits: false, isSingle: true))
    #expect(simulation.answers[stop] == nil)
    #expect(simulation.states("w") == ["STOPPING"])
    #expect(simulation.answers[start] != nil)
    #expect(simulation.pids("w").isEmpty)
    simulation.endOrphan(try #require(simulation.kernel.orphans.keys.first))
    #expect(simulation.states("w") == ["STOPPED"])
    #expect(simulation.answers[stop] != nil)
    #expect(simulation.violations == [])
  }

  /// The successor finds the port free.
  @Test func aSequentialReloadWaitsForTheTree() throws {
    var simulation = circus([.plain], stubborn: true)
    simulation.send("reload", ["name": "w", "sequential": true])
    #expect(simulation.pids("w").isEmpty)
    simulation.endOrphan(try #require(simulation.kernel.orphans.keys.first))
    #expect(simulation.pids("w").count == 1)
    #expect(simulation.violations == [])
  }

  /// All of several that are stopped at once are looked after, whenever they die.
  @Test(arguments: ["decr", "reload", "kill", "stop"])
  func theOrphansOfEachAreEnded(verb: String) {
    var simulation = circus([.plain], "numprocesses = 4")
    simulation.diesAtOnce = false
    var properties: JSONObject = ["name": "w"]
    if verb == "decr" { properties["nb"] = 4 }
    simulation.send(verb, properties)
    while let pid = simulation.kernel.dying.last { simulation.deliverDeath(of: pid) }
    simulation.advance(.seconds(1))
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.violations == [])
  }

  @Test func aCrashInTheMiddleFinishesTheStop() {
    var simulation = circus([.plain, .detached], "numprocesses = 2", stubborn: true)
    simulation.send("stop", ["name": "w"])
    simulation.advance(.seconds(5))
    simulation.crash()
    #expect(simulation.status("w") == "stopping")
    simulation.advance(.milliseconds(24_900))
    #expect(simulation.kernel.orphans.count == 4)
    simulation.advance(.milliseconds(200))
    #expect(simulation.kernel.orphans.values.filter { !$0.facts.isDetached }.isEmpty)
    #expect(simulation.status("w") == "stopped")
    #expect(simulation.violations == [])
  }

  @Test func aSecondInterruptEndsAllGrace() {
    var simulation = circus([.plain], stubborn: true)
    simulation.signal(.interrupt)
    #expect(simulation.exitStatus == nil)
    simulation.signal(.interrupt)
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }
}
