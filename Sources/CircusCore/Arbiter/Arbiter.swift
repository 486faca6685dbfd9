import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Every decision of the daemon, as one value: events go in, effects come out.
///
/// It owns no clock, no descriptor and no thread, so that whole lives of a daemon can be run (and
/// repeated) in a test without a process or a wait.
package struct Arbiter {
  /// What the daemon as a whole is doing.
  package enum Mode: Hashable, Sendable {
    case booting
    case running
    /// Everything is being stopped, to be started again from a fresh configuration.
    case restarting
    case stopping
    case finished
  }

  /// What the daemon as a whole is doing now.
  package internal(set) var mode = Mode.booting
  /// In the order they came, which is the order ties in priority are broken by.
  package internal(set) var watchers = Tracked<Watcher>()
  var ledger: Ledger
  var waiting: [Waiting] = []
  /// Clients that wait for a state to come.
  var watches: [Watch] = []
  /// Orders of supervisor's clients that are not done yet.
  var supervised: [SupervisedCall] = []
  /// The watchers of the file as it was read last; active or not.
  package internal(set) var lastRead: [WatcherSpec] = []
  /// Watchers that are to be started one after the other.
  var startQueue = StartQueue()
  /// Programs that are started when others have been in certain states.
  var startups: [WatcherID] = []
  /// Watchers of a reload of all that have yet to begin, when order matters.
  var reloads = ReloadQueue()
  /// Groups still to be stopped, when order matters.
  var stopQueue: [[WatcherID]] = []
  var stopQueueCause = Cause.shutdown
  /// What runs goes on until then, though the daemon is to end; nil: the stop has begun.
  var stopDelayEnd: Instant?
  /// Its first group has been told to stop.
  var hasStageBegun = false
  /// When those that are still up are named again.
  var nextStopReport: Instant?
  var configuredSockets: [SocketSpec] = []
  /// Whether some of them could not be opened: the next reload asks again.
  var hasMissingSockets = false
  /// Sockets the shell watches for watchers that start on demand.
  var awaitedSockets: Set<String> = []
  /// Who depends on whom.
  var needs = Needs()
  var needsAreStale = false
  /// Watchers whose edges may be others than when they last looked.
  var rewired: Set<WatcherID> = []
  /// Watchers whose standing is news to those that depend on them.
  var restless: Set<WatcherID> = []
  private var lastWatcher = 0
  /// The probes of what runs.
  package internal(set) var board = ProbeBoard()
  /// Questions that clients have asked for.
  var rounds: [ProbeRound] = []
  /// Those of them that must say that they live.
  var watchdogs = Watchdogs()
  /// Some watcher has a schedule, or had one: steps of the clock matter.
  package internal(set) var hasSchedule = false
  /// When the last event was.
  var lastMoment: Moment?
  /// The pools of event listeners by the name of their group, which may be gone by now.
  package private(set) var pools: [String: ListenerSpec] = [:]
  /// Watchers the state file tells of.
  var writtenWatchers: Set<Int> = []
  /// Which sockets are open is not in the state file as it is now.
  var areSocketsUnsaved = true
  /// The last event the state file tells of.
  var savedSequence = -1

  /// Whether a pattern matches the start of a name; nil for an invalid pattern. Handed in, because
  /// regular expressions are the C library's business.
  package typealias RegexMatch = @Sendable (_ pattern: String, _ name: String) -> Bool?
  let matchesRegex: RegexMatch
  /// Whether this machine has a user, or a group; asked of what `set` changes.
  package typealias Lookup = @Sendable (_ name: String) -> Bool
  let isUser: Lookup
  let isUserGroup: Lookup
  /// The rules of a time zone of this machine; an empty name is the machine's own. Nil: there is none.
  package typealias ZoneLookup = @Sendable (_ name: String) -> ZoneRules?
  let zones: ZoneLookup

  /// `seed` feeds the jitter of `max_age`, `host` that of schedules; `workingDirectory` is the daemon's.
  package init(
    configuration: Configuration, workingDirectory: String, host: String = "", seed: UInt64,
    matchesRegex: @escaping RegexMatch, isUser: @escaping Lookup = { _ in true },
    isUserGroup: @escaping Lookup = { _ in true },
    zones: @escaping ZoneLookup = { ["", "UTC"].contains($0) ? .utc : nil }
  ) {
    self.matchesRegex = matchesRegex
    self.isUser = isUser
    self.isUserGroup = isUserGroup
    self.zones = zones
    ledger = Ledger(seed: seed)
    ledger.settings = configuration.settings
    ledger.environment = configuration.environment
    ledger.workingDirectory = workingDirectory
    ledger.host = host
    configuredSockets = configuration.sockets
    lastRead = configuration.watchers
    addWatchers(configuration.watchers)
  }

  /// The daemon's settings as they are in force.
  package var settings: DaemonSettings { ledger.settings }

  /// An endpoint by the address it is bound to, as it was configured otherwise.
  package func reachableName(_ endpoint: String) -> String {
    ledger.boundEndpoints[endpoint] ?? endpoint
  }

  /// Takes one event and appends what is to be done about it.
  package mutating func handle(_ event: Event, at now: Moment, into effects: inout [Effect]) {
    let first = effects.count
    watchClock(now, &effects)
    if case .probed(let process, let token, let answer) = event {
      // Most answers are as those before: nothing follows.
      guard probed(process, token, answer, now, &effects) else { return }
    } else if case .told(let process, let message) = event,
      takeSignOfLife(process, message, now)
    {
      return
    } else {
      take(event, now, &effects)
    }
    settle(now, &effects)
    let isAdopting = if case .resume = event { true } else { false }
    checkUp(isAdopting: isAdopting, now, &effects)
    for notice in ledger.notices { effects.append(.announce(notice)) }
    ledger.notices.removeAll(keepingCapacity: true)
    for index in first..<effects.count {
      guard case .publish(let event) = effects[index] else { continue }
      effects[index] = .publish(ledger.ring.append(event))
    }
  }

  private mutating func take(_ event: Event, _ now: Moment, _ effects: inout [Effect]) {
    switch event {
    case .boot:
      mode = .running
      ledger.notices.append(.supervisorRunning)
      startAll(cause: .boot, now, &effects)
      resumeSchedules(now, &effects)
      awaitDependentStarts()
    case .resume(let saved, let predecessor): resume(saved, predecessor, now, &effects)
    case .scale(let id, let change):
      guard let index = index(of: id), mode == .running, !watchers[index].spec.singleton else {
        return
      }
      resize(id, to: min(100_000, watchers[index].target + change), now, &effects)
    case .signalProcess(let key, let signal):
      update(key.watcher, now, &effects) { watcher, ledger, effects in
        for slot in watcher.slots where slot.number == key.number {
          if let pid = slot.state.pid { watcher.signal(pid, signal, .process, &ledger, &effects) }
        }
      }
    case .supervise(let order, let ticket): supervise(order, ticket, now, &effects)
    case .request(let request, let ticket): handle(request, ticket, now, &effects)
    case .spawned(let process, let pid):
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        watcher.spawned(process, pid, now, &ledger, &effects)
      }
    case .spawnFailed(let process, let failure):
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        watcher.spawnFailed(process, failure, now, &ledger, &effects)
      }
    case .named(let process, let main):
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        watcher.named(main, by: process, now, &ledger, &effects)
      }
    case .told(let process, let message):
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        watcher.told(process, message, now, &ledger, &effects)
      }
      if message.isBroken { bark(process, "it says that it is broken", now, &effects) }
    case .channelClosed(let process):
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        watcher.closedChannel(process, now, &ledger, &effects)
      }
    case .probed: break
    case .heardOut(let process): heardOut(process, now, &effects)
    case .unheard(let process):
      update(process.watcher, now, &effects) { watcher, ledger, _ in
        watcher.wasUnheard(process, &ledger)
      }
    case .exited(let pid, let status): exited(pid, status, now, &effects)
    case .swept(let id, let leaders, let orphans):
      update(id, now, &effects) { watcher, ledger, effects in
        watcher.swept(leaders, orphans, now, &ledger, &effects)
      }
    case .clockChanged: rearmSchedules(now)
    case .successorReady: dismissWaiting(now, &effects)
    case .deadline: passDeadlines(now, &effects)
    case .signal(let signal): handle(signal, now, &effects)
    case .configurationLoaded(let result, let purpose):
      configurationLoaded(result, purpose, now, &effects)
    case .socketsChanged(let sockets, let isComplete):
      ledger.sockets = sockets
      areSocketsUnsaved = true
      // What could not be opened is tried again at the next reload.
      hasMissingSockets = !isComplete
      // Their numbers may be others now.
      awaitedSockets = []
    case .socketReady(let name): socketReady(name, now, &effects)
    case .outputLost(let id, let stream, let bytes):
      guard let index = index(of: id) else { return }
      watchers[index].lostBytes += bytes
      var event = watchers[index].event(.outputLost, now)
      event.loss = EventMessage.Loss(
        stream: stream, bytes: bytes, total: watchers[index].lostBytes)
      ledger.publish(event, into: &effects)
    case .endpointsBound(let names): ledger.boundEndpoints = names
    case .hookAnswered(let id, let token, let outcome):
      guard let index = index(of: id) else { return }
      showGate(to: index)
      watchers[index].hookAnswered(token, outcome, now, &ledger, &effects)
      assess(index, now, &effects)
    }
  }

  // MARK: watchers

  func index(of id: WatcherID) -> Int? {
    // Numbers only grow and the list keeps their order.
    var low = 0
    var high = watchers.count
    while low < high {
      let middle = (low + high) / 2
      if watchers[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < watchers.count && watchers[low].id == id ? low : nil
  }

  @discardableResult
  mutating func addWatcher(_ spec: WatcherSpec, isFromFile: Bool) -> WatcherID {
    // Told once for each group, and before anything happens in it.
    if !hasGroup(spec.group) { ledger.notices.append(.groupAdded(spec.group)) }
    return append(spec, isFromFile: isFromFile)
  }

  /// Adds watchers of the file.
  @discardableResult
  mutating func addWatchers(_ specs: [WatcherSpec]) -> Set<WatcherID> {
    var groups = Set(watchers.lazy.filter { !$0.isDoomed }.map(\.spec.group))
    var added: Set<WatcherID> = []
    for spec in specs {
      if groups.insert(spec.group).inserted { ledger.notices.append(.groupAdded(spec.group)) }
      added.insert(append(spec, isFromFile: true))
    }
    return added
  }

  private mutating func append(_ spec: WatcherSpec, isFromFile: Bool) -> WatcherID {
    lastWatcher += 1
    let id = WatcherID(lastWatcher)
    var watcher = Watcher(id: id, spec: spec, isFromFile: isFromFile, &ledger)
    if isFromFile { watcher.fileSpec = spec }
    watchers.append(watcher)
    needsAreStale = true
    pools[spec.group] = spec.listener
    return id
  }

  /// Changes one watcher and closes its gap.
  mutating func update(
    _ id: WatcherID, _ now: Moment, _ effects: inout [Effect],
    _ change: (inout Watcher, inout Ledger, inout [Effect]) -> Void
  ) {
    guard let index = index(of: id) else { return }
    showGate(to: index)
    defer { assess(index, now, &effects) }
    guard !watchers[index].spec.hooks.isEmpty || !watchers[index].outbox.isEmpty else {
      change(&watchers[index], &ledger, &effects)
      watchers[index].reconcile(now, &ledger, &effects)
      return
    }
    // Hooks put what follows them in order.
    var own: [Effect] = []
    change(&watchers[index], &ledger, &own)
    watchers[index].reconcile(now, &ledger, &own)
    watchers[index].post(own, now, &ledger, &effects)
  }

  private mutating func exited(
    _ pid: PID, _ status: ExitStatus, _ now: Moment, _ effects: inout [Effect]
  ) {
    if let process = ledger.processes.removeValue(forKey: pid) {
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        watcher.exited(process, pid, status, now, &ledger, &effects)
      }
    } else if let watcher = ledger.orphans.removeValue(forKey: pid) {
      update(watcher, now, &effects) { watcher, ledger, effects in
        watcher.orphanExited(pid, &ledger, &effects)
      }
    }
  }

  /// After every event: go on with what is queued, answer who waited for what is now so.
  private mutating func settle(_ now: Moment, _ effects: inout [Effect]) {
    repeat {
      advanceDependents(now, &effects)
      advanceStartQueue(now, &effects)
      advanceDependentStarts(now, &effects)
      advanceReloads(now, &effects)
      concludeIfEssentialEnded(now, &effects)
      concludeIfIdle(now, &effects)
      endStopDelay(now, &effects)
      endStopBudget(now, &effects)
      advanceStopQueue(now, &effects)
    } while !restless.isEmpty || needs.hasEdges && watchers.hasUnseen
    dropDoomed(&effects)
    awaitSockets(now, &effects)
    answerWaiting(now, &effects)
    answerWatches(now, &effects)
    answerSupervised(&effects)
    reportSupervisedStops(now, &effects)
    reportStop(now, &effects)
    advanceMode(now, &effects)
  }
}
