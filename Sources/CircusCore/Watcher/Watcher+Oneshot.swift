import CircusModel

/// How a oneshot's last run ended.
package struct RunResult: Hashable, Sendable {
  /// All its processes ended as they should.
  package var isSuccess: Bool
  /// Seconds since the epoch.
  package var endedAt: Double
  /// In seconds.
  package var took: Double
}

/// Watchers whose processes run to their end, once for each start (`type = oneshot`).
///
/// The story: a start begins a run; each process runs until it ends as it should, or has failed as often as it may; when
/// none is left to run, the run is over, and its result stands until the next one, another definition or another boot.
extension Watcher {
  /// A run is under way.
  package var isRunning: Bool { spec.isOneshot && runBegan != nil }

  /// One of its processes has ended by itself.
  mutating func oneshotExited(
    _ index: Int, _ status: ExitStatus, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    slots[index].lastStatus = status
    enter(.exited(status, until: nil), at: index, &ledger)
    let action = spec.exitActions[status: status]
    if action != .restart, spec.expects(status) {
      slots[index].isWanted = false
      return
    }
    // Where it is so told, another attempt would end like this one, or is made in any case.
    oneshotFailed(
      index, status.description, isFinal: action == .stop,
      most: action == .restart ? backoffLimit : mostRuns, now, &ledger, &effects)
  }

  /// A try has failed: another one after a pause, or none.
  mutating func oneshotFailed(
    _ index: Int, _ reason: String, isFinal: Bool = false, most: Int?, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    slots[index].failures += 1
    slots[index].spawnError = reason
    guard isFinal || isGivenUp(slots[index], after: most) else {
      let delay = pause(after: slots[index].failures, &ledger)
      let status = slots[index].lastStatus ?? .unknown
      return enter(.exited(status, until: now.instant + delay), at: index, &ledger)
    }
    enter(.fatal, at: index, &ledger)
    slots[index].isWanted = false
    tell(.oneshotFailed(reason: reason), of: slots[index].name, &effects)
    concludeFailure(slots[index], reason, &ledger, &effects)
  }

  /// It could not even begin.
  mutating func runCannotBegin(_ now: Moment) {
    guard spec.isOneshot else { return }
    result = RunResult(
      isSuccess: false, endedAt: now.wall, took: max(0, now.wall - (runBegan ?? now.wall)))
    runBegan = nil
  }

  /// When none of its processes runs or will, the run is over.
  mutating func finishRun(_ now: Moment, _ effects: inout [Effect]) {
    if target == 0, slots.isEmpty { runBegan = nil }
    guard spec.isOneshot, let began = runBegan, phase == .active, !slots.isEmpty,
      !slots.contains(where: { $0.isWanted && !$0.isSurplus || !$0.state.isEmpty })
    else { return }
    let failed = slots.first { slot in
      if case .exited(let status, _) = slot.state { !spec.expects(status) } else { true }
    }
    result = RunResult(
      isSuccess: failed == nil, endedAt: now.wall, took: max(0, now.wall - began))
    runBegan = nil
    if failed == nil { lastStart?.complete = now.wall }
    if let failed { lastProblem = "failed: \(failed.spawnError)" }
    guard spec.habits.stopsWithLastExit else { return }
    desired = .stopped(failed == nil ? .exit : .spawnFailure)
  }
}
