import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON

/// One history: how the world is set up, and what happens in it. Each step draws from a seed of its own,
/// so that any of them can be left out and the others stay what they are.
struct History {
  var simulation: Simulation
  var random: SplitMix
  private var orders: [Ticket] = []
  private var isAmbiguous = false
  private var diesInTheMiddle = false
  private let steps: [UInt64]
  private let kind: Kind
  private let settings: DaemonSettings
  /// What each step came to, for the report of a failure.
  private(set) var story: [String] = []

  /// What happens besides.
  enum Kind: CaseIterable {
    case plain
    /// Processes hand over to others of their own.
    case handsOver
    /// Watchers are essential, the daemon may end by itself, and is told to by signals.
    case ends
    /// Processes are asked how they are.
    case asks
  }

  /// The seeds of the steps of one history.
  static func steps(seed: UInt64) -> [UInt64] {
    var random = SplitMix(state: ~seed)
    return (0..<(4 + Int(random.next() % 12))).map { _ in random.next() }
  }

  init(seed: UInt64, steps: [UInt64], kind: Kind) {
    self.steps = steps
    self.kind = kind
    settings = kind == .ends ? Self.endings(seed) : DaemonSettings()
    random = SplitMix(state: seed)
    simulation = Simulation([])
    simulation = Simulation(
      (0..<(1 + Int(random.next() % 3))).map { spec($0) }, settings: settings, seed: seed)
    simulation.diesAtOnce = false
    simulation.answersHooks = random.chance(2)
    for name in ["w0", "w1", "w2"] {
      if random.chance(5) { simulation.kernel.stubborn.insert(name) }
      if random.chance(5) { simulation.kernel.leavesOrphans.insert(name) }
    }
    simulation.kernel.orphanKinds = FakeKernel.OrphanKind.allCases.filter { _ in random.chance(2) }
  }

  /// How the daemon ends.
  private static func endings(_ seed: UInt64) -> DaemonSettings {
    var random = SplitMix(state: seed &* 41)
    var settings = DaemonSettings()
    if random.chance(2) { settings.stopTimeout = .seconds(Double(1 + random.next() % 6)) }
    if random.chance(2) { settings.preStopDelay = .seconds(Double(1 + random.next() % 4)) }
    if random.chance(2) { settings.onIdle = .exit }
    return settings
  }

  private mutating func spec(_ index: Int) -> WatcherSpec {
    // Drawn apart, so that the rest stays what it is.
    var edges = SplitMix(state: ~random.state)
    var ends = SplitMix(state: random.state &* 43)
    var spec = WatcherSpec(name: "w\(index)")
    Self.link(&spec, index, &edges)
    spec.definition.merge(["name": .string(spec.name), "cmd": .string("run")]) { $1 }
    spec.processCount = Int(random.next() % 4)
    spec.warmup = random.chance(4) ? .seconds(1) : .zero
    spec.stop.grace = .seconds(Double(random.next() % 4))
    spec.singleton = random.chance(6)
    if spec.singleton { spec.processCount = 1 }
    spec.restart = random.chance(6) ? .never : .always
    spec.maxRetry = random.chance(6) ? -1 : 2
    spec.maxAge = random.chance(5) ? 3 : 0
    spec.sendsHangup = random.chance(8)
    spec.autostart = !random.chance(6)
    spec.onDemand = random.chance(10) && !spec.isOneshot
    // The same over reloads: what was left by one definition is judged by the next.
    spec.stop.descendants = [.session, .all, .none][index % 3]
    if random.chance(3) {
      for hook in HookName.allCases where random.chance(3) {
        spec.hooks[hook.rawValue] = .init(callable: "m.f", ignoresFailure: random.chance(2))
      }
      spec.hookTimeout = .seconds(2)
    }
    spec.definition.merge([
      "numprocesses": .int(spec.processCount), "singleton": .bool(spec.singleton),
      "warmup_delay": .float(spec.warmup.seconds), "max_retry": .int(spec.maxRetry),
      "graceful_timeout": .float(spec.stop.grace.seconds), "max_age": .int(spec.maxAge),
      "respawn": .bool(spec.restart == .always), "send_hup": .bool(spec.sendsHangup),
      "autostart": .bool(spec.autostart), "on_demand": .bool(spec.onDemand),
      "stop_descendants": .string(spec.stop.descendants.rawValue),
    ]) { $1 }
    if kind == .asks { Self.probe(&spec, &ends) }
    if kind == .ends, ends.chance(2) {
      spec.essential = ends.chance(2) ? .failed : .exit
      spec.definition["essential"] = .string(spec.essential.rawValue)
    }
    if random.chance(3) {
      spec.dialect = .supervisor
      spec.definition["startsecs"] = .int(1)
      spec.startSeconds = .seconds(Double(random.next() % 3))
      spec.startRetries = 2
      spec.program = ProgramTemplate(
        expressions: ["command": "run", "process_name": "p_%(process_num)d"], names: [:],
        firstNumber: 0)
    }
    return spec
  }

