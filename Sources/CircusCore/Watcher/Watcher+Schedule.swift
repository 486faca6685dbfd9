import CircusModel
import CircusWire

/// Watchers that are started by themselves, again and again.
extension Watcher {
  /// It runs, or is about to.
  var isBusy: Bool {
    isRunning || phase == .starting || phase == .stopping
      || phase == .stopped && desired == .running
  }

  /// It has got a schedule, and its processes run as those of a service: they will not end by themselves.
  var isServiceUntilNow: Bool {
    spec.schedule.isSet && schedule == nil && desired == .running && runBegan == nil && hasProcess
  }

  /// It had a schedule until a moment ago, and was to be run by it.
  var isJobUntilNow: Bool {
    !spec.schedule.isSet && schedule?.isArmed == true && !isDoomed && !spec.isOneshot
  }

  /// Whether it is started by itself, as what is wanted of it stands.
  mutating func settleArming(isBooted: Bool) {
    guard schedule != nil || spec.schedule.isSet else { return }
    guard spec.schedule.isSet, !isDoomed else { return schedule = nil }
    var state = schedule ?? ScheduleState()
    switch desired {
    // One run by hand is one run.
    case .running where startCause != .run: state.isArmed = true
    case .stopped(.boot) where isBooted && schedule == nil: state.isArmed = spec.autostart
    case .stopped(.command): state.disarm()
    case .running, .stopped: break
    }
    if let result, state.last != result { state.last = result }
    if state != schedule { schedule = state }
  }

  /// What its next time is computed with.
  func nextTime(_ state: ScheduleState, _ zone: ZoneRules, _ now: Moment) -> Int64? {
    guard case .calendar(let expression)? = spec.schedule.timetable else { return nil }
    let current = Int64(now.wall.rounded(.down))
    // What has had its turn has none again, though the clock was put back; a large step is a correction.
    var base = current
    if expression.isFixed, let planned = state.planned, planned > current,
      planned - current < CronExpression.correction
    {
      base = planned
    }
    // A moment before its second begins the clock may not show it yet.
    if let planned = state.planned, (current...current + 1).contains(planned) { base = planned }
    return expression.next(after: base, in: zone)
  }

  func publishSchedule(
    _ name: EventMessage.Name, _ reason: String, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    var event = event(name, now)
    event.reason = reason
    ledger.publish(event, into: &effects)
  }

  /// By how much it is later, which is always the same: a part of `schedule.jitter` that its name and the machine's
  /// make.
  func jitter(host: String) -> Double {
    guard spec.schedule.jitter > .zero else { return 0 }
    var sum = UInt64(14_695_981_039_346_656_037)
    for byte in "\(host) \(spec.name)".utf8 { sum = (sum ^ UInt64(byte)) &* 1_099_511_628_211 }
    return spec.schedule.jitter.seconds * Double(sum >> 11) / Double(UInt64(1) << 53)
  }
}
