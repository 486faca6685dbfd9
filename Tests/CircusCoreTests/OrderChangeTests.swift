import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// What changes of definitions, of numbers and of demand mean for those that depend on each other.
@Suite struct OrderChangeTests {
  private func story(_ simulation: Simulation) -> [String] {
    simulation.trace.filter { event in
      ["spawn", "reap", "stop"].contains { event.hasSuffix("." + $0) }
    }
  }

  private func reload(_ simulation: inout Simulation, _ text: String) -> Reply? {
    let ticket = simulation.send("reloadconfig", ["waiting": true])
    simulation.load(Simulation.read(circus: text))
    simulation.advance(.seconds(2))
    return simulation.replies[ticket]
  }

  /// T55.
  @Test func moreProcessesAreNoBusinessOfDependents() {
    var simulation = Simulation(
      circus: """
        [watcher:db]
        cmd = run
        numprocesses = 2
        ready = notify
        [watcher:app]
        cmd = run
        depends_on = db:restart
        """)
    simulation.boot()
    while simulation.tell("db") {}
    simulation.clearTrace()
    simulation.send("incr", ["name": "db", "nb": 4])
    #expect(simulation.pids("db").count == 6)
    #expect(!simulation.trace.contains { $0.hasPrefix("app.") || $0.hasSuffix("lost") })
    simulation.send("set", ["name": "db", "options": ["numprocesses": 0]])
    simulation.send("stop", ["name": "app"])
    let ticket = simulation.send("start", ["name": "app", "waiting": true])
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("no error: \(simulation.trace)")
      return
    }
    #expect(error.reason == "app: waits for db (ready), of which no process is wanted")
    #expect(simulation.violations == [])
  }

  /// T60: asleep, its socket counts; one that is called brings what it needs.
  @Test func dependenciesOnDemand() {
    var simulation = Simulation(
      circus: """
        [socket:s]
        port = 1
        [watcher:lazy]
        cmd = run $(circus.sockets.s)
        on_demand = True
        use_sockets = True
        [watcher:app]
        cmd = run
        depends_on = lazy
        """)
    simulation.boot()
    #expect(story(simulation) == ["app.spawn"])
    var called = Simulation(
      circus: """
        [socket:s]
        port = 1
        [watcher:db]
        cmd = run
        ready = notify
        autostart = False
        [watcher:lazy]
        cmd = run $(circus.sockets.s)
        on_demand = True
        use_sockets = True
        depends_on = db
        """)
    called.feed(
      .socketsChanged(
        [.init(name: "s", descriptor: 3, backlog: 1, host: "", port: 1, path: nil)],
        isComplete: true))
    called.boot()
    called.feed(.socketReady("s"))
    #expect(story(called) == ["db.spawn"])
    #expect(called.status("lazy") == "starting")
    called.tell("db")
    #expect(story(called) == ["db.spawn", "lazy.spawn"])
    #expect(called.violations == [])
  }

  private static let chain = """
    [watcher:db]
    cmd = run
    [watcher:api]
    cmd = run
    depends_on = db
    [watcher:web]
    cmd = run
    depends_on = api
    """

  /// T63: a new edge starts what is needed and restarts nobody.
  @Test func aNewEdgeRestartsNobody() {
    let before = Self.chain + "\n[watcher:cache]\ncmd = run\nautostart = False\n"
    var simulation = Simulation(circus: before)
    simulation.boot()
    simulation.clearTrace()
    let after = before.replacingOnce("depends_on = api", with: "depends_on = api, cache")
    #expect(reload(&simulation, after) != nil)
    #expect(story(simulation) == ["cache.spawn"])
    #expect(simulation.violations == [])
  }

  /// T64: each once, the last ones down first, and up in order.
  @Test func severalChangesAreOneRound() {
    var simulation = Simulation(circus: Self.chain)
    simulation.boot()
    simulation.clearTrace()
    let after = Self.chain.split(separator: "\n").map {
      $0 == "cmd = run" ? "cmd = run again" : String($0)
    }.joined(separator: "\n")
    #expect(reload(&simulation, after) != nil)
    let told = story(simulation)
    for name in ["db", "api", "web"] {
      #expect(told.filter { $0 == "\(name).spawn" }.count == 1, "\(told)")
      #expect(told.filter { $0 == "\(name).stop" }.count == 1, "\(told)")
    }
    #expect(told.filter { $0.hasSuffix(".stop") } == ["web.stop", "api.stop", "db.stop"])
    #expect(told.filter { $0.hasSuffix(".spawn") } == ["db.spawn", "api.spawn", "web.spawn"])
    #expect(simulation.violations == [])
  }

  /// T70: a program that waits is on its way: another order starts it once.
  @Test func aWaitingProgramIsStartedOnce() throws {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [program:db]
        command=run
        startsecs=3
        [program:web]
        command=run
        depends_on=db
        """)
    simulation.boot()
    let web = try #require(simulation.arbiter.processTable.first { $0.name == "web" })
    #expect(web.stage == .starting)
    let tickets = (0..<2).map { _ in
      simulation.order(.start([web.key], refused: [:], waits: true, isSingle: true))
    }
    #expect(tickets.allSatisfy { simulation.answers[$0] == nil })
    simulation.advance(.seconds(5))
    #expect(simulation.trace.filter { $0 == "web.spawn" }.count == 1)
    #expect(tickets.allSatisfy { simulation.answers[$0] != nil }, "\(simulation.answers)")
    #expect(simulation.violations == [])
  }

  /// T71: no recursion, and each watcher is looked at for its own changes.
  @Test(arguments: [true, false])
  func manyStartAndStop(inAChain: Bool) {
    let count = 200
    let specs = (0..<count).map { index -> WatcherSpec in
      var spec = WatcherSpec(name: "w\(index)")
      spec.command = "run"
      if index > 0 { spec.dependsOn = ["w\(inAChain ? index - 1 : 0)"] }
      return spec
    }
    var configuration = Configuration()
    configuration.watchers = specs
    var arbiter = Arbiter(
      configuration: configuration, workingDirectory: "/", seed: 1, matchesRegex: { _, _ in nil })
    let up = play(&arbiter, .boot)
    #expect(up.spawned.count == count)
    #expect(up.spawned.first == 1)
    if inAChain { #expect(up.spawned == Array(1...count)) }
    let down = play(&arbiter, .signal(.terminate))
    #expect(down.ended.count == count)
    #expect(down.ended.last == 1)
    if inAChain { #expect(down.ended == Array((1...count).reversed())) }
    #expect(arbiter.mode == .finished)
  }

  /// A kernel that does at once whatever it is told: which watchers' processes began and ended, in this order.
  private func play(_ arbiter: inout Arbiter, _ first: Event) -> (spawned: [Int], ended: [Int]) {
    var queue = [first]
    var next = 0
    var (spawned, ended): ([Int], [Int]) = ([], [])
    let now = Moment(instant: Instant(nanoseconds: 1), wall: 1)
    while next < queue.count {
      var effects: [Effect] = []
      arbiter.handle(queue[next], at: now, into: &effects)
      next += 1
      for effect in effects {
        switch effect {
        case .spawn(let process, _):
          spawned.append(process.watcher.number)
          queue.append(.spawned(process, PID(Int32(1_000 + process.watcher.number))))
        case .signal(let pid, _, _):
          ended.append(Int(pid.rawValue) - 1_000)
          queue.append(.exited(pid, .exited(0)))
        case .sweep(let id, let leaders):
          queue.append(.swept(id, leaders: leaders.map(\.pid), []))
        default: break
        }
      }
    }
    return (spawned, ended)
  }

  /// T101: what cannot be reloaded is named, and its old processes serve on; the others are what they were told to be.
  @Test func aReloadThatFailsKeepsTheOldProcesses() {
    var simulation = Simulation(
      circus: "[watcher:a]\ncmd = run\n[watcher:b]\ncmd = run\ndepends_on = a\nmax_retry = 1")
    simulation.boot()
    let old = (simulation.pids("a"), simulation.pids("b"))
    simulation.kernel.fail("b", with: SpawnFailure(text: "no", isTransient: false), times: 9)
    let ticket = simulation.send("reload", ["waiting": true])
    simulation.advance(.seconds(60))
    #expect(simulation.pids("b") == old.1)
    #expect(simulation.pids("a") != old.0)
    #expect(simulation.status("a") == "active")
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("answered \(String(describing: simulation.replies[ticket]))")
      return
    }
    #expect(error.reason.contains("b"))
    #expect(simulation.violations == [])
  }

  /// T72: whatever is under way, a question is answered at once.
  @Test func questionsAreAnsweredAtAnyTime() {
    var simulation = Simulation(
      circus: "[watcher:a]\ncmd = run\nready = notify\n[watcher:b]\ncmd = run\ndepends_on = a")
    func isAnswered() -> Bool {
      ["status", "list", "graph", "numprocesses"].allSatisfy { verb in
        let ticket = simulation.send(verb)
        return simulation.replies[ticket] != nil
      }
    }
    simulation.diesAtOnce = false
    simulation.boot()
    #expect(isAnswered())
    simulation.send("stop", ["waiting": true])
    #expect(isAnswered())
    simulation.send("start", ["waiting": true])
    simulation.send("reload", ["waiting": true])
    #expect(isAnswered())
    simulation.send("quit", ["waiting": true])
    #expect(isAnswered())
    #expect(simulation.violations == [])
  }
}

extension String {
  fileprivate func replacingOnce(_ text: String, with other: String) -> String {
    guard let place = firstRange(of: text) else { return self }
    return String(self[..<place.lowerBound]) + other + String(self[place.upperBound...])
  }
}