  /// What went wrong, if anything.
  mutating func run() -> String? {
    var tickets: [Ticket] = []
    simulation.feed(
      .socketsChanged(
        [.init(name: "s", descriptor: 3, backlog: 1, host: "", port: 1, path: nil)],
        isComplete: true))
    simulation.boot()
    for seed in steps where simulation.exitStatus == nil {
      random = SplitMix(state: seed)
      // Drawn apart, so that the steps stay what they are.
      var faults = SplitMix(state: ~seed)
      if faults.chance(12) { simulation.kernel.losesNextSignal = true }
      // The state file cannot be written for some steps.
      simulation.runDirectory.isFull = faults.chance(simulation.runDirectory.isFull ? 2 : 12)
      step(&tickets)
      if simulation.effectsLeft == nil, faults.chance(150) { simulation.checkSaved() }
      guard simulation.exitStatus == nil else { break }
      speak(&faults)
      var forks = SplitMix(state: seed &* 37)
      if kind == .handsOver, forks.chance(3) { handOver(&forks) }
      if kind == .ends { end(SplitMix(state: seed &* 47)) }
      if kind == .asks { probe(SplitMix(state: seed &* 53)) }
      var questions = SplitMix(state: seed &* 31)
      if questions.chance(8), simulation.exitStatus == nil { tickets.append(ask(&questions)) }
    }
    if simulation.effectsLeft != nil, simulation.exitStatus == nil { simulation.crash() }
    // Left alone, everything settles: no ticket waits for ever.
    for _ in 0..<100 where !simulation.arbiter.parkedTickets.isEmpty || !simulation.loads.isEmpty {
      letFinish()
      simulation.advance(.seconds(2))
      if !simulation.loads.isEmpty { simulation.failLoad("gone") }
    }
    if simulation.arbiter.parkedTickets != [] {
      return "waits for ever: \(simulation.arbiter.parkedConditions) \(simulation.log)"
    }
    if simulation.exitStatus == nil {
      tickets.append(simulation.send("quit", ["waiting": true]))
    }
    for _ in 0..<60 where simulation.exitStatus == nil {
      letFinish()
      simulation.advance(.seconds(2))
      if !simulation.loads.isEmpty { simulation.failLoad("gone") }
    }
    if let violation = simulation.violations.first { return violation }
    if simulation.exitStatus == nil {
      return "does not end: \(simulation.arbiter.parkedConditions)"
    }
    if !simulation.kernel.processes.isEmpty { return "left processes behind" }
    let unanswered =
      tickets.filter { simulation.replies[$0] == nil && !simulation.forsaken.contains($0) }
      + orders.filter { simulation.answers[$0] == nil && !simulation.forsaken.contains($0) }
    if !unanswered.isEmpty { return "unanswered: \(unanswered)" }
    // What a daemon did not live to tell is missing.
    return diesInTheMiddle || isAmbiguous ? nil : brokenTransition
  }

  /// The states told of one process follow from each other.
  private var brokenTransition: String? {
    var stages: [String: ProcessStage] = [:]
    var removed: Set<String> = []
    for event in simulation.announced {
      if case .groupRemoved(let name) = event { removed.insert(name) }
      // What is left of a removed group may still be on its way down when it is added again.
      guard case .processState(let transition) = event, !removed.contains(transition.group) else {
        continue
      }
      // A group that is added again, or a place that is, begins at STOPPED.
      let name = "\(transition.group):\(transition.process)"
      if let stage = stages[name], stage != transition.from, transition.from != .stopped {
        return "\(name) went from \(stage) to \(transition.to) as if from \(transition.from)"
      }
      stages[name] = transition.to
    }
    return nil
  }

  /// What a supervisor client does.
  private mutating func order() {
    let views = simulation.arbiter.processTable
    var keys = views.map(\.key).filter { _ in random.chance(2) }
    let isSingle = random.chance(2)
    if isSingle { keys = Array(keys.prefix(1)) }
    let group = "w\(random.next() % 3)"
    let order: SupervisorOrder
    switch random.next() % 10 {
    case 0...3:
      let refused = keys.filter { _ in random.chance(8) }.map { ($0, Fault(.noFile)) }
      order = .start(
        keys, refused: Dictionary(uniqueKeysWithValues: refused), waits: random.chance(2),
        isSingle: isSingle)
    case 4...6: order = .stop(keys, waits: random.chance(2), isSingle: isSingle)
    case 7: order = .addGroup(group)
    case 8: order = .removeGroup(group)
    default: order = random.chance(3) ? .restart : .reread
    }
    orders.append(simulation.order(order))
  }

