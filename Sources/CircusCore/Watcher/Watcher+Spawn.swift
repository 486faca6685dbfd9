import CircusModel
import CircusWire
import JSON

/// Starting processes, and what happens when that fails.
extension Watcher {
  /// Asks for a process in this slot.
  mutating func spawn(
    _ old: ProcessID, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let index = index(of: old) else { return }
    let fresh = ledger.nextProcess(of: id)
    slots[index].id = fresh
    slots[index].generation = generation
    slots[index].attemptedWall = now.wall
    if lastStart?.complete == nil { lastStart?.spawns += 1 }
    slots[index].lastStatus = nil
    slots[index].spawnError = ""
    slots[index].health = ProbeVerdicts()
    slots[index].goodSince = nil
    enter(.spawning, at: index, &ledger)
    do {
      let plan = try LaunchPlanner.plan(
        spec, number: slots[index].number, count: target, ledger)
      ask(.beforeSpawn, [:], &ledger, &effects)
      effects.append(.spawn(fresh, plan))
    } catch {
      // The definition itself is at fault: trying again would not help.
      spawnFailures = max(spawnFailures, (mostFailures ?? 1) - 1)
      spawnFailed(fresh, error, now, &ledger, &effects)
    }
  }

  /// The one place where a process changes state.
  mutating func enter(_ state: ProcessState, at index: Int, _ ledger: inout Ledger) {
    note(slots[index].state, state, slots[index], &ledger)
    slots[index].state = state
    slots[index].reached.insert(state.stage)
    switch state {
    case .stopping(_, let stop):
      slots[index].isRenewing = stop.cause == .maxAge || stop.cause == .reload
    case .running, .fatal, .waiting, .backoff: slots[index].isRenewing = false
    case .stopped, .spawning, .starting, .ending, .exited: break
    }
    if let deadline = state.deadline { ledger.timers.push(deadline, .process(slots[index].id)) }
  }

  /// Tells the change in supervisor's terms.
  private func note(
    _ old: ProcessState, _ new: ProcessState, _ slot: Slot, _ ledger: inout Ledger
  ) {
    guard old.stage != new.stage else { return }
    var isExpected = false
    if case .exited(let status, _) = new { isExpected = spec.expects(status) }
    ledger.notices.append(
      .processState(
        ProcessTransition(
          from: old.stage, to: new.stage, process: slot.name, group: spec.group,
          pid: Int((new.pid ?? old.leader)?.rawValue ?? 0), tries: slot.failures,
          isExpected: isExpected)))
  }

  mutating func spawned(
    _ process: ProcessID, _ pid: PID, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let index = index(of: process), slots[index].state.isSpawning else { return }
    ledger.processes[pid] = process
    lingering.removeAll { $0 == pid }
    slots[index].startedWall = now.wall
    spawnFailures = 0
    var life = Life(
      Leaders(pid), startedAt: now.instant, expiresAt: drawExpiry(from: now.instant, &ledger))
    life.isOnTrial = has(.afterSpawn)
    if spec.isOneshot, spec.runTimeout > .zero { life.runsUntil = now.instant + spec.runTimeout }
    enter(milestone(now).map { .starting(life, until: $0) } ?? .running(life), at: index, &ledger)
    let cause = slots[index].respawnCause ?? startCause
    slots[index].respawnCause = nil
    let isFlapping =
      cause.isRestart && lives[slots[index].number, default: Lives()].restarted(now.wall)
    ask(.afterSpawn, ["pid": .int(Int(pid.rawValue))], &ledger, &effects)
    ledger.publish(event(.spawn, now, pid: pid, cause: cause), into: &effects)
    tell(.spawned(pid), of: slots[index].name, &effects)
    if isFlapping { publishFlapping(slots[index], pid, cause, now, &ledger, &effects) }
    if case .running = slots[index].state { tellSuccess(slots[index], &effects) }
    // A stop that overtook the start.
    if slots[index].isSurplus || phase == .stopping || !slots[index].isWanted {
      stopProcess(
        process, slots[index].surplus ?? stopCause, announcesReap: !slots[index].isSurplus, now,
        &ledger, &effects)
    }
  }

