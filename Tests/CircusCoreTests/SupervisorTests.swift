import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// supervisor's clients and listeners over the simulation (supervisor.md 2, 4.6, 4.7, 5.3).
@Suite struct SupervisorTests {
  static let head = "[supervisord]\n"

  func simulate(
    _ text: String, face: DaemonSettings.Face = .supervisor, stubborn: Set<String> = []
  )
    -> Simulation
  {
    var configuration = configuration(text)
    configuration.settings.face = face
    var simulation = Simulation(configuration)
    simulation.kernel.stubborn = stubborn
    simulation.boot()
    return simulation
  }

  func configuration(_ text: String) -> Configuration {
    var reader = ConfigurationReader(
      files: OneFile(text: Self.head + text), environment: ["PATH": "/bin"], hostName: "node",
      workingDirectory: "/work")
    return reader.read("/test.conf") ?? Configuration()
  }

  func keys(_ simulation: Simulation, _ name: String) -> [ProcessKey] {
    switch simulation.arbiter.find(name) {
    case .process(let view)?: [view.key]
    case .group(let views)?: views.map(\.key)
    case nil: []
    }
  }

  func states(_ simulation: Simulation) -> [String] {
    simulation.arbiter.processTable.map { "\($0.displayName) \($0.stage.name)" }
  }

  func events(_ simulation: Simulation) -> [String] {
    simulation.announced.map { event in
      guard case .processState(let transition) = event else { return event.type }
      return "\(transition.process) \(transition.from.name)>\(transition.to.name)"
    }
  }

  @discardableResult
  func start(_ simulation: inout Simulation, _ name: String, waits: Bool = true) -> Ticket {
    simulation.order(
      .start(keys(simulation, name), refused: [:], waits: waits, isSingle: !name.hasSuffix("*")))
  }

  @discardableResult
  func stop(_ simulation: inout Simulation, _ name: String) -> Ticket {
    simulation.order(.stop(keys(simulation, name), waits: true, isSingle: !name.hasSuffix("*")))
  }

  /// What became of an order that is answered at once.
  func answer(
    _ simulation: inout Simulation, _ order: (inout Simulation) -> Ticket
  ) -> SupervisorAnswer? {
    let ticket = order(&simulation)
    return simulation.answers[ticket]
  }

  func ask(_ simulation: inout Simulation, _ order: SupervisorOrder) -> SupervisorAnswer? {
    answer(&simulation) { $0.order(order) }
  }

  let many = """
    [program:many]
    command=run
    numprocs=3
    process_name=%(program_name)s_%(process_num)d
    startsecs=2
    """

  // MARK: starting and stopping