  private mutating func step(_ tickets: inout [Ticket]) {
    let name = "w\(random.next() % 3)"
    let named: JSONObject = ["name": .string(name), "waiting": .bool(random.chance(2))]
    let choice = random.next() % 39
    story.append("\(choice) \(name)")
    switch choice {
    case 25...29: order()
    case 32, 33: crashDaemon()
    case 34:
      // Who is dead does not exec.
      guard simulation.effectsLeft == nil else { return }
      noteDoomed()
      simulation.upgrade()
    case 36, 37:
      // The daemon dies in the middle of what the next steps make it do.
      guard simulation.effectsLeft == nil else { return }
      diesInTheMiddle = true
      simulation.effectsLeft = Int(random.next() % 6)
    case 35: loseSockets()
    case 38:
      if let pid = simulation.kernel.orphans.keys.min() { simulation.endOrphan(pid) }
    case 0: tickets.append(simulation.send("start", named))
    case 1: tickets.append(simulation.send("stop", named))
    case 2: tickets.append(simulation.send("restart", named))
    case 3:
      var options = named
      options["sequential"] = .bool(random.chance(2))
      options["graceful"] = .bool(!random.chance(4))
      tickets.append(simulation.send("reload", options))
    case 4: tickets.append(simulation.send("incr", named))
    case 5: tickets.append(simulation.send("decr", named))
    case 6: tickets.append(simulation.send("kill", named))
    case 7: tickets.append(simulation.send("stop", ["waiting": .bool(random.chance(2))]))
    case 8: tickets.append(simulation.send("start", ["waiting": .bool(random.chance(2))]))
    case 9:
      simulation.kernel.fail(
        name, with: SpawnFailure(text: "no", isTransient: random.chance(2)),
        times: Int(random.next() % 4))
    case 10: simulation.advance(.milliseconds(Int64(random.next() % 4_000)))
    case 11: crash(name)
    case 12: simulation.signal(.hangup)
    case 13: tickets.append(simulation.send("status"))
    case 16: if random.chance(3) { tickets.append(simulation.send("restart", ["waiting": true])) }
    case 17: tickets.append(simulation.send("reloadconfig", ["waiting": .bool(random.chance(2))]))
    case 18: reloadConfiguration()
    case 19:
      tickets.append(
        simulation.send(
          "set",
          [
            "name": .string(name), "waiting": .bool(random.chance(2)),
            "options": [
              "numprocesses": .int(Int(random.next() % 3)), "max_age": .int(Int(random.next() % 4)),
            ],
          ]))
    case 20:
      tickets.append(
        simulation.send(
          "add",
          ["name": .string(name), "cmd": "run", "start": true, "waiting": .bool(random.chance(2))]))
    case 21: simulation.answerHook(random.chance(2) ? .returned(random.chance(2)) : .failed("no"))
    case 22:
      let name = HookName.allCases.randomElement(using: &random) ?? .beforeStart
      simulation.hookOutcomes[name] = random.chance(3) ? .returned(false) : nil
    case 23:
      if let name = simulation.awaitedSockets.first { simulation.feed(.socketReady(name)) }
    case 14: if random.chance(4) { tickets.append(simulation.send("rm", named)) }
    default:
      let dying = simulation.kernel.dying
      if let pid = dying.isEmpty ? nil : dying[Int(random.next() % UInt64(dying.count))] {
        simulation.deliverDeath(of: pid)
      }
    }
  }

  /// The daemon is told to end, once or twice.
  private mutating func end(_ source: SplitMix) {
    var random = source
    guard simulation.exitStatus == nil, simulation.effectsLeft == nil, random.chance(8) else {
      return
    }
    simulation.signal([.terminate, .quit, .interrupt][Int(random.next() % 3)])
    story.append("signal")
  }

  /// kill -9 and a new daemon; now and then the file says something else by then.
  private mutating func crashDaemon() {
    noteDoomed()
    // What was told and not written is told again, or not at all.
    if simulation.runDirectory.isBehind { isAmbiguous = true }
    guard random.chance(4) else { return simulation.crash() }
    // Its processes may have other names there.
    isAmbiguous = true
    var configuration = Configuration()
    configuration.settings = settings
    configuration.watchers = (0..<(1 + Int(random.next() % 3))).map { spec($0) }
    simulation.crash(configuration: configuration)
  }

  /// What was removed and still goes down shares its name with what is new.
  private mutating func noteDoomed() {
    if simulation.arbiter.watchers.contains(where: \.isDoomed) { isAmbiguous = true }
  }

  /// A socket cannot be bound, or can be again.
  private mutating func loseSockets() {
    let socket = SocketInfo(name: "s", descriptor: 3, backlog: 1, host: "", port: 1, path: nil)
    let isThere = random.chance(2)
    simulation.feed(.socketsChanged(isThere ? [socket] : [], isComplete: isThere))
  }

  /// The file says something else now, or cannot be read.
  private mutating func reloadConfiguration() {
    guard !simulation.loads.isEmpty else { return }
    if random.chance(3) { return simulation.failLoad("broken") }
    var configuration = Configuration()
    configuration.settings = settings
    configuration.watchers = (0..<(1 + Int(random.next() % 3))).map { spec($0) }
    simulation.load(configuration)
  }

  private mutating func crash(_ name: String) {
    let pids = simulation.pids(name)
    guard !pids.isEmpty else { return }
    let pid = pids[Int(random.next() % UInt64(pids.count))]
    simulation.kernel.crash(pid, random.chance(2) ? .exited(1) : .exited(0))
    simulation.deliverDeath(of: pid)
  }
}
