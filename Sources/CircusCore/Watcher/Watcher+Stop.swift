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
    slots[index].cause = cause
    slots[index].announcesReap = slots[index].announcesReap && announcesReap
    guard let pid = slots[index].state.pid else { return }
    if slots[index].state.isStopping {
      // A full stop overtaking a retirement tells the death after all.
      slots[index].announcesReap = announcesReap
      return overtake(index, pid, plan ?? spec.stop, now, &ledger, &effects)
    }
    let plan = plan ?? spec.stop
    slots[index].stopSignal = plan.signal
    slots[index].stopGrace = plan.grace
    if plan.takesDescendants { effects.append(.noteDescendants(pid)) }
    signal(pid, plan.signal, plan.scope, &ledger, &effects)
    ledger.publish(event(.kill, now, pid: pid, cause: cause), into: &effects)
    effects.append(
      spec.dialect == .supervisor
        ? .log(
          .debug,
          "killing \(slots[index].name) (pid \(pid)) "
            + "\(plan.scope == .group ? "process group " : "")with signal \(plan.signal.name)")
        : .log(.debug, "sending signal \(plan.signal.number) to \(pid) [\(spec.name)]"))
    let killAt = now.instant + plan.grace
    enter(.stopping(pid, killAt: killAt, wasKilled: false), at: index, &ledger)
    if plan.grace <= .zero { kill(index, now, &ledger, &effects) }
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
    _ index: Int, _ pid: PID, _ plan: StopPlan, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard case .stopping(_, let killAt, false) = slots[index].state else { return }
    if slots[index].stopSignal != plan.signal {
      slots[index].stopSignal = plan.signal
      slots[index].stopGrace = plan.grace
      signal(pid, plan.signal, plan.scope, &ledger, &effects)
      ledger.publish(
        event(.kill, now, pid: pid, cause: slots[index].cause), into: &effects)
    }
    let earlier = min(killAt, now.instant + plan.grace)
    enter(.stopping(pid, killAt: earlier, wasKilled: false), at: index, &ledger)
    if plan.grace <= .zero { kill(index, now, &ledger, &effects) }
  }

  /// The grace is over.
  mutating func kill(
    _ index: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard case .stopping(let pid, let killAt, false) = slots[index].state else { return }
    let scope: SignalScope = spec.stop.takesDescendants ? .tree : .process
    signal(pid, .kill, scope, &ledger, &effects)
    ledger.publish(event(.kill, now, pid: pid, cause: slots[index].cause), into: &effects)
    let name = spec.dialect == .supervisor ? slots[index].name : spec.name
    effects.append(.log(.warning, "killing '\(name)' (\(pid)) with SIGKILL"))
    if spec.dialect == .supervisor {
      let group = spec.stop.takesDescendants ? "process group " : ""
      effects.append(
        .log(.debug, "killing \(name) (pid \(pid)) \(group)with signal SIGKILL"))
    }
    enter(.stopping(pid, killAt: killAt, wasKilled: true), at: index, &ledger)
  }

  /// Ends a process whose place is given up.
  mutating func retire(
    _ process: ProcessID, _ cause: Cause, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let index = index(of: process) else { return }
    guard slots[index].state.pid != nil || slots[index].state.isSpawning else {
      drop(index)
      return
    }
    slots[index].isSurplus = true
    stopProcess(process, cause, announcesReap: false, now, &ledger, &effects)
  }

  mutating func beginStop(
    _ cause: Cause, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    phase = .stopping
    ask(.beforeStop, [:], &ledger, &effects)
    rollout = nil
    for process in slots.map(\.id) {
      guard let index = index(of: process) else { continue }
      // Started again one by one, none comes along that nobody asked for.
      if case .stopped = desired { slots[index].isWanted = false }
      slots[index].restsUntil = nil
      if slots[index].state.pid != nil {
        stopProcess(process, cause, announcesReap: true, now, &ledger, &effects)
      } else if case .backoff = slots[index].state {
        slots[index].failures = 0
        enter(.stopped, at: index, &ledger)
      }
    }
    dropEmptySlots()
  }

  /// circus remembers nothing of a process that is gone; supervisor keeps its state.
  var keepsEmptySlots: Bool { spec.dialect == .supervisor }

  mutating func dropEmptySlots() {
    let keeps = keepsEmptySlots
    slots.removeAll { $0.state.pid == nil && !$0.state.isSpawning && ($0.isSurplus || !keeps) }
  }

  mutating func finishStop(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard phase == .stopping, !hasProcess else { return }
    dropEmptySlots()
    if spec.stop.takesDescendants {
      descendants.look(after: descendants.lingering)
      descendants.lingering = []
    }
    sweepIfQuiet(&effects)
    guard descendants.areGone else { return }
    ledger.publish(event(.stop, now, cause: stopCause), into: &effects)
    phase = .stopped
    rollout = nil
    announcesReload = false
    if spec.dialect == .circus { effects.append(.log(.info, "\(spec.name) stopped")) }
    ask(.afterStop, [:], &ledger, &effects)
    if case .stopped = desired { effects.append(.closeStreams(id, forever: false)) }
    reconcile(now, &ledger, &effects)
  }

  var stopCause: Cause {
    if case .stopped(let cause) = desired { return cause }
    return .restart
  }

  // MARK: descendants

  /// Looks for what outlived its leader; in a full stop once for all, when the last one is down.
  mutating func sweepIfQuiet(_ effects: inout [Effect]) {
    guard !descendants.leaders.isEmpty, !descendants.isSweeping, descendants.remaining.isEmpty,
      phase != .stopping || !slots.contains(where: \.state.isStopping)
    else { return }
    descendants.isSweeping = true
    effects.append(.sweep(id, leaders: descendants.leaders))
  }

  mutating func swept(
    _ remains: [Remain], _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard descendants.isSweeping else { return }
    descendants.isSweeping = false
    if remains.isEmpty { return descendants.end() }
    descendants.rounds += 1
    let names = remains.map { "\($0.pid) (\($0.command))" }.joined(separator: ", ")
    if descendants.rounds > 10 {
      effects.append(.log(.error, "\(spec.name): cannot be ended: \(names)"))
      return descendants.end()
    }
    // Children of a shell script are nothing unusual; whoever ignores the signal is.
    effects.append(
      .log(
        descendants.rounds == 1 ? .info : .warning,
        "\(spec.name): outlived their leader, ending them: \(names)"))
    for remain in remains {
      descendants.remaining.insert(remain.pid)
      ledger.remains[remain.pid] = id
    }
    // Asked once; whoever appears after that has had its chance.
    let isFirst = descendants.rounds == 1
    effects.append(.signalRemains(remains.map(\.pid), isFirst ? spec.stop.signal : .kill))
    let grace = isFirst ? min(spec.stop.grace, .seconds(2)) : .seconds(1)
    descendants.killAt = now.instant + grace
    ledger.timers.push(now.instant + grace, .watcher(id))
  }

  /// A leftover is dead.
  mutating func remainExited(_ pid: PID) {
    descendants.remaining.remove(pid)
  }

  /// The time of leftovers is up: kill what is there and look again.
  mutating func killRemains(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let killAt = descendants.killAt, now.instant >= killAt else { return }
    descendants.killAt = nil
    guard !descendants.remaining.isEmpty else { return }
    effects.append(.signalRemains(descendants.remaining.sorted(), .kill))
    for pid in descendants.remaining { ledger.remains[pid] = nil }
    descendants.remaining = []
  }
}
