import CircusModel

/// Stopping what others depend on.
///
/// A stop is wanted at once and begins as soon as those are down that depend on the watcher and go down themselves: because
/// they were ordered to, or because one of their edges says that they follow (`restart`, `stop`). Branches that have nothing to
/// do with each other stop at once. Nothing is queued: what holds a stop up is looked at whenever one of the two changes.
extension Arbiter {
  /// Wants one watcher not to run, and those down first that follow it.
  mutating func stop(
    _ id: WatcherID, cause: Cause, _ now: Moment, _ effects: inout [Effect]
  ) {
    startQueue.pending.removeAll { $0 == id }
    takeDown(id, now, &effects) {
      $0.desired = .stopped(cause)
      $0.restartsAlone = false
    }
  }

  /// These, and all that cannot do without them.
  func withDependents(_ ids: [WatcherID]) -> [WatcherID] {
    var found = ids
    var seen = Set(ids)
    var next = 0
    while next < found.count {
      for edge in needs.dependents(of: found[next]) where edge.kind.isStrict {
        if seen.insert(edge.watcher).inserted { found.append(edge.watcher) }
      }
      next += 1
    }
    return found
  }

  /// Those that depend on one of these, are not among them, and run on without.
  func runningOn(without ids: [WatcherID]) -> [WatcherID] {
    guard needs.hasEdges else { return [] }
    let stopped = Set(ids)
    let all = ids.flatMap { needs.dependents(of: $0) }.filter { edge in
      edge.kind.isStrict && !edge.kind.follows && !stopped.contains(edge.watcher)
        && index(of: edge.watcher).map { watchers[$0].desired == .running && watchers[$0].isUp }
          ?? false
    }
    return Set(all.map(\.watcher)).sorted()
  }

  /// Lets one watcher go down as `order` says, those that follow it before it.
  mutating func takeDown(
    _ id: WatcherID, _ now: Moment, _ effects: inout [Effect], _ order: (inout Watcher) -> Void
  ) {
    refreshNeeds()
    guard let index = index(of: id) else { return }
    if needs.hasEdges, !needs.dependents(of: id).isEmpty {
      // Seen to go down before anything is done about it.
      order(&watchers[index])
      pullDown(followersOf: id, now, &effects)
    }
    update(id, now, &effects) { watcher, _, _ in order(&watcher) }
  }

  /// All that follow a watcher which goes down, the last ones first.
  mutating func pullDown(
    followersOf id: WatcherID, _ now: Moment, _ effects: inout [Effect]
  ) {
    guard let first = index(of: id), watchers[first].isTakenDown else { return }
    var found: [WatcherID] = []
    var next = [id]
    while let here = next.popLast() {
      for edge in needs.dependents(of: here) where edge.kind.follows {
        guard let index = index(of: edge.watcher), watchers[index].desired == .running,
          watchers[index].isUp, !watchers[index].isForced, !watchers[index].gate.pullsDown
        else { continue }
        watchers[index].gate.pullsDown = true
        found.append(edge.watcher)
        next.append(edge.watcher)
      }
    }
    guard !found.isEmpty else { return }
    let followers = Set(found)
    for id in found.count == 1 ? found : startOrder.reversed() where followers.contains(id) {
      update(id, now, &effects) { _, _, _ in }
    }
  }

  /// Where, among those that depend on a watcher, the first one stands for which its stop has to wait; nil: for none.
  /// `start`: the last one that was found, from which on is looked, so that many dependents are not looked at again
  /// at the end of each.
  func place(ofDependentHoldingUp id: WatcherID, from start: Int) -> Int? {
    guard needs.hasEdges, !needs.isInCircle(id) else { return nil }
    let edges = needs.dependents(of: id)
    return edges.indices.lazy.map { ($0 + start) % edges.count }.first { place in
      self.index(of: edges[place].watcher).map { self.watchers[$0].isGoingDown } ?? false
    }
  }
}

extension Dependency {
  /// Whether the dependent needs it as long as it runs.
  var isStrict: Bool { !isOptional && !condition.isCompletion }

  /// Whether the dependent goes down before its dependency does by order.
  var follows: Bool { !condition.isCompletion && (reaction == .restart || reaction == .stop) }
}

extension Watcher {
  /// Whether anything of it runs, is wanted to, or is being ended.
  var isUp: Bool { phase != .stopped || hasProcess }

  /// It, or some of its processes, are to go down and are not down yet.
  var isGoingDown: Bool {
    isUp && isTakenDown
      || slots.contains { !$0.isWanted && !$0.isSurplus && $0.state.life != nil }
  }

  /// It goes down by order, or for the sake of what it depends on.
  var isTakenDown: Bool {
    switch desired {
    case .running: isToRestart || phase == .stopping || gate.pullsDown && !isForced
    case .stopped(let cause): !cause.isOwn
    }
  }

  /// A stop of it that is wanted may not begin yet.
  var isHeldUp: Bool { gate.isNeeded && !isHurried }

  /// Stops those of its processes that are not wanted and wait for nothing any more.
  mutating func stopUnwanted(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard !isHeldUp else { return }
    for slot in slots where !slot.isWanted && !slot.isSurplus && slot.state.life != nil {
      guard !slot.state.isStopping else { continue }
      stopProcess(slot.id, .command, announcesReap: true, now, &ledger, &effects)
    }
  }
}

extension Cause {
  /// A watcher that is stopped for this has ended, or failed, by itself.
  var isOwn: Bool { [.exit, .spawnFailure, .hook, .boot].contains(self) }
}
