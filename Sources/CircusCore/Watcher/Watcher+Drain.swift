import CircusModel
import CircusWire

/// `drain_seconds`: a process that is to stop counts as not ready at once, and has its signal a while later.
extension Watcher {
  /// When a stop that begins now sends its first signal; nil: now.
  func drainEnd(
    _ index: Int, _ plan: StopPlan, _ cause: Cause, _ now: Moment, _ ledger: Ledger
  ) -> Instant? {
    guard plan.drain > .zero, plan.grace > .zero, cause.isPatient, !isHurried,
      slots[index].isReady, phase != .stopped
    else { return nil }
    let time = ledger.stopBudget.cut(plan.drain, of: id, now)
    return time > .zero ? now.instant + time : nil
  }

  /// It goes on with what it has.
  mutating func drain(
    _ index: Int, _ life: Life, _ stop: ProcessStop, until end: Instant, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    var stop = stop
    stop.drainsUntil = end
    stop.killAt = end + stop.grace
    var event = event(.draining, now, pid: life.pid, cause: stop.cause)
    event.reason = "its stop signal comes in \((end - now.instant).seconds) s"
    ledger.publish(event, into: &effects)
    enter(.stopping(life, stop), at: index, &ledger)
  }

  /// Its time to finish is over.
  mutating func endDrain(
    _ index: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let life = slots[index].state.life, var stop = slots[index].state.stop else { return }
    stop.grace = ledger.stopBudget.cut(stop.grace, of: id, now)
    sendStop(index, life, stop, spec.stop.scope, now, &ledger, &effects)
  }
}