  @Test func processesAreThereBeforeTheyAreStarted() {
    let simulation = simulate(many + "\nautostart=false\n[program:a]\ncommand=run\nautostart=false")
    #expect(
      states(simulation) == [
        "a STOPPED", "many:many_0 STOPPED", "many:many_1 STOPPED", "many:many_2 STOPPED",
      ])
    #expect(simulation.kernel.processes.isEmpty)
  }

  @Test func oneProcessIsStartedAndStoppedByItself() {
    var simulation = simulate(many + "\nautostart=false")
    let ticket = start(&simulation, "many:many_1")
    #expect(simulation.answers[ticket] == nil)
    simulation.advance(.seconds(2))
    #expect(simulation.answers[ticket]?.isDone == true)
    #expect(
      states(simulation) == ["many:many_0 STOPPED", "many:many_1 RUNNING", "many:many_2 STOPPED"])
    start(&simulation, "many:*")
    simulation.advance(.seconds(2))
    let stopped = stop(&simulation, "many:many_0")
    #expect(simulation.answers[stopped]?.isDone == true)
    #expect(
      states(simulation) == ["many:many_0 STOPPED", "many:many_1 RUNNING", "many:many_2 RUNNING"])
    // It does not come back: it was stopped by name.
    simulation.advance(.seconds(60))
    #expect(simulation.pids("many").count == 2)
    #expect(simulation.status("many") == "active")
    stop(&simulation, "many:*")
    #expect(simulation.status("many") == "stopped")
    #expect(simulation.violations == [])
  }

  @Test func anotherIsStartedWhileTheLastOneGoesDown() {
    var simulation = simulate(many)
    simulation.advance(.seconds(3))
    simulation.diesAtOnce = false
    let stopping = stop(&simulation, "many:*")
    simulation.advance(.seconds(3))
    #expect(simulation.answers[stopping] == nil)
    #expect(simulation.pids("many").count == 3)
    simulation.diesAtOnce = true
    simulation.advance(.seconds(10))
    #expect(simulation.answers[stopping]?.names == ["many_0", "many_1", "many_2"])
    #expect(simulation.violations == [])
  }

  @Test func startAnswersWithWhatWentWrong() {
    var simulation = simulate("[program:p]\ncommand=run\nstartsecs=2\nautostart=false")
    simulation.kernel.fail("p", with: SpawnFailure(text: "no", isTransient: false), times: 1)
    #expect(answer(&simulation) { start(&$0, "p") }?.fault == .spawnError)
    #expect(answer(&simulation) { start(&$0, "p") }?.fault == .alreadyStarted)
    simulation.advance(.seconds(5))
    #expect(states(simulation) == ["p RUNNING"])
    stop(&simulation, "p")
    #expect(answer(&simulation) { stop(&$0, "p") }?.fault == .notRunning)
    // Gone before its time.
    let ticket = start(&simulation, "p")
    simulation.exit("p", 0, .exited(0))
    #expect(simulation.answers[ticket]?.fault == .spawnError)
    #expect(simulation.violations == [])
  }

  @Test func endingRightAfterStartsecsIsAbnormal() {
    var simulation = simulate(
      "[program:p]\ncommand=run\nstartsecs=0\nautostart=false\nautorestart=false")
    let quick = start(&simulation, "p", waits: false)
    #expect(simulation.answers[quick]?.isDone == true)
    simulation.exit("p", 0, .exited(0))
    #expect(states(simulation) == ["p EXITED"])
  }

  @Test func refusedOnesAreToldBesideTheOthers() {
    var simulation = simulate(many + "\nautostart=false")
    let all = keys(simulation, "many:*")
    let ticket = simulation.order(
      .start(
        all, refused: [all[0]: Fault(.noFile, "can't find command 'x'")], waits: false,
        isSingle: false))
    guard case .results(let results)? = simulation.answers[ticket] else {
      Issue.record("no results")
      return
    }
    #expect(results.map { $0.fault?.code } == [.noFile, nil, nil])
    #expect(results.map(\.name) == ["many_0", "many_1", "many_2"])
    #expect(simulation.pids("many").count == 2)
  }

  @Test func scalingAddsAndTakesAwayByNumber() {
    var simulation = simulate(many)
    simulation.advance(.seconds(3))
    let before = simulation.pids("many")
    simulation.send("incr", ["name": "many", "nb": 2])
    #expect(states(simulation).map { $0.split(separator: " ")[0] }.last == "many:many_4")
    #expect(Set(before).isSubset(of: simulation.pids("many")))
    simulation.send("decr", ["name": "many", "nb": 3])
    #expect(simulation.arbiter.processTable.map(\.name) == ["many_0", "many_1"])
    #expect(simulation.violations == [])
  }

  @Test func aSecondProcessOfAProgramWithoutNumbersGetsAName() {
    var simulation = simulate("[program:p]\ncommand=run")
    simulation.send("incr", ["name": "p"])
    #expect(simulation.arbiter.processTable.map(\.displayName) == ["p", "p:p_1"])
    #expect(simulation.pids("p").count == 2)
  }

  // MARK: events

  @Test func aFailingProgramGoesThroughItsStates() {
    var simulation = simulate("[program:p]\ncommand=run\nstartsecs=5\nstartretries=1")
    simulation.exit("p", 0, .exited(3))
    simulation.advance(.seconds(1))
    simulation.exit("p", 0, .exited(3))
    #expect(
      events(simulation) == [
        "PROCESS_GROUP_ADDED", "SUPERVISOR_STATE_CHANGE_RUNNING", "p STOPPED>STARTING",
        "p STARTING>BACKOFF", "p BACKOFF>STARTING", "p STARTING>BACKOFF", "p BACKOFF>FATAL",
      ])
    #expect(
      simulation.announced.compactMap { event -> Int? in
        guard case .processState(let transition) = event else { return nil }
        return transition.tries
      } == [0, 1, 1, 2, 2])
  }

  @Test func anExitIsToldAndTheProgramStartedAgain() {
    var simulation = simulate(
      "[program:p]\ncommand=run\nstartsecs=1\nautorestart=true\nexitcodes=0,2")
    simulation.advance(.seconds(5))
    simulation.clearTrace()
    simulation.exit("p", 0, .exited(2))
    #expect(events(simulation) == ["p RUNNING>EXITED", "p EXITED>STARTING"])
    guard case .processState(let exit)? = simulation.announced.first else { return }
    #expect(exit.isExpected)
  }

  @Test func shutdownTellsGroupAfterGroup() {
    var simulation = simulate(
      "[program:a]\ncommand=run\npriority=1\n[program:b]\ncommand=run\npriority=2\n")
    simulation.advance(.seconds(2))
    simulation.clearTrace()
    #expect(ask(&simulation, .shutdown)?.isDone == true)
    #expect(
      events(simulation) == [
        "SUPERVISOR_STATE_CHANGE_STOPPING", "b RUNNING>STOPPING", "b STOPPING>STOPPED",
        "a RUNNING>STOPPING", "a STOPPING>STOPPED",
      ])
    #expect(simulation.exitStatus == 0)
    #expect(ask(&simulation, .reread)?.fault == .shutdownState)
  }

  @Test func theLogTellsWhomAStopWaitsFor() {
    var simulation = simulate(
      "[program:slow]\ncommand=run\nstopwaitsecs=5\n", stubborn: ["slow"])
    simulation.advance(.seconds(3))
    simulation.diesAtOnce = false
    let stopping = stop(&simulation, "slow")
    func reports() -> Int { simulation.log.count { $0 == "waiting for slow to stop" } }
    #expect(reports() == 1)
    simulation.advance(.milliseconds(4_500))
    #expect(reports() == 3)
    simulation.diesAtOnce = true
    simulation.advance(.seconds(3))
    #expect(simulation.answers[stopping] != nil)
    let all = reports()
    simulation.advance(.seconds(10))
    #expect(reports() == all)
    #expect(simulation.violations == [])
  }

  @Test func nothingIsStartedOnTheWayDown() {
    var simulation = simulate(
      "[program:slow]\ncommand=run\npriority=10\nstopwaitsecs=30\n"
        + "[program:crash]\ncommand=run\npriority=5\nautorestart=true\n"
        + "[program:fails]\ncommand=run\npriority=6\nstartsecs=9\n",
      stubborn: ["slow"])
    simulation.advance(.seconds(3))
    simulation.diesAtOnce = false
    simulation.exit("fails", 0, .exited(1))
    simulation.signal(.terminate)
    simulation.clearTrace()
    simulation.exit("crash", 0, .exited(1))
    simulation.advance(.seconds(20))
    #expect(!events(simulation).contains { $0.hasSuffix("STARTING") })
    #expect(simulation.log.contains("waiting for fails, slow to die"), "\(simulation.log)")
    simulation.diesAtOnce = true
    simulation.advance(.seconds(20))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }
}

private struct OneFile: FileReader {
  var text: String
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
  func glob(_ pattern: String) -> [String] { [] }
}

extension SupervisorAnswer {
  var isDone: Bool { if case .done = self { true } else { false } }
  var fault: Fault.Code? {
    if case .fault(let fault) = self { fault.code } else { nil }
  }
  var names: [String] {
    if case .results(let results) = self { results.map(\.name) } else { [] }
  }
}
