import CircusModel
import CircusWire

/// What processes tell of themselves, and what it means that they do not.
extension Watcher {
  /// What a process begins with; nil: it counts as running at once.
  func milestone(_ now: Moment) -> Milestone? {
    // A oneshot is up until it is done: nothing is to be waited for but its end.
    if spec.isOneshot { return nil }
    // That it has started is asked for; what it says itself is timed from there on.
    if spec.probes.has(.startup), spec.ready.isWord || spec.ready.isAsked || spec.ready == .started
    {
      return .word(by: nil)
    }
    return switch spec.ready {
    case .started: spec.startSeconds > .zero ? .age(now.instant + spec.startSeconds) : nil
    case .seconds(let time): .age(now.instant + max(time, spec.startSeconds))
    case .notify, .descriptor, .pipe, .log, .probe, .check:
      .word(by: spec.readyTimeout > .zero ? now.instant + spec.readyTimeout : nil)
    }
  }

  /// A process has told something.
  mutating func told(
    _ process: ProcessID, _ message: Notification, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let index = index(of: process), var life = slots[index].state.life else { return }
    if life.reload?.take(message) == true { life.reload = nil }
    if message.status != nil || message.errno != nil {
      let errno = message.errno.map { "error \($0)" }
      life.status = [message.status, errno].compactMap { $0 }.joined(separator: ", ")
    }
    // Said together, the end counts, as systemd has it.
    if message.isStopping {
      // At least as long as systemd grants for it: it was not asked to hurry.
      life.leavesBy = life.leavesBy ?? now.instant + max(spec.stop.grace, .seconds(90))
    } else if message.isReady {
      life.isReloading = false
    } else if message.isReloading {
      life.isReloading = true
    }
    if life != slots[index].state.life {
      slots[index].state.life = life
      if let due = life.leavesBy { ledger.timers.push(due, .process(process)) }
    }
    if let extra = message.extra { extend(index, by: extra, now, &ledger) }
    guard message.isReady, !message.isStopping else { return }
    if case .starting(let life, .word) = slots[index].state {
      becomeReady(index, life, now, &ledger, &effects)
    }
  }

  /// What is under way may take longer, if that is later than its end is now.
  private mutating func extend(
    _ index: Int, by extra: Interval, _ now: Moment, _ ledger: inout Ledger
  ) {
    let end = now.instant + extra
    switch slots[index].state {
    case .starting(let life, .word(let limit?)) where end > limit:
      enter(.starting(life, until: .word(by: end)), at: index, &ledger)
    case .stopping(let life, var stop) where !stop.wasKilled && end > stop.killAt:
      stop.killAt = end
      enter(.stopping(life, stop), at: index, &ledger)
    case .running(var life):
      if let limit = life.leavesBy { life.leavesBy = max(limit, end) }
      if let limit = life.runsUntil { life.runsUntil = max(limit, end) }
      if let limit = life.reload?.by { life.reload?.by = max(limit, end) }
      enter(.running(life), at: index, &ledger)
    default: break
    }
  }

  /// Its start is complete.
  mutating func becomeReady(
    _ index: Int, _ life: Life, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    var life = life
    life.readyAfter = (now.instant - life.startedAt).seconds
    enter(.running(life), at: index, &ledger)
    // Where the file says how long a good life is, it counts at its end.
    if !spec.backoff.isExplicit { slots[index].failures = 0 }
    tellSuccess(slots[index], &effects)
  }

  /// The channel it was to speak on has no other end any more.
  mutating func closedChannel(
    _ process: ProcessID, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let index = index(of: process), case .starting(_, .word) = slots[index].state else {
      return
    }
    failStart(
      index, .readyClosed, "it closed what it was to say on that it is ready", now, &ledger,
      &effects)
  }

  /// Another daemon started it, and it may have spoken meanwhile: it is not ended for silence.
  mutating func wasUnheard(_ process: ProcessID, _ ledger: inout Ledger) {
    guard let index = index(of: process), case .starting(var life, .word) = slots[index].state
    else { return }
    life.isUnheard = true
    enter(.starting(life, until: .word(by: nil)), at: index, &ledger)
  }

  /// A process that runs and has not come up is ended; that counts as a failed start.
  mutating func failStart(
    _ index: Int, _ cause: Cause, _ reason: String, grace: Interval = .seconds(-1),
    signal: Signal? = nil, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    tell(.notReady(reason: reason), of: slots[index].name, &effects)
    slots[index].failedStart = reason
    var plan = spec.stop
    if grace >= .zero { plan.grace = grace }
    if let signal { plan.signal = signal }
    stopProcess(
      slots[index].id, cause, announcesReap: true, plan: plan, now, &ledger, &effects)
  }

  /// It is gone: what a failed start leads to.
  mutating func startFailed(
    _ index: Int, _ reason: String, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    if spec.isOneshot {
      slots[index].lastStatus = .unknown
      return oneshotFailed(index, reason, most: mostRuns, now, &ledger, &effects)
    }
    slots[index].failures += 1
    slots[index].spawnError = reason
    switch spec.habits.failedStart {
    case .stopsProcess: programNotReplaced(index, reason, now, &ledger, &effects)
    case .stopsWatcher: workerNotReady(index, reason, now, &ledger, &effects)
    }
  }
}

extension Cause {
  /// A stop for this reason is a start that failed.
  var isFailedStart: Bool { self == .readyTimeout || self == .readyClosed || self == .startup }
}
