import CircusModel
import CircusWire
import JSON

/// Ending processes: one, the surplus, or all, and their descendants with them.
extension Watcher {
  /// Starts the stop plan of one process; it holds its place unless it is surplus.
  mutating func stopProcess(
    _ process: ProcessID, _ cause: Cause, announcesReap: Bool, plan: StopPlan? = nil,
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let index = index(of: process) else { return }
    var plan = plan ?? spec.stop
    plan.grace = ledger.stopBudget.cut(plan.grace, of: id, now)
    if slots[index].state.isEnding { return hurryOrphans(index, plan, now, &ledger, &effects) }
    guard let life = slots[index].state.life else { return }
    let stop = ProcessStop(plan, cause: cause, announcesReap: announcesReap, at: now.instant)
    if let earlier = slots[index].state.stop {
      return overtake(index, earlier, stop, plan.scope, now, &ledger, &effects)
    }
    if let end = drainEnd(index, plan, cause, now, ledger) {
      return drain(index, life, stop, until: end, now, &ledger, &effects)
    }
    sendStop(index, life, stop, plan.scope, now, &ledger, &effects)
  }

  /// Sends the first signal; from there on the grace counts.
  mutating func sendStop(
    _ index: Int, _ life: Life, _ stop: ProcessStop, _ scope: SignalScope, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    var stop = stop
    (stop.drainsUntil, stop.killAt) = (nil, now.instant + stop.grace)
    if spec.stop.descendants != .none { effects.append(.noteDescendants(life.pid)) }
    signal(life.pid, stop.signal, scope, &ledger, &effects)
    ledger.publish(event(.kill, now, pid: life.pid, cause: stop.cause), into: &effects)
    tell(
      .stopSignalled(life.pid, stop.signal, isGroup: scope == .group), of: slots[index].name,
      &effects)
    enter(.stopping(life, stop), at: index, &ledger)
    if stop.grace <= .zero { kill(index, now, &ledger, &effects) }
  }

  /// Sends a signal, between its two hooks.
  func signal(
    _ pid: PID, _ signal: Signal, _ scope: SignalScope, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let arguments: JSONObject = [
      "pid": .int(Int(pid.rawValue)), "signum": .int(Int(signal.number)),
    ]
    ask(.beforeSignal, arguments, &ledger, &effects)
    effects.append(.signal(pid, signal, scope))
    ask(.afterSignal, arguments, &ledger, &effects)
  }

  /// Another stop of a process that is being stopped: a signal it has not had yet is sent, and the
  /// earlier of both deadlines holds.
  private mutating func overtake(
    _ index: Int, _ earlier: ProcessStop, _ new: ProcessStop, _ scope: SignalScope, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let life = slots[index].state.life else { return }
    var stop = earlier
    stop.cause = new.cause
    // A full stop overtaking a retirement tells the death after all.
    stop.announcesReap = new.announcesReap
    if !new.cause.isFailedStart { slots[index].failedStart = nil }
    guard !stop.wasKilled else { return enter(.stopping(life, stop), at: index, &ledger) }
    if stop.drainsUntil != nil {
      (stop.signal, stop.grace) = (new.signal, min(stop.grace, new.grace))
      // It may go on to finish what it has, unless the new order is in a hurry.
      if new.cause.isPatient, !isHurried, new.grace > .zero {
        enter(.stopping(life, stop), at: index, &ledger)
      } else {
        sendStop(index, life, stop, scope, now, &ledger, &effects)
      }
      return
    }
    if stop.signal != new.signal {
      stop.signal = new.signal
      stop.grace = new.grace
      signal(life.pid, new.signal, scope, &ledger, &effects)
      ledger.publish(event(.kill, now, pid: life.pid, cause: stop.cause), into: &effects)
    }
    stop.killAt = min(earlier.killAt, new.killAt)
    enter(.stopping(life, stop), at: index, &ledger)
    if new.grace <= .zero { kill(index, now, &ledger, &effects) }
  }

  /// The grace is over.
  mutating func kill(
    _ index: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard case .stopping(let life, var stop) = slots[index].state, !stop.wasKilled else { return }
    let pid = life.pid
    // Its descendants are found when it is dead, and the clients among them are spared.
    signal(pid, .kill, .process, &ledger, &effects)
    ledger.publish(event(.kill, now, pid: pid, cause: stop.cause), into: &effects)
    tell(.killed(pid, isGroup: spec.stop.descendants != .none), of: slots[index].name, &effects)
    (stop.wasKilled, stop.drainsUntil) = (true, nil)
    enter(.stopping(life, stop), at: index, &ledger)
  }

  /// Ends a process whose place is given up.
  mutating func retire(
    _ process: ProcessID, _ cause: Cause, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let index = index(of: process) else { return }
    let state = slots[index].state
    guard !state.isEmpty else { return slots.remove(at: index) }
    slots[index].surplus = cause
    stopProcess(process, cause, announcesReap: false, now, &ledger, &effects)
  }

  mutating func beginStop(
    _ cause: Cause, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    enter(.stopping)
    stopDeadline =
      now.instant + ledger.stopBudget.cut(spec.stop.drain + spec.stop.grace, of: id, now)
    ask(.beforeStop, [:], &ledger, &effects)
    for process in slots.map(\.id) {
      guard let index = index(of: process) else { continue }
      // Started again one by one, none comes along without an order.
      if case .stopped = desired { slots[index].isWanted = false }
      slots[index].endRest()
      if slots[index].state.pid != nil || slots[index].state.isEnding {
        stopProcess(process, cause, announcesReap: true, now, &ledger, &effects)
      } else {
        cancelStart(at: index, &ledger)
      }
    }
    dropEmptySlots()
  }

  /// What would start later is not started.
  mutating func cancelStart(at index: Int, _ ledger: inout Ledger) {
    switch slots[index].state {
    case .backoff, .waiting:
      slots[index].failures = 0
      enter(.stopped, at: index, &ledger)
    case .stopped, .spawning, .starting, .running, .stopping, .ending, .exited, .fatal: break
    }
  }

  /// circus remembers nothing of a process that is gone; supervisor keeps its state.
  var keepsEmptySlots: Bool { spec.habits.keepsStoppedSlots }

  mutating func dropEmptySlots() {
    let keeps = keepsEmptySlots
    slots.removeAll { slot in
      slot.state.isEmpty && (slot.isSurplus || !keeps)
    }
  }

  mutating func finishStop(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard phase == .stopping, !hasProcess else { return }
    dropEmptySlots()
    if leftovers == nil, !lingering.isEmpty { endLingering(&effects) }
    guard leftovers == nil else { return }
    ledger.publish(event(.stop, now, cause: stopCause), into: &effects)
    enter(.stopped)
    announcesReload = false
    tell(.stopped, &effects)
    ask(.afterStop, [:], &ledger, &effects)
    if case .stopped = desired { effects.append(.closeStreams(id, forever: false)) }
    reconcile(now, &ledger, &effects)
  }

  var stopCause: Cause {
    if case .stopped(let cause) = desired { return cause }
    return gate.pullsDown || startCause == .dependency ? .dependency : .restart
  }
}
