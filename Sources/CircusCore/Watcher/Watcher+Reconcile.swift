import CircusModel
import CircusWire
import JSON

/// Closing the gap between what is wanted and what is.
extension Watcher {
  mutating func reconcile(_ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]) {
    switch phase {
    case .stopped:
      guard case .running = desired, !spec.onDemand || demand.isCalled else {
        if startConsent == .given { startConsent = .unasked }
        if lastStart?.begun == nil { lastStart = nil }
        return stopWaiting(&ledger)
      }
      if lastStart?.begun != nil || lastStart == nil { lastStart = StartTimes(wanted: now.wall) }
      guard gate.isOpen && !gate.pullsDown || isForced else {
        return waitInLine(&ledger)
      }
      dropEmptyPlaces()
      guard isAgreed(.beforeStart, \.startConsent, &ledger, &effects) else { return }
      startConsent = .unasked
      demand.isCalled = false
      beginStart(now)
      reconcile(now, &ledger, &effects)
    case .starting, .active:
      if let cause = dueStop {
        // What is too much may go before.
        guard !isHeldUp else { return trim(now, &ledger, &effects) }
        isToRestart = false
        beginStop(cause, now, &ledger, &effects)
        finishStop(now, &ledger, &effects)
      } else {
        keepStrength(now, &ledger, &effects)
      }
    case .stopping: finishStop(now, &ledger, &effects)
    }
  }

  /// Whether a hook that may refuse has agreed; it is asked the first time.
  private mutating func isAgreed(
    _ name: HookName, _ consent: WritableKeyPath<Watcher, Consent>, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) -> Bool {
    guard has(name), self[keyPath: consent] != .given else { return true }
    if self[keyPath: consent] == .unasked {
      self[keyPath: consent] = .asked
      ask(name, [:], &ledger, &effects)
    }
    return false
  }

  private mutating func beginStart(_ now: Moment) {
    enter(.starting)
    hasFailedReload = false
    lastStart?.begun = now.wall
    seen = gate.epochs
    if spec.isOneshot { (runBegan, result) = (now.wall, nil) }
    spawnGate = now.instant
    for index in slots.indices { slots[index].failures = 0 }
    for number in lives.keys { lives[number]?.beginAgain() }
  }

  /// Why it is to be stopped now; nil: it is not.
  private var dueStop: Cause? {
    if case .stopped(let cause) = desired { return cause }
    if gate.pullsDown, !isForced { return .dependency }
    return isToRestart ? startCause : nil
  }

  private mutating func keepStrength(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    stopUnwanted(now, &ledger, &effects)
    advanceRollout(now, &ledger, &effects)
    fill(now, &ledger, &effects)
    // Filling may have ended it all: a command that cannot be run stops its watcher.
    guard case .running = desired else { return reconcile(now, &ledger, &effects) }
    trim(now, &ledger, &effects)
    // Trimming may have taken away what a rollout waited for.
    advanceRollout(now, &ledger, &effects)
    completeStart(now, &ledger, &effects)
    noteStart(now)
    finishReload(now, &ledger, &effects)
    finishRun(now, &effects)
    if case .stopped = desired, phase == .active { reconcile(now, &ledger, &effects) }
  }

  // MARK: up to strength

  private mutating func fill(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard !ledger.startsNothing else { return }
    var index = 0
    while index < slots.count {
      if slots[index].isEmptyAndWanted, holdsPlace(slots[index]), admitsSpawn(at: index, &ledger) {
        guard passesGate(now, &ledger) else { return }
        spawn(slots[index].id, now, &ledger, &effects)
        guard case .running = desired else { return }
      }
      index += 1
    }
    grow(now, &ledger, &effects)
  }

  /// New places, up to the target.
  private mutating func grow(_ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]) {
    var missing = roomForNew
    guard missing > 0 else { return }
    var used = Set(slots.map(\.number))
    // The smallest number that is free: from 1 in circus, from `numprocs_start` in supervisor.
    var number = spec.program?.firstNumber ?? 1
    while missing > 0 {
      // A singleton's successor waits until the old one is gone.
      if spec.singleton && hasProcess { return }
      guard gate.admitsRespawns || isForced else { return }
      guard passesGate(now, &ledger) else { return }
      while used.contains(number) { number += 1 }
      used.insert(number)
      let id = ledger.nextProcess(of: id)
      slots.append(
        Slot(id: id, number: number, name: name(of: number), generation: generation))
      spawn(id, now, &ledger, &effects)
      guard case .running = desired else { return }
      missing -= 1
    }
  }

  /// Warm-up: one spawn, then a pause. Where hooks judge spawns, one after the other: a no to the
  /// first means that the second is not called.
  private mutating func passesGate(_ now: Moment, _ ledger: inout Ledger) -> Bool {
    if has(.beforeSpawn) || has(.afterSpawn),
      slots.contains(where: { $0.state.isSpawning || $0.state.life?.isOnTrial == true })
    {
      return false
    }
    guard spec.warmup > .zero else { return true }
    guard now.instant >= spawnGate else {
      ledger.timers.push(spawnGate, .watcher(id))
      return false
    }
    spawnGate = now.instant + spec.warmup
    return true
  }

  // MARK: down to strength

  /// Too many: circus ends the oldest, a supervisor program its highest numbers.
  private mutating func trim(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    var excess = excess
    guard excess > 0 else { return }
    let candidates = slots.filter(holdsPlace).sorted {
      // Of two generations the old one goes first, of one what does not run.
      if $0.generation != $1.generation { return $0.generation < $1.generation }
      if ($0.state.pid == nil) != ($1.state.pid == nil) { return $0.state.pid == nil }
      switch spec.habits.surplus {
      case .oldest: return $0.id.serial < $1.id.serial
      case .highestNumber: return $0.number > $1.number
      }
    }
    for slot in candidates where excess > 0 {
      retire(slot.id, .scale, now, &ledger, &effects)
      excess -= 1
    }
  }

  private mutating func completeStart(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard phase == .starting else { return }
    if target == 0 && spec.habits.needsProcesses {
      // A watcher told to run no process at all does not start (circus.md, appendix A).
      desired = .stopped(.scale)
      return reconcile(now, &ledger, &effects)
    }
    guard countedSlots >= target, !slots.contains(where: isStillStarting) else { return }
    guard isAgreed(.afterStart, \.runConsent, &ledger, &effects) else { return }
    enter(.active)
    ledger.publish(event(.start, now, cause: startCause), into: &effects)
    tell(.started, &effects)
    if announcesReload {
      announcesReload = false
      finishRollout(now, &ledger, &effects)
    }
  }

  private func isStillStarting(_ slot: Slot) -> Bool {
    if slot.isEmptyAndWanted || slot.state.life?.isOnTrial == true || slot.failedStart != nil {
      return true
    }
    switch slot.state {
    case .waiting, .spawning, .starting: return true
    // It failed at once and is tried again, or the machine had no room for it yet; else this is the pause after a crash.
    case .backoff:
      return !spec.habits.crashPauseIsBackoff || slot.startedWall == 0 || spec.ready.isExplicit
    case .stopped, .running, .stopping, .ending, .exited, .fatal: return false
    }
  }
}
