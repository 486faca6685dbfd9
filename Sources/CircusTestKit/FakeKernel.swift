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
  }

  /// All that were spawned and are not yet collected.
  package private(set) var processes: [PID: Process] = [:]
  /// Children that outlived their process; `leader` is the pid it had.
  package private(set) var orphans: [PID: (leader: PID, ignoresSignals: Bool)] = [:]
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

  /// Records the signal; who obeys is dead at the next delivery.
  mutating func signal(_ pid: PID, _ signal: Signal, _ scope: SignalScope) {
    precondition(processes[pid] != nil, "signal \(signal.name) to \(pid), which is not there")
    signals.append((pid, signal, scope))
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
    if leavesOrphans.contains(process.watcher) {
      lastPID += 1
      orphans[PID(lastPID)] = (pid, process.ignoresSignals)
    }
  }

  mutating func remains(of leaders: [PID]) -> [Remain] {
    orphans.filter { leaders.contains($0.value.leader) }.keys.sorted()
      .map { Remain(pid: $0, command: "orphan") }
  }

  /// Returns the orphans that died of it.
  mutating func signalOrphans(_ pids: [PID], _ signal: Signal) -> [PID] {
    let dying = pids.filter { pid in
      orphans[pid].map { signal == .kill || !$0.ignoresSignals } ?? false
    }
    for pid in dying { orphans[pid] = nil }
    return dying
  }

  /// Dooms a process to end this way at the next delivery; a pid that is gone is passed over.
  package mutating func crash(_ pid: PID, _ status: ExitStatus) {
    processes[pid]?.pendingDeath = status
  }

  /// The daemon is gone: whoever is dying dies unseen.
  package mutating func loseDaemon() { for pid in dying { die(pid) } }

  /// Who is dead at the next delivery, lowest pid first.
  package var dying: [PID] {
    processes.filter { $0.value.pendingDeath != nil }.keys.sorted()
  }
}
