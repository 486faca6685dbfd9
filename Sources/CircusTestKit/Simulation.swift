import CircusConfig
import CircusCore
import CircusModel
import CircusWire
import JSON

/// An arbiter over a fake kernel and a manual clock: whole lives of a daemon in microseconds.
package struct Simulation {
  /// The state machine under test.
  package internal(set) var arbiter: Arbiter
  /// Its processes; tests make them stubborn or fail here.
  package var kernel = FakeKernel()
  /// The only time the arbiter sees.
  package internal(set) var clock = ManualClock()
  /// What subscribers would have seen: `web.spawn`, `web.kill` ...
  package private(set) var trace: [String] = []
  /// The same events in full.
  package private(set) var events: [EventMessage] = []
  /// What each request was answered; a ticket without entry still waits.
  package private(set) var replies: [Ticket: Reply] = [:]
  /// What each order of a supervisor client was answered.
  package private(set) var answers: [Ticket: SupervisorAnswer] = [:]
  /// What supervisor's listeners would have heard.
  package private(set) var announced: [SupervisorEvent] = []
  /// The log lines, whatever their level.
  package private(set) var log: [String] = []
  /// Why configurations were asked for and not yet handed in, oldest first.
  package internal(set) var loads: [LoadPurpose] = []
  /// What the daemon ended with; nil while it runs.
  package private(set) var exitStatus: Int32?
  /// Why it ended; empty: it was told to.
  package private(set) var reason = ""
  /// What `checkInvariants` and the simulation itself found broken.
  package internal(set) var violations: [String] = []
  /// Sockets whose first event the arbiter waits for.
  package internal(set) var awaitedSockets: Set<String> = []
  /// Whether signalled processes die at once; otherwise `deliverDeaths` decides when.
  package var diesAtOnce = true
  /// What hooks answer; those not named here consent.
  package var hookOutcomes: [HookName: HookOutcome] = [:]
  /// What `save` wrote last.
  package private(set) var saved: SavedChanges?
  /// Whether hooks are answered at once; otherwise by `answerHook`, or never.
  package var answersHooks = true
  /// Every call that was made.
  package internal(set) var hookCalls: [HookCall] = []
  /// Calls not answered yet, oldest first.
  package internal(set) var pendingHooks: [HookCall] = []
  /// What probes answer, by what they are about; those not named here succeed.
  package var probeOutcomes: [ProbeKind: ProbeAnswer.Outcome] = [:]
  /// Whether probes are answered at once; otherwise by `answerProbe`, or never.
  package var answersProbes = true
  /// Every question that was asked.
  package internal(set) var probeQuestions: [ProbeQuestion] = []
  /// Questions not answered yet, oldest first.
  package internal(set) var pendingProbes: [ProbeQuestion] = []
  /// Commands that rules have run, by their words.
  package private(set) var commands: [[String]] = []
  private var lastRefusal: UInt64 = 0
  let zones: Arbiter.ZoneLookup
  /// As in the daemon: what is in flight.
  var desk = Desk<Void>()

  package init(
    _ specs: [WatcherSpec], settings: DaemonSettings = DaemonSettings(), seed: UInt64 = 1
  ) {
    var configuration = Configuration()
    configuration.watchers = specs
    configuration.settings = settings
    self.init(configuration, seed: seed)
  }

  /// `zones`: the tz database of the machine, which has UTC alone otherwise.
  package init(
    _ configuration: Configuration, seed: UInt64 = 1, zones: @escaping Arbiter.ZoneLookup = onlyUTC
  ) {
    self.configuration = configuration
    self.zones = zones
    arbiter = Self.arbiter(configuration, seed, zones)
  }

  static func arbiter(
    _ configuration: Configuration, _ seed: UInt64, _ zones: @escaping Arbiter.ZoneLookup
  ) -> Arbiter {
    Arbiter(
      configuration: configuration, workingDirectory: "/work", host: "node", seed: seed,
      matchesRegex: { pattern, name in name.hasPrefix(pattern) }, isUser: { !$0.isEmpty },
      zones: zones)
  }

  /// A machine without a tz database.
  package static let onlyUTC: Arbiter.ZoneLookup = { ["", "UTC"].contains($0) ? .utc : nil }

  /// A simulation of a circus file given as text.
  package init(circus text: String, zones: @escaping Arbiter.ZoneLookup = onlyUTC) {
    self.init(Self.read(circus: text), zones: zones)
  }

  /// A circus file given as text, as it is read; empty where it has errors.
  package static func read(circus text: String) -> Configuration {
    var reader = ConfigurationReader(
      files: OnlyFile(bytes: Array(text.utf8)), environment: ["PATH": "/bin"], hostName: "node",
      workingDirectory: "/work")
    return reader.read("/test.ini") ?? Configuration()
  }

  /// A simulation of a supervisor file given as text.
  package init(supervisor text: String) {
    var reader = ConfigurationReader(
      files: OnlyFile(bytes: Array(text.utf8)), environment: ["PATH": "/bin"], hostName: "node",
      workingDirectory: "/work")
    self.init(reader.read("/test.conf") ?? Configuration())
  }

  // MARK: driving

  /// Starts the daemon.
  package mutating func boot() { feed(.boot) }

  /// Sends a command; the ticket finds its answer in `replies`.
  @discardableResult
  package mutating func send(_ verb: String, _ properties: JSONObject = [:]) -> Ticket {
    do {
      return submit(.command(try Request(verb: verb, Properties(properties))))
    } catch {
      // Refused where it is decoded, before there is an order.
      lastRefusal += 1
      let ticket = Ticket(UInt64.max - lastRefusal)
      replies[ticket] = .error(error)
      return ticket
    }
  }

  /// Sends an order of a supervisor client; the ticket finds its answer in `answers`.
  @discardableResult
  package mutating func order(_ order: SupervisorOrder) -> Ticket { submit(.supervise(order)) }

  private mutating func submit(_ order: Order) -> Ticket {
    let ticket = desk.open(order, from: .controlClient, at: clock.now.instant, ())
    if let event = order.event(ticket) { feed(event) }
    return ticket
  }

  /// A signal to the daemon itself, as from a terminal or `kill`.
  package mutating func signal(_ signal: Signal) { feed(.signal(signal)) }

  /// Lets time pass, stopping at every deadline on the way.
  package mutating func advance(_ interval: Interval) {
    let end = clock.now.instant + interval
    var rounds = 0
    while effectsLeft != 0, let next = arbiter.nextDeadline(), next <= end {
      rounds += 1
      guard rounds < 10_000 else { return violations.append("deadlines without end") }
      if next > clock.now.instant { clock.advance(next - clock.now.instant) }
      feed(.deadline)
    }
    clock.advance(end - clock.now.instant)
  }

  /// Hands in the configuration asked for first; nothing happens when none is awaited.
  package mutating func load(_ configuration: Configuration) {
    guard !loads.isEmpty else { return }
    self.configuration = configuration
    feed(.configurationLoaded(.success(configuration), loads.removeFirst()))
  }

  /// Fails the load asked for first, with its reason; nothing happens when none is awaited.
  package mutating func failLoad(_ text: String) {
    guard !loads.isEmpty else { return }
    feed(.configurationLoaded(.failure(LoadFailure(text: text)), loads.removeFirst()))
  }

  /// Forgets what was seen so far.
  package mutating func clearTrace() {
    trace = []
    events = []
    announced = []
  }

  // MARK: losing the daemon

  /// What a later daemon finds of this one.
  package var runDirectory = FakeRunDirectory()
  /// How a new daemon makes its arbiter: from the configuration there was at the start, unless told.
  var configuration = Configuration()
  /// The number of the last event that was told.
  private var lastSequence = 0
  var orphanRules = OrphanRules()

  /// How many effects are still carried out; after that the daemon is as good as dead, until `crash`.
  package var effectsLeft: Int?

  /// Tickets whose client waited for a daemon that is gone.
  package internal(set) var forsaken: Set<Ticket> = []

  // MARK: the loop

  /// Feeds one event and everything that follows from it at once.
  package mutating func feed(_ event: Event) {
    var queue = [event]
    var rounds = 0
    while !queue.isEmpty {
      rounds += 1
      guard rounds < 10_000 else { return violations.append("events without end: \(queue[0])") }
      if effectsLeft == 0 { return }
      let decided = Persisted(queue.removeFirst(), at: clock.now, &arbiter, runDirectory)
      violations += arbiter.checkInvariants()
      orphanRules.observe(arbiter)
      decided.carryOut { effect in
        if effectsLeft == 0 { return false }
        effectsLeft = effectsLeft.map { $0 - 1 }
        perform(effect, &queue)
        return true
      }
    }
    if diesAtOnce && !kernel.dying.isEmpty { deliverDeaths() }
  }

  private mutating func perform(_ effect: Effect, _ queue: inout [Event]) {
    switch effect {
    case .spawn(let process, let plan):
      switch kernel.spawn(plan) {
      case .success(let pid):
        runDirectory.began(process, plan, pid)
        queue.append(.spawned(process, pid))
      case .failure(let failure): queue.append(.spawnFailed(process, failure))
      }
    case .adopt(_, let pid, _):
      if kernel.processes[pid] == nil { violations.append("adopted \(pid), which is dead") }
    case .adoptFormers(let leaders):
      for pid in leaders.formers where kernel.processes[pid] == nil {
        violations.append("adopted \(pid), which is dead")
      }
    case .signal(let pid, let signal, let scope):
      if kernel.processes[pid] == nil {
        violations.append("signal \(signal.name) to \(pid), which was reaped")
      } else {
        orphanRules.note(pid, signal, kernel, arbiter, clock.now)
        kernel.signal(pid, signal, scope)
      }
    case .signalOrphans(let pids, let signal):
      violations += orphanRules.check(pids, signal, kernel, arbiter, clock.now)
      for pid in kernel.signalOrphans(pids, signal) {
        queue.append(.exited(pid, .signaled(signal, dumpedCore: false)))
      }
    case .sweep(let watcher, let leaders):
      let pids = leaders.map(\.pid)
      queue.append(.swept(watcher, leaders: pids, kernel.orphans(of: pids)))
    case .publish(let event):
      trace.append("\(event.watcher).\(event.name.rawValue)")
      events.append(event)
      if event.name == .stop {
        violations += orphanRules.checkStopped(event.watcher, kernel, arbiter)
      }
      if event.sequence <= lastSequence {
        violations.append("event \(event.sequence) came after \(lastSequence)")
      }
      lastSequence = event.sequence
    case .reply(let ticket, let reply): record(reply, for: ticket)
    case .supervised(let ticket, let answer):
      close(ticket)
      answers[ticket] = answer
    case .announce(let event): announced.append(event)
    case .callHook(let call): ask(call, &queue)
    case .readLogs(let ticket, _): record(.plain, for: ticket)
    case .measure(let ticket, _, _): record(.plain, for: ticket)
    case .signalChild(_, _, _, let ticket):
      if let ticket { record(.plain, for: ticket) }
    case .loadConfiguration(let purpose): loads.append(purpose)
    case .tell(let notice, let wording): log += wording.lines(for: notice).map(\.text)
    case .finish(let conclusion):
      exitStatus = conclusion.status
      reason = conclusion.reason
    case .upgrade(_, let ticket):
      queue.append(.successorReady)
      if let ticket { record(.plain, for: ticket) }
    case .saveChanges(let changes, _, let ticket):
      saved = changes
      if let ticket { record(.plain, for: ticket) }
    case .adoptRemains(_, let pid, _):
      if kernel.processes[pid] != nil { violations.append("\(pid) is reported dead and is not") }
    case .noteDescendants, .adoptLeftovers, .closeStreams, .retargetStreams, .reopenLogs,
      .applySockets, .applySettings, .abandonHook, .forgetHooks:
      break
    case .hearOut(let process, _): queue.append(.heardOut(process))
    case .probe(let question): ask(question, &queue)
    case .abandonProbes(let tokens): pendingProbes.removeAll { tokens.contains($0.token) }
    case .runCommand(let plan): commands.append(plan.arguments)
    case .awaitSockets(let names): awaitedSockets = names
    }
  }

  private mutating func record(_ reply: Reply, for ticket: Ticket) {
    close(ticket)
    replies[ticket] = reply
  }

  /// Every order is answered exactly once.
  private mutating func close(_ ticket: Ticket) {
    if desk.close(ticket) == nil {
      violations.append("ticket \(ticket.number) is answered and not in flight")
    }
  }
}
