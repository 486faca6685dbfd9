import CircusModel
import CircusWire

/// What the answers of probes mean for a watcher's processes.
extension Watcher {
  /// What a process is to be asked as things are: nothing before its start and from its stop on.
  func kindsToAsk(_ index: Int, _ probes: Probes) -> [ProbeKind] {
    let slot = slots[index]
    guard !spec.isOneshot, slot.isUpAndStaying else { return [] }
    if probes.has(.startup), !slot.health.hasStarted { return [.startup] }
    return probes.kinds.filter { kind in
      switch kind {
      case .startup: false
      case .readiness: true
      // As long as it starts, the time for that is its limit.
      case .liveness, .memory, .cpu, .descriptors, .children, .fileAge:
        if case .running = slot.state { true } else { false }
      // Once is enough.
      case .ready: if case .starting(_, .word) = slot.state { true } else { false }
      }
    }
  }

  /// What is known of a process has changed.
  mutating func learned(
    _ change: ProbeState.Change, _ state: ProbeState, of process: ProcessID, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let index = index(of: process), let life = slots[index].state.life else { return }
    let kind = state.spec.kind
    let reason = "\(kind.title): \(state.lastWords)"
    guard change != .cannotAsk else {
      return publish(.probeError, reason, life, now, &ledger, &effects)
    }
    guard !kind.isLimit else {
      let isOver = change == .failed
      tell(
        isOver ? .exceeded(reason: reason) : .recovered(reason: reason), of: slots[index].name,
        &effects)
      return publish(
        isOver ? .limitExceeded : .limitRecovered, reason, life, now, &ledger, &effects)
    }
    slots[index].health[kind] = state.verdict
    switch (kind, change) {
    case (.startup, .passed): startupPassed(index, life, now, &ledger, &effects)
    case (.startup, _):
      failStart(
        index, .startup, "its startup probe failed (\(state.lastWords))",
        grace: state.spec.grace, now, &ledger, &effects)
    case (.ready, .passed): beReady(index, life, now, &ledger, &effects)
    case (.readiness, .passed):
      tell(.becameHealthy, of: slots[index].name, &effects)
      publish(.healthy, reason, life, now, &ledger, &effects)
      if spec.ready == .probe { beReady(index, life, now, &ledger, &effects) }
    case (.readiness, _):
      tell(.becameUnhealthy(reason: reason), of: slots[index].name, &effects)
      publish(.unhealthy, reason, life, now, &ledger, &effects)
    case (.liveness, .failed):
      tell(.becameUnhealthy(reason: reason), of: slots[index].name, &effects)
      publish(.unhealthy, reason, life, now, &ledger, &effects)
    case (.liveness, _), (.ready, _), (.memory, _), (.cpu, _), (.descriptors, _), (.children, _),
      (.fileAge, _):
      break
    }
  }

  private func publish(
    _ name: EventMessage.Name, _ reason: String, _ life: Life, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    var event = event(name, now, pid: life.pid)
    event.reason = reason
    ledger.publish(event, into: &effects)
  }

  /// Its start is complete, unless it has yet to say or to show something more.
  private mutating func startupPassed(
    _ index: Int, _ life: Life, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard case .starting(_, .word) = slots[index].state else { return }
    guard spec.ready == .started else {
      // The time for that begins here.
      let limit = spec.readyTimeout > .zero ? now.instant + spec.readyTimeout : nil
      return enter(.starting(life, until: .word(by: limit)), at: index, &ledger)
    }
    becomeReady(index, life, now, &ledger, &effects)
  }

  private mutating func beReady(
    _ index: Int, _ life: Life, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard case .starting(_, .word) = slots[index].state else { return }
    becomeReady(index, life, now, &ledger, &effects)
  }

  /// A process that does not do what it should is ended and started again, as after a failure: with its pauses, and with an
  /// end. A life that was good for long enough is not counted with the ones before.
  mutating func endBrokenLife(
    _ index: Int, _ cause: Cause, _ reason: String, grace: Interval, signal: Signal? = nil,
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let life = slots[index].state.life, !slots[index].state.isStopping else { return }
    if now.instant - life.startedAt >= goodLife { slots[index].strikes = 0 }
    slots[index].failures = slots[index].strikes
    slots[index].strikes += 1
    slots[index].respawnCause = cause
    failStart(
      index, cause, reason, grace: grace, signal: signal, now, &ledger, &effects)
  }

  /// How long a process must have lived for its failure to count as the first.
  private var goodLife: Interval {
    if spec.backoff.isExplicit { return spec.backoff.reset }
    return Interval(seconds: max(spec.startSeconds.seconds, 10) * 6)
  }
}

extension Slot {
  /// It runs, and neither it nor the daemon is about to end that.
  var isUpAndStaying: Bool {
    switch state {
    case .starting(let life, _), .running(let life): !life.isLeaving && !isSurplus
    case .stopped, .waiting, .spawning, .backoff, .stopping, .ending, .exited, .fatal: false
    }
  }

  /// It is ready, and its readiness probe passes, where there is one.
  func isHealthy(_ probes: Probes) -> Bool {
    isReady && (!probes.has(.readiness) || health.readiness == .passing)
  }
}
