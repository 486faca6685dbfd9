import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Starting after, and stopping before, what a watcher depends on.
@Suite struct OrderTests {
  /// A program each, which is RUNNING after a second, as supervisor has it.
  private func programs(_ lines: [(name: String, options: String)]) -> Simulation {
    var simulation = Simulation(
      supervisor: "[supervisord]\n"
        + lines.map { "[program:\($0.name)]\ncommand=run\n\($0.options)\n" }.joined())
    simulation.boot()
    return simulation
  }

  private func keys(_ simulation: Simulation, _ name: String) -> [ProcessKey] {
    switch simulation.arbiter.find(name) {
    case .process(let view)?: [view.key]
    case .group(let views)?: views.map(\.key)
    case nil: []
    }
  }

  private func stages(_ simulation: Simulation) -> [String] {
    simulation.arbiter.processTable.map { "\($0.name) \($0.stage.name)" }
  }

  private func spawns(_ simulation: Simulation) -> [String] {
    simulation.trace.filter { $0.hasSuffix(".spawn") }.map { String($0.dropLast(6)) }
  }

  private func transitions(_ simulation: Simulation, _ name: String) -> [String] {
    simulation.announced.compactMap { event in
      guard case .processState(let transition) = event, transition.process == name else {
        return nil
      }
      return transition.to.name
    }
  }

  private func waits(_ simulation: Simulation, _ name: String) -> String? {
    simulation.arbiter.processTable.first { $0.name == name }?.waitsFor
  }

  /// T43, T97.
  @Test func aDependentStartsWhenItsDependencyIsReady() {
    var simulation = programs([("app", "depends_on=db"), ("db", "startsecs=3"), ("free", "")])
    #expect(spawns(simulation) == ["db", "free"])
    #expect(stages(simulation) == ["app STARTING", "db STARTING", "free STARTING"])
    #expect(waits(simulation, "app") == "waits for db (ready)")
    #expect(simulation.trace.contains("app.waiting"))
    simulation.advance(.milliseconds(2_900))
    #expect(spawns(simulation) == ["db", "free"])
    simulation.advance(.milliseconds(200))
    #expect(spawns(simulation) == ["db", "free", "app"])
    #expect(waits(simulation, "app") == nil)
    simulation.advance(.seconds(1))
    #expect(stages(simulation) == ["app RUNNING", "db RUNNING", "free RUNNING"])
    #expect(simulation.violations == [])
  }

  /// T98: a listener hears of a start as often as under supervisor.
  @Test func waitingIsOneStart() {
    var simulation = programs([("app", "depends_on=db"), ("db", "startsecs=3")])
    simulation.advance(.seconds(5))
    #expect(transitions(simulation, "app") == ["STARTING", "RUNNING"])
  }

  /// T44.
  @Test func aDependencyThatIsLateIsWaitedFor() {
    var simulation = programs([("app", "depends_on=db"), ("db", "startsecs=1\nstartretries=1000")])
    for _ in 0..<20 {
      simulation.exit("db", 0, .exited(1))
      simulation.advance(.seconds(30))
      if simulation.pids("db").isEmpty { simulation.advance(.seconds(30)) }
      if simulation.status("db") == "active" && simulation.pids("app").count == 1 { break }
      #expect(simulation.arbiter.watchers.count == 2)
    }
    simulation.advance(.seconds(60))
    #expect(stages(simulation) == ["app RUNNING", "db RUNNING"])
  }

  /// T45.
  @Test func whoWaitsForAStartHearsThatTheDependencyGaveUp() throws {
    var simulation = programs([
      ("app", "depends_on=db\nautostart=false"), ("db", "startretries=0"),
    ])
    simulation.exit("db", 0, .exited(1))
    #expect(stages(simulation) == ["app STOPPED", "db FATAL"])
    let ticket = simulation.order(
      .start(keys(simulation, "app"), refused: [:], waits: true, isSingle: true))
    guard case .fault(let fault)? = simulation.answers[ticket] else {
      Issue.record("no fault: \(String(describing: simulation.answers[ticket]))")
      return
    }
    #expect(fault.code == .spawnError)
    #expect(fault.detail?.contains("db (ready), which gave up") == true, "\(fault.text)")
    #expect(stages(simulation) == ["app STARTING", "db FATAL"])
    let other = simulation.send("start", ["name": "app", "waiting": true])
    guard case .error(let error)? = simulation.replies[other] else {
      Issue.record("no error")
      return
    }
    #expect(error.reason.contains("which gave up"))
    // It comes by itself as soon as the dependency does.
    simulation.order(.start(keys(simulation, "db"), refused: [:], waits: false, isSingle: true))
    simulation.advance(.seconds(3))
    #expect(stages(simulation) == ["app RUNNING", "db RUNNING"])
  }

