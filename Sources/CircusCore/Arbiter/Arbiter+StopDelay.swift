import CircusModel

/// `pre_stop_delay`: between the order to end and the first stop signal, what runs goes on, so that what sends it work can
/// look elsewhere.
extension Arbiter {
  /// The stop begins, now or after the delay.
  mutating func beginStop(delays: Bool, _ now: Moment, _ effects: inout [Effect]) {
    let delay = ledger.settings.preStopDelay
    guard delays, delay > .zero, !isAllStopped else { return stopWhatRuns(now, &effects) }
    tell(.stopDelayed(delay), &effects)
    stopDelayEnd = now.instant + delay
    ledger.timers.push(now.instant + delay, .arbiter)
  }

  /// The delay may be over.
  mutating func endStopDelay(_ now: Moment, _ effects: inout [Effect]) {
    if let end = stopDelayEnd, end <= now.instant { stopWhatRuns(now, &effects) }
  }

  /// It is not waited for.
  mutating func cutStopDelay(_ now: Moment, _ effects: inout [Effect]) {
    if stopDelayEnd != nil { stopWhatRuns(now, &effects) }
  }

  private mutating func stopWhatRuns(_ now: Moment, _ effects: inout [Effect]) {
    stopDelayEnd = nil
    stopQueue = order.stopStages
    // Of what the delay has left of the time.
    if let end = ledger.stopBudget.end { stopsAll(by: end, now) }
    stopAll(cause: .shutdown, now, &effects)
  }
}