  private func publishFlapping(
    _ slot: Slot, _ pid: PID, _ cause: Cause, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let count = lives[slot.number]?.lately(now.wall) ?? 0
    var event = event(.flapping, now, pid: pid, cause: cause)
    event.reason = "\(slot.name) was started again \(count) times in 10 minutes"
    ledger.publish(event, into: &effects)
  }

  /// When `max_age` ends a life that began then. Drawn once; circus draws anew at each look, which
  /// favours early ends (B37).
  private func drawExpiry(from start: Instant, _ ledger: inout Ledger) -> Instant? {
    guard spec.maxAge > 0, !spec.isOneshot else { return nil }
    let jitter = Int.random(in: 0...max(0, spec.maxAgeVariance), using: &ledger.random)
    return start + .seconds(Double(spec.maxAge) + Double(jitter))
  }

  /// Another `max_age` for those that run.
  mutating func renewExpiries(_ now: Moment, _ ledger: inout Ledger) {
    for index in slots.indices {
      guard let life = slots[index].state.life else { continue }
      let expiry = drawExpiry(from: life.startedAt, &ledger)
      slots[index].state.life?.expiresAt = expiry
      if let expiry { ledger.timers.push(expiry, .process(slots[index].id)) }
    }
  }

  mutating func spawnFailed(
    _ process: ProcessID, _ failure: SpawnFailure, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let index = index(of: process), slots[index].state.isSpawning else { return }
    slots[index].spawnError = failure.text
    if slots[index].isSurplus || phase == .stopping || !slots[index].isWanted {
      enter(.stopped, at: index, &ledger)
      if slots[index].isSurplus || phase == .stopping && !keepsEmptySlots {
        slots.remove(at: index)
      }
      return
    }
    switch spec.habits.failedStart {
    case .stopsProcess: programFailed(index, failure, now, &ledger, &effects)
    case .stopsWatcher: workerFailed(index, failure, now, &ledger, &effects)
    }
  }

  /// circus: `max_retry` attempts at once, then the watcher is stopped. What the machine is short
  /// of is not counted but waited for.
  private mutating func workerFailed(
    _ index: Int, _ failure: SpawnFailure, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let most = mostFailures, !failure.isTransient else {
      slots[index].failures += 1
      complain(failure, now, slots[index].failures, &effects)
      return wait(index, now, &ledger)
    }
    spawnFailures += 1
    complain(failure, now, spawnFailures, &effects)
    guard spawnFailures >= most else {
      return spawn(slots[index].id, now, &ledger, &effects)
    }
    switch rollout?.way {
    case .surge?, .gradual?:
      slots.remove(at: index)
      abandonRollout(failure, now, &ledger, &effects)
    case .oneByOne?:
      slots[index].failures += 1
      wait(index, now, &ledger)
      abandonRollout(failure, now, &ledger, &effects)
    case nil:
      if servesOn { return wait(index, now, &ledger) }
      giveUp(index, failure, now, &ledger, &effects)
    }
  }

  /// supervisor: BACKOFF with one second more each time, FATAL after `startretries`.
  mutating func programFailed(
    _ index: Int, _ failure: SpawnFailure, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    if !failure.isTransient || slots[index].failures == 0 { slots[index].failures += 1 }
    tell(.spawnFailed(reason: failure.text), of: slots[index].name, &effects)
    programNotReplaced(index, failure.text, now, &ledger, &effects)
  }

  /// The start of a program's process has failed. In a reload the others stay as they are.
  mutating func programNotReplaced(
    _ index: Int, _ reason: String, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let isReplacement = rollout != nil && slots[index].generation == generation
    backOffOrGiveUp(index, now, &ledger, &effects)
    guard isReplacement else { return }
    abandonRollout(
      SpawnFailure(text: reason, isTransient: false), now, &ledger, &effects)
  }