  /// T46.
  @Test func aWaitingOneIsStoppedAtOnce() {
    var simulation = programs([("app", "depends_on=db"), ("db", "startsecs=3")])
    simulation.send("stop", ["name": "app"])
    #expect(stages(simulation) == ["app STOPPED", "db STARTING"])
    simulation.advance(.seconds(5))
    #expect(spawns(simulation) == ["db"])
    simulation.send("restart", ["name": "app"])
    #expect(spawns(simulation) == ["db", "app"])
  }

  @Test func twoRestartsWhileItWaitsAreOneStart() {
    var simulation = programs([("app", "depends_on=db"), ("db", "startsecs=3")])
    simulation.send("restart", ["name": "app"])
    simulation.send("restart", ["name": "app"])
    simulation.advance(.seconds(5))
    #expect(spawns(simulation) == ["db", "app"])
  }

  /// T57.
  @Test func anOptionalEdgeWaitsOnlyWhileItsEndIsOnTheWay() {
    var absent = programs([("app", "depends_on=db?")])
    #expect(spawns(absent) == ["app"])
    absent.advance(.seconds(2))
    let stopped = programs([("app", "depends_on=db?"), ("db", "autostart=false")])
    #expect(spawns(stopped) == ["app"])
    var starting = programs([("app", "depends_on=db?"), ("db", "startsecs=3\nstartretries=0")])
    #expect(spawns(starting) == ["db"])
    starting.exit("db", 0, .exited(1))
    #expect(spawns(starting) == ["db", "app"], "it gave up")
  }

  /// T58.
  @Test func aProcessIsNotReplacedWhileItsDependencyIsLost() {
    var simulation = programs([("app", "depends_on=db"), ("db", "startsecs=3\nstartretries=9")])
    simulation.advance(.seconds(6))
    simulation.exit("db", 0, .exited(1))
    simulation.exit("app", 0, .exited(1))
    simulation.advance(.milliseconds(500))
    #expect(waits(simulation, "app") == "waits for db (ready)")
    simulation.advance(.seconds(2))
    #expect(stages(simulation) == ["app STARTING", "db STARTING"])
    simulation.advance(.seconds(3))
    #expect(stages(simulation).last == "db RUNNING")
    simulation.advance(.seconds(2))
    #expect(stages(simulation) == ["app RUNNING", "db RUNNING"])
    #expect(simulation.trace.filter { $0 == "db.lost" }.count == 1)
  }

  /// T53.
  @Test func comingUpNeedsAllAndStayingUpNeedsOne() {
    var simulation = programs([
      ("app", "depends_on=db"),
      ("db", "numprocs=4\nprocess_name=%(program_name)s%(process_num)d\nstartretries=99"),
    ])
    simulation.exit("db", 0, .exited(1))
    simulation.advance(.milliseconds(1_100))
    #expect(simulation.pids("app").isEmpty, "three of four")
    simulation.advance(.seconds(4))
    #expect(simulation.pids("app").count == 1)
    for _ in 0..<3 {
      simulation.exit("db", 0, .exited(1))
    }
    #expect(!simulation.trace.contains("db.lost"))
    simulation.exit("db", 0, .exited(1))
    #expect(simulation.trace.filter { $0 == "db.lost" }.count == 1)
  }

  /// T54.
  @Test func aFloorDecides() {
    var simulation = programs([
      ("app", "depends_on=db"),
      (
        "db",
        "numprocs=5\nprocess_name=%(program_name)s%(process_num)d\nmin_ready=50%%\nstartretries=99"
      ),
    ])
    simulation.exit("db", 0, .exited(1))
    simulation.exit("db", 0, .exited(1))
    simulation.advance(.milliseconds(1_050))
    #expect(simulation.pids("app").count == 1, "three of five")
    simulation.exit("db", 0, .exited(1))
    #expect(simulation.trace.contains("db.lost"))
  }

  /// T96.
  @Test func aStartBringsWhatItNeeds() throws {
    var simulation = programs([
      ("app", "depends_on=api\nautostart=false"), ("api", "depends_on=db\nautostart=false"),
      ("db", "autostart=false"),
    ])
    let ticket = simulation.send("start", ["name": "app"])
    guard case .ok(let members)? = simulation.replies[ticket] else {
      Issue.record("refused")
      return
    }
    #expect(members.first { $0.key == "needed" }?.value == ["db", "api"])
    simulation.advance(.seconds(5))
    #expect(stages(simulation) == ["api RUNNING", "app RUNNING", "db RUNNING"])
  }

