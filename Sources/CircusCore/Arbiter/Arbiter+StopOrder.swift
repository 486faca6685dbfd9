import CircusModel

/// A stop that was ordered together with others, and waits until those that depend on its watcher are down.
struct HeldStop: Hashable {
  enum Order: Hashable {
    /// The whole watcher.
    case watcher(Cause)
    /// Its process with this number.
    case process(Int)
  }

  let watcher: WatcherID
  let order: Order
  /// What was ordered to stop with it; nobody else is waited for.
  let among: Set<WatcherID>
}

/// Stopping several: what others depend on goes after them, branches that have nothing to do with each other at once.
extension Arbiter {
  /// Stops one of several now, or when those among them that depend on it are down. To be called for those first.
  mutating func stop(
    _ order: HeldStop.Order, of id: WatcherID, among: Set<WatcherID>, _ now: Moment,
    _ effects: inout [Effect]
  ) {
    refreshNeeds()
    let held = HeldStop(watcher: id, order: order, among: among)
    if isEarly(held) {
      heldStops[id, default: []].append(held)
    } else {
      carryOut(held, now, &effects)
    }
  }

  private mutating func carryOut(
    _ held: HeldStop, _ now: Moment, _ effects: inout [Effect]
  ) {
    switch held.order {
    case .watcher(let cause): stop(held.watcher, cause: cause, now, &effects)
    case .process(let number):
      startQueue.pending.removeAll { $0 == held.watcher }
      update(held.watcher, now, &effects) { watcher, ledger, effects in
        watcher.stopProcess(number, now, &ledger, &effects)
      }
    }
  }

  /// Looks at the stops that may have waited for a watcher that has changed.
  mutating func advanceHeldStops(_ now: Moment, _ effects: inout [Effect]) {
    while let id = stirred.popFirst() {
      guard !heldStops.isEmpty else { return stirred = [] }
      for need in needs.of(id) { advanceHeldStops(of: need.watcher, now, &effects) }
    }
  }

  /// Looks at all of them, for those that depended on each other may be others now.
  mutating func advanceAllHeldStops(_ now: Moment, _ effects: inout [Effect]) {
    heldStopsAreStale = false
    for id in heldStops.keys.sorted(by: >) { advanceHeldStops(of: id, now, &effects) }
  }

  private mutating func advanceHeldStops(
    of id: WatcherID, _ now: Moment, _ effects: inout [Effect]
  ) {
    for held in heldStops[id] ?? [] where !isEarly(held) {
      heldStops[id]?.removeAll { $0 == held }
      if heldStops[id]?.isEmpty == true { heldStops[id] = nil }
      carryOut(held, now, &effects)
    }
  }

  /// Its stop is not wanted any more; stops that waited for it look again.
  mutating func cancelHeldStops(of id: WatcherID, process number: Int? = nil) {
    guard heldStops[id] != nil else { return }
    heldStops[id]?.removeAll { number == nil || $0.order == number.map { .process($0) } }
    if heldStops[id]?.isEmpty == true { heldStops[id] = nil }
    stirred.insert(id)
  }

  /// Whether what was ordered to stop with it, and depends on it, is not down yet.
  private func isEarly(_ held: HeldStop) -> Bool {
    guard needs.hasEdges, !needs.isInCircle(held.watcher) else { return false }
    return needs.dependents(of: held.watcher).contains { edge in
      guard held.among.contains(edge.watcher), let index = index(of: edge.watcher) else {
        return false
      }
      // One that another order has started again is not waited for, nor those of its processes that go on.
      if heldStops[edge.watcher] != nil { return true }
      switch held.order {
      case .watcher: return watchers[index].desired != .running && watchers[index].isUp
      case .process: return watchers[index].slots.contains { $0.state.isStopping }
      }
    }
  }

  /// Whether the stop of a process was ordered and is not begun.
  func isHeld(_ key: ProcessKey) -> Bool {
    heldStops[key.watcher]?.contains { $0.order == .process(key.number) } ?? false
  }
}

extension Watcher {
  /// Whether anything of it runs, is wanted to, or is being ended.
  fileprivate var isUp: Bool { phase != .stopped || hasProcess }
}
