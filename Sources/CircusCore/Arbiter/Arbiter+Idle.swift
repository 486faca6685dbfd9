import CircusModel

/// `on_idle = exit`: the daemon ends when all it ran has ended by itself.
extension Arbiter {
  mutating func concludeIfIdle(_ now: Moment, _ effects: inout [Effect]) {
    guard ledger.settings.onIdle == .exit, mode == .running, ledger.conclusion == nil,
      startQueue.pending.isEmpty
    else { return }
    var hasEnded = false
    var failures: [(wall: Double, conclusion: Conclusion)] = []
    for watcher in watchers where !watcher.accompaniesOthers {
      guard watcher.pids.isEmpty, watcher.isSettled, !watcher.spec.onDemand else { return }
      let standing = watcher.currentStanding(now)
      switch standing.obstacle {
      case .stopped?, .noProcessWanted?, .dependency?: continue
      case .ended?, .gaveUp?: hasEnded = true
      case nil:
        guard standing.completion != nil else { return }
        hasEnded = true
      }
      if let failure = watcher.failure(standing) { failures.append(failure) }
    }
    guard hasEnded else { return }
    let first = failures.min { $0.wall < $1.wall }?.conclusion
    tell(.everythingHasEnded, &effects)
    ledger.conclusion = first ?? Conclusion(status: 0, reason: "everything has ended")
    shutDown(now, &effects)
  }
}

extension Watcher {
  /// An event listener or a plugin: it is there for the others.
  fileprivate var accompaniesOthers: Bool { spec.listener != nil || spec.isPlugin }

  /// What its processes failed with, and when; nil: they have ended well.
  fileprivate func failure(_ standing: Standing) -> (wall: Double, conclusion: Conclusion)? {
    var isFailure = standing.completion == .failure
    if case .gaveUp? = standing.obstacle { isFailure = true }
    let last = lives.values.compactMap(\.lastExit).max { $0.wall < $1.wall }
    let code = last?.status.shellCode ?? 1
    guard isFailure || code != 0 && !spec.isOneshot else { return nil }
    let reason = "\(spec.name): \(last?.status.description ?? "it could not be started")"
    return (last?.wall ?? 0, Conclusion(status: code == 0 ? 1 : code, reason: reason))
  }
}
