import CircusModel
import CircusWire

/// Watchers that are started by themselves: when, and what becomes of times that cannot be kept.
///
/// The story of a time:
///   1. an armed schedule knows its next time by the calendar, and the instant that is
///   2. the instant has come: the watcher is run, unless the run before is not over
///   3. the clock is changed, or a daemon comes up: what the clock has gone over is made up for, or told, and the next
///      time is computed anew
extension Arbiter {
  /// A run that is so little late is no missed one: an upgrade must not lose it.
  private static let patience = 60.0
  /// A step of the clock that is worth a look.
  private static let step = 1.0

  /// Arms and disarms the schedule of a watcher that something has happened to.
  mutating func keepSchedule(_ index: Int, _ now: Moment) {
    guard watchers[index].schedule != nil || watchers[index].spec.schedule.isSet else { return }
    hasSchedule = true
    // What was due before the boot is looked at there.
    guard mode != .booting else { return }
    watchers[index].settleArming(isBooted: mode == .running)
    guard let state = watchers[index].schedule else { return }
    if state.isArmed,
      state.due == nil && state.problem == nil || state.spec != watchers[index].spec.schedule
    {
      arm(index, now)
    }
    if state.isQueued, !watchers[index].isBusy, mode == .running {
      ledger.timers.push(now.instant, .schedule(watchers[index].id))
    }
  }

  /// After a change of definitions: services that have got a schedule are stopped, and run when it is time; what has lost
  /// its schedule is a service again.
  mutating func settleFormerServices(_ now: Moment, _ effects: inout [Effect]) {
    for id in watchers.filter(\.isJobUntilNow).map(\.id) {
      guard let index = index(of: id) else { continue }
      watchers[index].schedule = nil
      if watchers[index].desired != .running { start(id, cause: .configuration, now, &effects) }
    }
    for id in watchers.filter(\.isServiceUntilNow).map(\.id) {
      guard let index = index(of: id) else { continue }
      watchers[index].schedule = ScheduleState(isArmed: true)
      stop(id, cause: .configuration, now, &effects)
    }
  }

  /// Computes the next time.
  private mutating func arm(_ index: Int, _ now: Moment) {
    guard var state = watchers[index].schedule, state.isArmed else { return }
    let spec = watchers[index].spec.schedule
    let isOther = state.spec.map { $0 != spec } ?? false
    (state.spec, state.problem, state.next, state.nextText) = (spec, nil, nil, nil)
    defer {
      state.nextText = state.next.map { (zones(spec.zone) ?? .utc).text($0) }
      watchers[index].schedule = state
      if let due = state.due { ledger.timers.push(due, .schedule(watchers[index].id)) }
    }
    switch spec.timetable {
    case .every(let interval):
      if let due = state.due, !isOther, due > now.instant {
        state.next = now.wall + (due - now.instant).seconds
      } else {
        state.due = now.instant + interval
        state.next = now.wall + interval.seconds
      }
    case .calendar:
      state.due = nil
      guard let zone = zones(spec.zone) else {
        state.problem =
          "schedule.timezone = \(spec.zone): there is no such zone in the tz database of this machine"
        return
      }
      guard let next = watchers[index].nextTime(state, zone, now) else {
        state.problem = "schedule = \(spec.text): there is no such time"
        return
      }
      let late = watchers[index].jitter(host: ledger.host)
      state.next = Double(next)
      // Rather a millisecond late than one too early.
      state.due = now.instant + .seconds(max(0, Double(next) + late - now.wall) + 0.001)
    case nil:
      state.problem = "schedule = \(spec.text): \(Timetable.advice(against: spec.text) ?? "")"
    }
  }

  /// Its time may have come.
  mutating func tickSchedule(_ id: WatcherID, _ now: Moment, _ effects: inout [Effect]) {
    guard let index = index(of: id), let state = watchers[index].schedule else { return }
    guard mode == .running else {
      // All goes down: what is due now is not begun any more.
      watchers[index].schedule?.due = nil
      watchers[index].schedule?.isQueued = false
      return
    }
    if state.isQueued, !watchers[index].isBusy {
      watchers[index].schedule?.isQueued = false
      return begin(index, now, &effects)
    }
    guard state.isArmed, let due = state.due, due <= now.instant else { return }
    let (spec, next) = (watchers[index].spec.schedule, state.next)
    // The clock was put back meanwhile.
    if case .calendar? = spec.timetable, let next, now.wall < next - Self.step {
      return arm(index, now)
    }
    watchers[index].schedule?.planned = next.map { Int64($0) }
    if case .every(let interval)? = spec.timetable {
      // From start to start; what the machine has slept through is not made up for.
      let following = due + interval
      watchers[index].schedule?.due =
        following > now.instant ? following : now.instant + interval
    } else {
      watchers[index].schedule?.due = nil
    }
    arm(index, now)
    run(index, now, &effects)
  }

