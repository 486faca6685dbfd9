import CircusCore
import CircusModel

/// Processes that exist only in a table: they start, obey or ignore signals, leave orphans behind,
/// and fail to start when told to.
package struct FakeKernel {
  /// One process that lives, or is dying and not yet collected.
  package struct Process {
    /// The name of the watcher it was spawned for.
    package var watcher: String
    /// Whether only SIGKILL ends it.
    package var ignoresSignals = false
    /// A signal that will end it as soon as the simulation delivers deaths.
    package var pendingDeath: ExitStatus?
    /// Whether a stop signal went to its whole group.
    package var wasGroupSignalled = false
  }

  /// What an orphan is like.
  package enum OrphanKind: CaseIterable, Sendable { case plain, detached, client, filter }

  /// All that were spawned and are not yet collected.
  package private(set) var processes: [PID: Process] = [:]
  /// A child that outlived its process.
  package struct Leftover {
    /// The watcher its process was spawned for.
    package var watcher: String
    /// What the kernel tells the daemon of it.
    package var facts: Orphan
    /// Whether only SIGKILL ends it.
    package var ignoresSignals: Bool
    /// Signals it had, in order.
    package var signals: [Signal] = []
  }

  /// Children that outlived their process.
  package private(set) var orphans: [PID: Leftover] = [:]
  /// What a process leaves behind when it dies: one of each.
  package var orphanKinds: [OrphanKind] = [.plain]
  /// Whether orphans of processes that obey their stop signal ignore it.
  package var orphansAreStubborn = false
  /// Pids that were given out once; a real kernel would take long to use one again.
  private var lastPID: Int32 = 100
  private var failures: [String: (failure: SpawnFailure, left: Int)] = [:]
  /// Watchers whose processes ignore everything but SIGKILL.
  package var stubborn: Set<String> = []
  /// Watchers whose processes leave an orphan behind when they die.
  package var leavesOrphans: Set<String> = []
  /// Signals that were sent, for tests to look at.
  package private(set) var signals: [(pid: PID, signal: Signal, scope: SignalScope)] = []

  /// The next signal but SIGKILL does not arrive: a process may be between two programs, or undo its handler.
  package var losesNextSignal = false

  package init() {}

  /// The next `times` spawns of a watcher fail.
  package mutating func fail(_ watcher: String, with failure: SpawnFailure, times: Int) {
    failures[watcher] = (failure, times)
  }

  mutating func spawn(_ plan: LaunchPlan) -> Result<PID, SpawnFailure> {
    if let entry = failures[plan.watcherName], entry.left > 0 {
      failures[plan.watcherName]?.left -= 1
      return .failure(entry.failure)
    }
    lastPID += 1
    let pid = PID(lastPID)
    processes[pid] = Process(
      watcher: plan.watcherName, ignoresSignals: stubborn.contains(plan.watcherName))
    return .success(pid)
  }

  /// A process has started another one like itself; nil: it is gone.
  mutating func fork(_ pid: PID) -> PID? {
    guard var child = processes[pid] else { return nil }
    child.pendingDeath = nil
    lastPID += 1
    processes[PID(lastPID)] = child
    return PID(lastPID)
  }

  /// Records the signal; who obeys is dead at the next delivery.
  mutating func signal(_ pid: PID, _ signal: Signal, _ scope: SignalScope) {
    precondition(processes[pid] != nil, "signal \(signal.name) to \(pid), which is not there")
    signals.append((pid, signal, scope))
    if scope == .group { processes[pid]?.wasGroupSignalled = true }
    if losesNextSignal, signal != .kill {
      losesNextSignal = false
      return
    }
    guard signal.number != 0, signal != .hangup || processes[pid]?.ignoresSignals == false else {
      return
    }
    if signal == .kill || (processes[pid]?.ignoresSignals == false && signal != .hangup) {
      processes[pid]?.pendingDeath = .signaled(signal, dumpedCore: false)
    }
  }

  /// The process is dead and collected.
  mutating func die(_ pid: PID) {
    guard let process = processes.removeValue(forKey: pid) else { return }
    guard leavesOrphans.contains(process.watcher) else { return }
    for kind in orphanKinds {
      lastPID += 1
      var facts = Orphan(pid: PID(lastPID), leader: pid, command: "\(kind)")
      facts.isDetached = kind == .detached
      facts.isClient = kind == .client
      facts.isFilter = kind == .filter
      facts.wasSignalled = process.wasGroupSignalled
      orphans[PID(lastPID)] = Leftover(
        watcher: process.watcher, facts: facts,
        ignoresSignals: process.ignoresSignals || orphansAreStubborn)
    }
  }

  func orphans(of leaders: [PID]) -> [Orphan] {
    orphans.values.map(\.facts).filter { leaders.contains($0.leader) }.sorted { $0.pid < $1.pid }
  }

  /// Returns the orphans that died of it.
  mutating func signalOrphans(_ pids: [PID], _ signal: Signal) -> [PID] {
    for pid in pids { orphans[pid]?.signals.append(signal) }
    let dying = pids.filter { pid in
      orphans[pid].map { signal == .kill || !$0.ignoresSignals } ?? false
    }
    for pid in dying { orphans[pid] = nil }
    return dying
  }

  mutating func forgetOrphanSignals() {
    for pid in orphans.keys {
      orphans[pid]?.signals = []
      orphans[pid]?.facts.wasSignalled = false
    }
  }

  /// An orphan ends by itself; false when it is not there.
  package mutating func endOrphan(_ pid: PID) -> Bool { orphans.removeValue(forKey: pid) != nil }

  /// Dooms a process to end this way at the next delivery; a pid that is gone is passed over.
  package mutating func crash(_ pid: PID, _ status: ExitStatus) {
    processes[pid]?.pendingDeath = status
  }

  /// The daemon is gone: processes that are dying die unseen.
  package mutating func loseDaemon() { for pid in dying { die(pid) } }

  /// Who is dead at the next delivery, lowest pid first.
  package var dying: [PID] {
    processes.filter { $0.value.pendingDeath != nil }.keys.sorted()
  }
}
