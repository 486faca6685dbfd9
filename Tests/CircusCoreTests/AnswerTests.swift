import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Every order ends in an answer, and the answer says what became of it.
@Suite struct AnswerTests {
  private static let missing = SpawnFailure(
    text: "No such file or directory: 'x'", isTransient: false)

  private func circus(_ options: String = "", fails: Int = 0) -> Simulation {
    var simulation = Simulation(
      circus: "[watcher:w]\ncmd = run\nautostart = False\nmax_retry = 1\n\(options)\n")
    simulation.kernel.fail("w", with: Self.missing, times: fails)
    simulation.boot()
    return simulation
  }

  private func code(_ answer: SupervisorAnswer?) -> Fault.Code? {
    switch answer {
    case .fault(let fault)?: fault.code
    case .results(let results)?: results.compactMap(\.fault).first?.code
    case .done?, .changes?, nil: nil
    }
  }

  @Test(arguments: [true, false])
  func aSupervisorsStartOfAWatcherThatCannotStartIsAnswered(isSingle: Bool) {
    var simulation = circus(fails: 5)
    let key = simulation.arbiter.processTable[0].key
    let ticket = simulation.order(
      .start([key], refused: [:], waits: true, isSingle: isSingle))
    #expect(code(simulation.answers[ticket]) == .spawnError)
  }

  @Test func aStartAHookRefusesIsAnswered() {
    var simulation = circus("hooks.before_start = m.f")
    simulation.hookOutcomes[.beforeStart] = .returned(false)
    let key = simulation.arbiter.processTable[0].key
    let ticket = simulation.order(.start([key], refused: [:], waits: true, isSingle: true))
    #expect(code(simulation.answers[ticket]) == .spawnError)
  }

  @Test func aStartOfAWatcherOnDemandIsAnswered() {
    var simulation = circus("on_demand = True\nuse_sockets = True")
    let key = simulation.arbiter.processTable[0].key
    let ticket = simulation.order(.start([key], refused: [:], waits: true, isSingle: true))
    guard case .done? = simulation.answers[ticket] else {
      Issue.record("\(String(describing: simulation.answers[ticket]))")
      return
    }
  }

  /// The process was ended; that another client has started the next one is another matter.
  @Test func aStopThatAStartOvertakesIsAnswered() {
    var simulation = circus()
    simulation.send("start", ["name": "w"])
    simulation.diesAtOnce = false
    let key = simulation.arbiter.processTable[0].key
    let ticket = simulation.order(.stop([key], waits: true, isSingle: true))
    simulation.send("start", ["name": "w"])
    simulation.deliverDeaths()
    #expect(simulation.answers[ticket] != nil)
    #expect(simulation.pids("w").count == 1)
  }

  @Test(arguments: ["start", "restart"])
  func aWaitingClientIsToldWhyItDoesNotRun(verb: String) {
    var simulation = circus(fails: 5)
    let one = simulation.send(verb, ["name": "w", "waiting": true])
    #expect(
      simulation.replies[one]
        == .error(.refused("w: not started: No such file or directory: 'x'")))
    let several = simulation.send("start", ["name": "w*", "match": "glob", "waiting": true])
    #expect(simulation.replies[several] != nil)
    simulation.kernel.fail("w", with: Self.missing, times: 0)
    let again = simulation.send("start", ["name": "w", "waiting": true])
    #expect(simulation.replies[again].map { if case .ok = $0 { true } else { false } } == true)
  }

  @Test func aWaitingClientIsToldOfAHooksRefusal() {
    var simulation = circus("hooks.before_start = m.f")
    simulation.hookOutcomes[.beforeStart] = .returned(false)
    let ticket = simulation.send("start", ["name": "w", "waiting": true])
    #expect(
      simulation.replies[ticket]
        == .error(.refused("w: not started: before_start said no (m.f)")))
  }

  /// What is not so is not told.
  @Test func aReloadThatFailsIsNoReload() {
    var simulation = circus()
    simulation.send("start", ["name": "w", "waiting": true])
    simulation.kernel.fail("w", with: Self.missing, times: 5)
    simulation.clearTrace()
    let ticket = simulation.send("reload", ["name": "w", "waiting": true])
    #expect(
      simulation.replies[ticket]
        == .error(
          .refused("w: not reloaded, the old processes stay: No such file or directory: 'x'")))
    #expect(!simulation.trace.contains("w.reload"))
    #expect(!simulation.log.contains("w reloaded"))
    #expect(simulation.pids("w").count == 1)
  }

  @Test func aProgramThatIsFatalIsAnError() {
    var simulation = Simulation(
      supervisor: "[supervisord]\n[program:p]\ncommand=/bin/cat\nautostart=false\nstartretries=0\n")
    simulation.kernel.fail("p", with: Self.missing, times: 5)
    simulation.boot()
    let ticket = simulation.send("start", ["name": "p", "waiting": true])
    simulation.advance(.seconds(5))
    #expect(
      simulation.replies[ticket] == .error(.refused("p: No such file or directory: 'x'")))
  }

  /// A signal is a signal, whichever door it comes by.
  @Test func aHookMayRefuseASupervisorsSignal() {
    var simulation = circus("hooks.before_signal = m.f")
    simulation.send("start", ["name": "w"])
    simulation.hookOutcomes[.beforeSignal] = .returned(false)
    let key = simulation.arbiter.processTable[0].key
    simulation.feed(.signalProcess(key, .user1))
    #expect(simulation.kernel.signals.isEmpty)
    simulation.hookOutcomes[.beforeSignal] = .returned(true)
    simulation.feed(.signalProcess(key, .user1))
    #expect(simulation.kernel.signals.map(\.signal) == [.user1])
  }
}
