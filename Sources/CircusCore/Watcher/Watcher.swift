import CircusModel
import CircusWire
import JSON

/// A named group of identical processes: what is wanted beside what is.
///
/// Commands edit what is wanted (`desired`, `target`, `generation`, `rollout`); `reconcile` closes
/// the gap after every event.
package struct Watcher: Numbered {
  /// What an operator or the configuration wants.
  package enum Desired: Hashable, Sendable {
    case stopped(Cause)
    case running
  }

  /// The four words of circus's `status`.
  package enum Phase: String, Hashable, Sendable {
    case stopped, starting, active, stopping
  }

  /// For what it waits, and since when, in seconds since the epoch.
  package struct Waited: Hashable, Sendable {
    package var reason: String
    package var since: Double
  }

  /// Its number for life.
  package let id: WatcherID
  /// What it was told, `set` and reloads included.
  package internal(set) var spec: WatcherSpec
  /// Whether it is meant to run.
  package internal(set) var desired = Desired.stopped(.boot)
  /// How far it is; changed in `enter` alone.
  package internal(set) var phase = Phase.stopped
  /// The wanted number of processes.
  package internal(set) var target: Int
  /// Its places, in the order they were made.
  package internal(set) var slots = Tracked<Slot>()
  /// What became of the processes of each place, by its number; also where the place is empty now.
  package internal(set) var lives: [Int: Lives] = [:]
  /// A replacement of all processes that is under way.
  package internal(set) var rollout: Rollout?
  /// What the processes run that a rollout replaces, where it is another definition.
  var former: WatcherDefinition?
  /// What a rollout could not bring up; the next reload tries it again.
  var rejected: WatcherDefinition?
  /// The last replacement was given up: what runs is not stopped for a place that cannot be filled.
  var hasFailedReload = false
  /// Raised whenever the running processes should be replaced.
  var generation = 0
  /// No spawn before this (warm-up).
  var spawnGate = Instant(nanoseconds: 0)
  /// Spawn attempts that failed in a row.
  var spawnFailures = 0
  /// Processes that died by themselves; their orphans are ended at the next full stop.
  var lingering: [PID] = []
  /// The orphans of those, while a full stop ends them.
  var leftovers: Orphans?
  /// When the grace of the full stop under way is over.
  var stopDeadline = Instant(nanoseconds: 0)
  /// Named in the configuration file, hence subject to its reloads.
  var isFromFile: Bool
  /// What the configuration file said last.
  var fileSpec: WatcherSpec? { didSet { fileFingerprints = nil } }
  /// What the state file calls it by, once that was asked for.
  var fileFingerprints: (file: String, launch: String)?
  /// The `add` command it was made by; nil: it is from the file.
  var addition: JSONObject?
  /// All options that `set` has changed, as they were given last.
  var edits = JSONObject()
  /// Why the last start or replacement failed; nil: it did not, or another one was begun since.
  var lastProblem: String?
  /// The start under way is what a `reload` of a stopped watcher came to.
  var announcesReload = false
  /// Removed by an operator or a reload: gone as soon as it is stopped.
  package internal(set) var isDoomed = false
  /// Another daemon's, of which only the way to stop it is known.
  var isLeftOver = false
  /// What the state file tells of it.
  var written = WrittenWatcher()
  /// What is wanted of the shell while a hook is asked.
  var outbox = Outbox()
  /// A second interrupt ended all grace.
  package internal(set) var isHurried = false
  /// Hooks are not awaited any more (a hurried end).
  var hooksAreOff = false
  var startConsent = Consent.unasked
  var runConsent = Consent.unasked
  /// On demand: whether it was called, and from when on it may be.
  var demand = Demand()
  /// Bytes of output that were dropped since the daemon began.
  var lostBytes = 0
  /// When the run of a oneshot began that is under way, in seconds since the epoch.
  var runBegan: Double?
  /// How its last run ended; nil: there was none that still counts.
  package internal(set) var result: RunResult?
  /// When it is started by itself; nil: it never is.
  package internal(set) var schedule: ScheduleState?
  /// Its processes have yet to confirm a reload.
  var awaitsReload = false
  /// What it waits for.
  package internal(set) var gate = StartGate()
  /// Where among its dependents the one stands that holds up its stop.
  var heldUpBy = 0
  /// What was told of its waiting; nil: it does not wait.
  package internal(set) var waiting: Waited?
  /// Told to start without what it depends on, until its next stop.
  package internal(set) var isForced = false
  /// To be stopped and started again as soon as that may begin.
  var isToRestart = false
  /// Its restart is no business of those that depend on it.
  var restartsAlone = false
  /// The epochs of what it depends on when it was started, by name in lower case.
  var seen: [String: Int] = [:]
  /// What those that depend on it go by.
  package internal(set) var standing = Standing()
  /// It is started when others have been in certain states, which they have not been yet.
  package internal(set) var awaitsOthers = false
  /// Its last start; nil: there was none.
  package internal(set) var lastStart: StartTimes?
  /// When a rule has reloaded it last; nil: none has.
  var ruleReload: Instant?
  /// When the process of a place was last replaced for a limit.
  var limitRestarts: [Int: Instant] = [:]
  /// Why processes are being spawned, for the event.
  var startCause = Cause.boot

  init(id: WatcherID, spec: WatcherSpec, isFromFile: Bool, _ ledger: inout Ledger) {
    self.id = id
    self.spec = spec
    self.isFromFile = isFromFile
    target = spec.processCount
    populate(&ledger)
  }

  /// The number of its `id`.
  package var number: Int { id.number }

  /// An instance that lived less than this died young: its successor waits.
  static let youth = Interval.seconds(1)

  // MARK: queries

  /// Live processes in the order they were started.
  package var pids: [PID] {
    slots.filter { $0.state.pid != nil }.sorted { $0.id.serial < $1.id.serial }
      .compactMap(\.state.pid)
  }

  /// What `status` says: a program whose processes are all EXITED or FATAL is stopped.
  package var status: Phase {
    if isWaiting, phase == .stopped { return .starting }
    guard spec.habits.judgesProcesses, phase == .active else { return phase }
    return slots.contains { $0.state.isUp || $0.state.isStopping } ? .active : .stopped
  }

  /// Nothing is under way: what can be reached has been reached.
  package var isSettled: Bool {
    guard rollout == nil, !awaitsReload, leftovers == nil, outbox.isEmpty else { return false }
    if desired == .running, isRunning || isToRestart { return false }
    switch (phase, desired) {
    case (.stopped, .stopped): return true
    // Waits for its socket.
    case (.stopped, .running) where spec.onDemand: return true
    case (.active, .running):
      // Replacing the old ones is the daily round, not something under way.
      return !slots.contains { slot in
        !slot.isRenewed
          && (slot.state.isStopping || slot.state.isSpawning || slot.isEmptyAndWanted)
      } && countedSlots >= target
    case (.stopped, .running), (.active, .stopped), (.starting, _), (.stopping, _): return false
    }
  }

  /// Why it does not run as it was last asked to; nil: it does, or it is not known yet.
  var startProblem: String? {
    if isBlocked { return "\(spec.name): \(gate.text)" }
    if spec.habits.judgesProcesses, case .running = desired {
      if hasFailedReload, let lastProblem { return "\(spec.name): \(lastProblem)" }
      let fatal = slots.first { $0.state == .fatal }
      return fatal.map { "\($0.name): \($0.spawnError)" }
    }
    return lastProblem.map { "\(spec.name): \($0)" }
  }

  /// Whether a process lives, is being started, or has left orphans that are being ended.
  var hasProcess: Bool {
    slots.contains { $0.state.pid != nil || $0.state.isSpawning || $0.state.isEnding }
  }

  /// Slots that hold a place now; during a surge only those of the new generation do.
  var countedSlots: Int {
    slots.reduce(0) { $0 + (holdsPlace($1) ? 1 : 0) }
  }

  func holdsPlace(_ slot: Slot) -> Bool {
    !slot.isSurplus && (rollout?.way != .surge || slot.generation == generation)
  }

  /// The one place where a watcher changes its phase. What belonged to the phase before ends with it.
  mutating func enter(_ new: Phase) {
    phase = new
    switch new {
    case .starting:
      runConsent = .unasked
      spawnFailures = 0
    case .active: break
    case .stopping: (rollout, former, awaitsReload) = (nil, nil, false)
    case .stopped:
      (rollout, former, awaitsReload) = (nil, nil, false)
      (isForced, runBegan) = (false, nil)
    }
  }

  func index(of id: ProcessID) -> Int? { slots.firstIndex { $0.id == id } }

  func event(
    _ name: EventMessage.Name, _ now: Moment, pid: PID? = nil, exitCode: Int? = nil,
    cause: Cause? = nil, hook: HookName? = nil, error: String? = nil
  ) -> EventMessage {
    EventMessage(
      name, watcher: spec.topicName, pid: pid, exitCode: exitCode, time: now.wall, cause: cause,
      hook: hook, error: error)
  }
}