  mutating func backOffOrGiveUp(
    _ index: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    let delay =
      ownPause(after: slots[index].failures, &ledger)
      ?? Backoff.linear(step: .seconds(1)).delay(after: slots[index].failures)
    enter(.backoff(until: now.instant + delay), at: index, &ledger)
    if isGivenUp(slots[index], after: mostFailures) {
      enter(.fatal, at: index, &ledger)
      slots[index].isWanted = false
      tell(.gaveUp, of: slots[index].name, &effects)
      concludeFailure(slots[index], slots[index].spawnError, &ledger, &effects)
    }
  }

  /// circus: pauses that double, and an end after `max_retry` failures in a row. In a reload the old ones stay.
  mutating func workerNotReady(
    _ index: Int, _ reason: String, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let failure = SpawnFailure(text: reason, isTransient: false)
    if rollout?.way.comesBeside == true, slots[index].generation == generation {
      slots.remove(at: index)
      return abandonRollout(failure, now, &ledger, &effects)
    }
    complain(failure, now, slots[index].failures, &effects)
    if rollout?.way == .oneByOne {
      wait(index, now, &ledger)
      return abandonRollout(failure, now, &ledger, &effects)
    }
    guard isGivenUp(slots[index], after: mostFailures) else {
      return wait(index, now, &ledger)
    }
    if servesOn { return wait(index, now, &ledger) }
    giveUp(index, failure, now, &ledger, &effects)
  }

  /// A replacement was given up, and old processes serve on: they are not stopped for one place.
  private var servesOn: Bool { hasFailedReload && slots.contains(where: \.isReady) }

  mutating func giveUp(
    _ index: Int, _ failure: SpawnFailure, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    tell(.notStarted(reason: failure.text), &effects)
    lastProblem = "not started: \(failure.text)"
    enter(.fatal, at: index, &ledger)
    concludeFailure(
      slots[index], failure.text, shellCode: failure.shellCode, &ledger, &effects)
    runCannotBegin(now)
    desired = .stopped(.spawnFailure)
  }

  private mutating func wait(_ index: Int, _ now: Moment, _ ledger: inout Ledger) {
    let delay = pause(after: slots[index].failures, &ledger)
    enter(.backoff(until: now.instant + delay), at: index, &ledger)
  }

  /// What `backoff` says; nil: nothing.
  private func ownPause(after failures: Int, _ ledger: inout Ledger) -> Interval? {
    guard spec.backoff.isExplicit else { return nil }
    // Drawn only where it is used: a seed means the same with and without.
    let chance = spec.backoff.jitter > 0 ? Double.random(in: 0..<1, using: &ledger.random) : 0.5
    return spec.backoff.pause(after: failures, chance: chance)
  }

  /// The pause after so many failures in a row.
  func pause(after failures: Int, _ ledger: inout Ledger) -> Interval {
    ownPause(after: failures, &ledger) ?? crashBackoff(ledger).delay(after: failures)
  }

  /// Doubling from 100 ms up to `check_delay`; a second where that is off.
  private func crashBackoff(_ ledger: Ledger) -> Backoff {
    let cap = ledger.settings.checkDelay > .zero ? ledger.settings.checkDelay : .seconds(1)
    return .exponential(base: .milliseconds(100), cap: cap)
  }

  /// It has stayed up for `startsecs`.
  func tellSuccess(_ slot: Slot, _ effects: inout [Effect]) {
    let time = slot.state.life?.readyAfter.map(Interval.init(seconds:))
    let isWord = spec.ready.isExplicit && time != nil
    tell(
      isWord ? .becameReady(after: time ?? .zero) : .becameRunning(after: spec.startSeconds),
      of: slot.name, &effects)
  }

  /// One line per run of equal failures, not one per attempt.
  private func complain(
    _ failure: SpawnFailure, _ now: Moment, _ attempt: Int, _ effects: inout [Effect]
  ) {
    guard attempt == 1 || attempt.nonzeroBitCount == 1 && attempt > 8 else { return }
    tell(.startFailed(reason: failure.text), &effects)
  }
}