  private mutating func run(_ index: Int, _ now: Moment, _ effects: inout [Effect]) {
    guard watchers[index].isBusy else { return begin(index, now, &effects) }
    let watcher = watchers[index]
    switch watcher.spec.schedule.overlap {
    case .skip:
      watchers[index].schedule?.skipped += 1
      let reason = "the run before is not over"
      watcher.tell(.scheduleSkipped(reason: reason), &effects)
      watcher.publishSchedule(.scheduleSkipped, reason, now, &ledger, &effects)
    case .queue: watchers[index].schedule?.isQueued = true
    case .replace:
      watchers[index].schedule?.runs += 1
      watchers[index].schedule?.lastStart = now.wall
      restart(watcher.id, cause: .schedule, now, &effects)
    }
  }

  private mutating func begin(_ index: Int, _ now: Moment, _ effects: inout [Effect]) {
    watchers[index].schedule?.runs += 1
    watchers[index].schedule?.lastStart = now.wall
    want(watchers[index].id, cause: .schedule, now, &effects)
  }

  // MARK: steps of the clock

  /// Looks whether the clock was changed since the last event.
  mutating func watchClock(_ now: Moment, _ effects: inout [Effect]) {
    defer { lastMoment = now }
    guard let last = lastMoment else { return }
    let step = now.wall - last.wall - (now.instant - last.instant).seconds
    // While all goes down nothing is begun.
    guard abs(step) > Self.step, mode == .running else { return }
    for index in watchers.indices where watchers[index].schedule?.isArmed == true {
      clockChanged(index, by: step, now, &effects)
    }
  }

  /// The zone of the machine may be another one.
  mutating func rearmSchedules(_ now: Moment) {
    for index in watchers.indices {
      guard let state = watchers[index].schedule, state.isArmed,
        case .calendar? = watchers[index].spec.schedule.timetable,
        // One that is due now has its turn.
        state.due.map({ $0 > now.instant }) ?? true
      else { continue }
      watchers[index].schedule?.due = nil
      arm(index, now)
    }
  }

  private mutating func clockChanged(
    _ index: Int, by step: Double, _ now: Moment, _ effects: inout [Effect]
  ) {
    guard case .calendar(let expression)? = watchers[index].spec.schedule.timetable,
      let state = watchers[index].schedule
    else { return }
    // A time of the future that was had in the past means nothing after a correction.
    if let planned = state.planned,
      Double(planned) - now.wall >= Double(CronExpression.correction)
    {
      watchers[index].schedule?.planned = nil
    }
    if step > 0, let next = state.next, next <= now.wall {
      // As where summer begins: what goes by the clock is made up for, once.
      let isGap = step < Double(CronExpression.correction) && expression.isFixed
      overlook(index, next, runs: isGap, now, &effects)
    }
    watchers[index].schedule?.due = nil
    arm(index, now)
  }

  /// A time has gone by without its run.
  private mutating func overlook(
    _ index: Int, _ next: Double, runs: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    watchers[index].schedule?.planned = Int64(now.wall.rounded(.down))
    let makesUp = watchers[index].spec.schedule.missed == .once && now.wall - next < 86_400
    if runs || makesUp || now.wall - next <= Self.patience {
      return run(index, now, &effects)
    }
    watchers[index].schedule?.missed += 1
    let reason = "it was to run \(Watcher.span((now.wall - next).rounded(.down))) ago"
    watchers[index].tell(.scheduleMissed(reason: reason), &effects)
    watchers[index].publishSchedule(.scheduleMissed, reason, now, &ledger, &effects)
  }

  /// Whether times that go by without a daemon are made up for.
  package var keepsTimes: Bool {
    watchers.contains { $0.schedule?.isArmed == true && $0.spec.schedule.missed == .once }
  }

  /// Another daemon has left its schedules behind, a moment ago or long ago.
  mutating func resumeSchedules(_ now: Moment, _ effects: inout [Effect]) {
    for index in watchers.indices {
      guard let state = watchers[index].schedule, state.isArmed else { continue }
      let spec = watchers[index].spec.schedule
      if case .calendar? = spec.timetable {
        if let next = state.next, next <= now.wall {
          overlook(index, next, runs: false, now, &effects)
        }
        watchers[index].schedule?.due = nil
      } else if let due = state.due, due <= now.instant {
        // Its instant has passed: now is the next best one.
        ledger.timers.push(now.instant, .schedule(watchers[index].id))
        watchers[index].schedule?.spec = spec
        continue
      }
      watchers[index].schedule?.spec = spec
      arm(index, now)
    }
  }
}
