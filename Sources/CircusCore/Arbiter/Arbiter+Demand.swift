import CircusModel

/// Watchers that start when their sockets are connected to.
extension Arbiter {
  /// Something arrived at a socket: the watchers that wait for it start.
  mutating func socketReady(_ name: String, _ now: Moment, _ effects: inout [Effect]) {
    awaitedSockets.remove(name)
    for id in startOrder {
      guard let index = index(of: id), watchers[index].awaitsSockets(now),
        watchers[index].spec.awaitedSockets(among: ledger.sockets).contains(name)
      else { continue }
      update(id, now, &effects) { watcher, _, effects in
        watcher.tell(.calledBySocket(name), &effects)
        watcher.demand.isCalled = true
        watcher.startCause = .demand
      }
    }
  }

  /// Tells the shell which sockets watchers wait for, when that has changed.
  mutating func awaitSockets(_ now: Moment, _ effects: inout [Effect]) {
    // Without sockets there is nothing to wait for, and nothing to look through all watchers for.
    if ledger.sockets.isEmpty, awaitedSockets.isEmpty { return }
    var wanted: Set<String> = []
    if mode == .running {
      for index in watchers.indices where watchers[index].awaitsSockets(now) {
        wanted.formUnion(watchers[index].spec.awaitedSockets(among: ledger.sockets))
      }
    }
    guard wanted != awaitedSockets else { return }
    awaitedSockets = wanted
    effects.append(.awaitSockets(wanted))
  }
}