  @Test func aStartWithoutItsNeedsIsToldAtOnce() throws {
    var simulation = programs([
      ("app", "depends_on=db\nautostart=false"), ("db", "autostart=false"),
    ])
    let ticket = simulation.send("start", ["name": "app", "no_deps": true, "waiting": true])
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("no error")
      return
    }
    #expect(error.reason == "app: waits for db (ready), which is stopped")
    #expect(waits(simulation, "app") == "waits for db (ready), which is stopped")
    let forced = simulation.send("start", ["name": "app", "force": true])
    #expect(simulation.replies[forced] != nil)
    #expect(spawns(simulation) == ["app"])
    #expect(stages(simulation) == ["app STARTING", "db STOPPED"])
  }

  /// One that waits for what is stopped is started with it, by supervisor's clients, too.
  @Test func aStartOfAWaitingProgramBringsWhatItNeeds() {
    var simulation = programs([("app", "depends_on=db"), ("db", "")])
    simulation.send("stop", ["name": "db"])
    simulation.send("stop", ["name": "app"])
    simulation.send("start", ["name": "app", "no_deps": true])
    #expect(waits(simulation, "app") == "waits for db (ready), which is stopped")
    let ticket = simulation.order(
      .start(keys(simulation, "app"), refused: [:], waits: true, isSingle: true))
    simulation.advance(.seconds(3))
    #expect(stages(simulation) == ["app RUNNING", "db RUNNING"])
    if case .done? = simulation.answers[ticket] {} else { Issue.record("not started") }
  }

  /// 5.3: what is needed at a boot starts, whatever its `autostart`.
  @Test func aBootBringsWhatIsNeeded() {
    var simulation = programs([("app", "depends_on=db"), ("db", "autostart=false")])
    simulation.advance(.seconds(3))
    #expect(stages(simulation) == ["app RUNNING", "db RUNNING"])
  }

  /// T61: the edge wins, and one that waits holds nobody up.
  @Test func aCircusFileWaitsToo() {
    var simulation = Simulation(
      circus: """
        [watcher:web]
        cmd = run
        priority = 10
        depends_on = db
        [watcher:db]
        cmd = run
        numprocesses = 2
        warmup_delay = 2
        [watcher:free]
        cmd = run
        """)
    simulation.boot()
    #expect(spawns(simulation) == ["db"])
    #expect(simulation.status("web") == "stopped", "its turn has not come")
    simulation.advance(.seconds(2))
    #expect(spawns(simulation) == ["db", "db", "web", "free"])
  }

  @Test func aHookIsAskedWhenTheEdgesHold() {
    var simulation = Simulation(
      circus: """
        [watcher:web]
        cmd = run
        depends_on = db
        hooks.before_start = m.f
        [watcher:db]
        cmd = run
        autostart = False
        """)
    simulation.boot()
    simulation.send("stop", ["name": "db"])
    simulation.send("stop", ["name": "web"])
    #expect(simulation.hookCalls.count == 1)
    simulation.send("start", ["name": "web", "no_deps": true])
    #expect(simulation.status("web") == "starting")
    #expect(simulation.hookCalls.count == 1)
    simulation.send("stop", ["name": "web"])
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.hookCalls.count == 1)
  }

  /// T63.
  @Test func aChangedEdgeRestartsNobody() {
    let text = "[watcher:app]\ncmd = run\n%\n[watcher:db]\ncmd = run\nautostart = False\n"
    func configuration(_ line: String) -> Configuration {
      var reader = ConfigurationReader(
        files: Text(text: text.replacing("%", with: line)), environment: [:],
        hostName: "node", workingDirectory: "/")
      return reader.read("/c.ini") ?? Configuration()
    }
    var simulation = Simulation(configuration(""))
    simulation.boot()
    let before = simulation.pids("app")
    simulation.send("reloadconfig")
    simulation.load(configuration("depends_on = db"))
    #expect(simulation.pids("app") == before)
    #expect(simulation.pids("db").count == 1, "it is needed now")
  }

  /// T65.
  @Test func waitingGoesOnAfterACrash() {
    var simulation = programs([("app", "depends_on=db"), ("db", "startsecs=3")])
    simulation.advance(.seconds(1))
    simulation.crash()
    #expect(waits(simulation, "app") == "waits for db (ready)")
    simulation.advance(.seconds(4))
    #expect(stages(simulation) == ["app RUNNING", "db RUNNING"])
    // T67: nobody is lost because the daemon was away.
    simulation.clearTrace()
    simulation.crash()
    simulation.advance(.seconds(4))
    #expect(simulation.trace.filter { $0.hasSuffix(".lost") || $0.hasSuffix(".spawn") } == [])
    #expect(simulation.violations == [])
  }

  @Test func ordersThatMakeACircleAreRefused() {
    var simulation = Simulation(
      circus: "[watcher:a]\ncmd = run\ndepends_on = b\n[watcher:b]\ncmd = run\n")
    simulation.boot()
    let ticket = simulation.send("set", ["name": "b", "options": ["depends_on": "a"]])
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("taken")
      return
    }
    #expect(error.reason.contains("a -> b -> a") || error.reason.contains("b -> a -> b"))
  }
}

private struct Text: FileReader {
  var text: String
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
  func glob(_ pattern: String) -> [String] { [] }
}
