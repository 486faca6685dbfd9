import CircusModel

/// A watcher that starts at the first connection to its socket (circus `on_demand`).
///
/// The story: it is wanted but stopped, and its sockets are watched; something arrives; it is
/// called and starts; when its last process is gone it falls asleep again, without a word, and the
/// sockets are watched anew. One that dies young sleeps a little longer each time, for whatever it
/// did not accept is still waiting.
struct Demand: Hashable {
  var isCalled = false
  /// Its sockets are not looked at before this.
  var gate = Instant(nanoseconds: 0)
  /// Short lives in a row.
  var failures = 0
}

extension Watcher {
  /// Asleep, wanted, and due: an event on its sockets starts it.
  func awaitsSockets(_ now: Moment) -> Bool {
    guard spec.onDemand, phase == .stopped, desired == .running, !demand.isCalled else {
      return false
    }
    return now.instant >= demand.gate
  }

  /// Whether nothing but this slot has a process.
  func isLast(_ index: Int) -> Bool {
    !slots.indices.contains { other in
      let state = slots[other].state
      return other != index && (state.pid != nil || state.isSpawning || state.isEnding)
    }
  }

  /// Its last process ended by itself.
  mutating func fallAsleep(
    _ age: Interval, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    slots.removeAll { _ in true }
    enter(.stopped)
    if age < Self.youth {
      demand.failures += 1
      demand.gate = now.instant + pause(after: demand.failures, &ledger)
      ledger.timers.push(demand.gate, .watcher(id))
    } else {
      demand.failures = 0
    }
    tell(.waitsForSocket, &effects)
  }
}
