import CircusModel

/// Reloads by SIGHUP that the processes confirm (`reload_notify`). A process that does not confirm one runs on.
extension Watcher {
  /// The signal is sent: each that runs is to say that it has begun, and that it is done.
  mutating func awaitReload(_ now: Moment, _ ledger: inout Ledger) {
    lastProblem = nil
    awaitsReload = true
    for index in slots.indices {
      guard case .running(var life) = slots[index].state else { continue }
      life.reload = ReloadWord(
        askedAt: now.instant,
        by: spec.readyTimeout > .zero ? now.instant + spec.readyTimeout : nil)
      slots[index].state = .running(life)
      if let by = life.reload?.by { ledger.timers.push(by, .process(slots[index].id)) }
    }
  }

  /// When none has anything to confirm any more, the reload is over.
  mutating func finishReload(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard awaitsReload, !slots.contains(where: { $0.state.life?.reload != nil }) else { return }
    awaitsReload = false
    if lastProblem == nil { finishRollout(now, &ledger, &effects) }
  }

  /// Its time is over; it runs on.
  mutating func missedReload(_ index: Int, _ effects: inout [Effect]) {
    slots[index].state.life?.reload = nil
    let problem =
      "\(slots[index].name) has not confirmed its reload within \(spec.readyTimeout.seconds) s, and runs on"
    lastProblem = problem
    tell(.reloadNotConfirmed(reason: problem), &effects)
  }
}
