import CircusModel

/// What the loss and the return of a dependency do to those that depend on it.
///
/// Each time a watcher becomes ready its epoch goes up; a dependent remembers the epochs it was started with. One that has older
/// ones in an edge that reacts (`restart`, `reload`) acts once, as soon as all it depends on is ready and has acted itself:
/// in a diamond over a watcher that has crashed, both sides act once, and then the top does, once.
extension Arbiter {
  /// Lets a watcher act whose dependencies are others than it was started with.
  mutating func follow(_ id: WatcherID, _ now: Moment, _ effects: inout [Effect]) {
    // Most react to nothing.
    guard let index = index(of: id), !watchers[index].gate.epochs.isEmpty,
      let reaction = dueReaction(watchers[index])
    else { return }
    watchers[index].seen = gate(of: id).epochs
    watchers[index].tell(.follows(reaction), &effects)
    switch reaction {
    case .reload: reload(id, sequential: false, graceful: true, now, &effects)
    case .restart, .stop, .ignore: restart(id, cause: .dependency, now, &effects)
    }
  }

  private func dueReaction(_ watcher: Watcher) -> Dependency.Reaction? {
    guard watcher.desired == .running, watcher.phase == .active || watcher.phase == .starting,
      !watcher.isForced, !watcher.isToRestart, !watcher.gate.pullsDown, !ledger.isEnding,
      let reaction = staleReaction(watcher)
    else { return nil }
    for need in needs.of(watcher.id) where !need.kind.condition.isCompletion {
      guard let index = index(of: need.watcher) else { continue }
      let other = watchers[index]
      guard other.standing.isReady, !other.isToRestart, staleReaction(other) == nil else {
        // Not wanted, it need not come back for the others' sake.
        if need.kind.isOptional, other.standing.obstacle != nil { continue }
        return nil
      }
    }
    return reaction
  }

  /// The strongest reaction to an epoch that is newer than the watcher's own.
  private func staleReaction(_ watcher: Watcher) -> Dependency.Reaction? {
    guard watcher.desired == .running, watcher.isUp else { return nil }
    var found: Dependency.Reaction?
    for need in needs.of(watcher.id) where !need.kind.condition.isCompletion {
      guard need.kind.reaction != .ignore, let index = index(of: need.watcher) else { continue }
      let other = watchers[index]
      guard let seen = watcher.seen[other.spec.name.lowercased()], other.standing.epoch > seen
      else { continue }
      if found != .restart { found = need.kind.reaction == .reload ? .reload : .restart }
    }
    return found
  }
}
