import CircusModel
import CircusWire
import JSON

/// What a death means.
extension Watcher {
  mutating func exited(
    _ process: ProcessID, _ pid: PID, _ status: ExitStatus, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let index = index(of: process), let life = slots[index].state.life,
      life.leaders.living.contains(pid),
      !goesOn(index, without: pid, status, now, &ledger, &effects)
    else { return }
    if let stop = slots[index].state.stop {
      stoppedExit(index, life, stop, status, now, &ledger, &effects)
    } else {
      naturalExit(index, life, status, now, &ledger, &effects)
    }
  }

  /// We ended it.
  private mutating func stoppedExit(
    _ index: Int, _ life: Life, _ stop: ProcessStop, _ status: ExitStatus, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    let pid = life.pid
    if stop.announcesReap && !stop.isUnannounced {
      tellDeath(pid, status, stop.cause, processStatus: .null, now, &ledger, &effects)
    }
    tell(.stopped(pid, status, isExpected: spec.expects(status)), of: slots[index].name, &effects)
    slots[index].endedWall = now.wall
    slots[index].lastStatus = status
    lives[slots[index].number, default: Lives()].ended(status, wasAsked: true, now.wall)
    guard spec.stop.descendants != .none else {
      return becomeStopped(index, now, &ledger, &effects)
    }
    endOrphans(of: life.leaders.all, at: index, after: stop, &ledger, &effects)
  }

  /// It ended by itself.
  private mutating func naturalExit(
    _ index: Int, _ life: Life, _ status: ExitStatus, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let pid = life.pid
    let isExpected = spec.expects(status)
    let age = now.instant - life.startedAt
    let isTooQuick: Bool
    switch slots[index].state {
    // The timer may not have told yet that it had lived long enough.
    case .starting(_, .age(let instant)): isTooQuick = now.instant < instant
    case .starting(_, .word): isTooQuick = true
    // One that replaces another one, and does not count yet.
    default: isTooQuick = isUnsettled(slots[index], now)
    }
    // 1 is circus's number for "dead or a zombie"; after a stop of its own it has none.
    tellDeath(pid, status, isExpected ? .exit : .crash, processStatus: 1, now, &ledger, &effects)
    // Too quick is a failure for supervisor, whatever the status.
    let isFine = isExpected && !isTooQuick
    tell(.exited(pid, status, isExpected: isFine), of: slots[index].name, &effects)
    for leader in life.leaders.all { linger(leader) }
    lives[slots[index].number, default: Lives()].ended(status, wasAsked: false, now.wall)
    slots[index].respawnCause = isExpected ? .exit : .crash
    slots[index].endedWall = now.wall
    guard slots[index].isWanted else {
      // It was to be stopped, after what depends on it.
      slots[index].lastStatus = status
      return enter(.exited(status, until: nil), at: index, &ledger)
    }
    concludeExit(slots[index], status, &ledger, &effects)
    if spec.onDemand && isLast(index) {
      enter(.exited(status, until: nil), at: index, &ledger)
      return fallAsleep(age, now, &ledger, &effects)
    }
    if spec.isOneshot {
      return oneshotExited(index, status, now, &ledger, &effects)
    }
    let action = spec.exitActions[status: status]
    if isTooQuick, !(action == .stop && leavesAtOnce) {
      // Another attempt would end like this one.
      if action == .stop {
        slots[index].failures = max(slots[index].failures, (mostFailures ?? 1) - 1)
      }
      return startFailed(index, tooQuickReason(index, status, now), now, &ledger, &effects)
    }
    slots[index].lastStatus = status
    if !isExpected { slots[index].spawnError = "Bad exit code \(max(-1, status.code))" }
    if case .starting = slots[index].state {
      // The timer has not told yet that it had lived long enough.
      enter(.running(life), at: index, &ledger)
      if !spec.backoff.isExplicit { slots[index].failures = 0 }
      tellSuccess(slots[index], &effects)
    }
    let restarts =
      action.map { $0 == .restart } ?? spec.restart.restarts(afterExpected: isExpected)
    guard restarts else {
      return leave(index, status, &ledger)
    }
    if rollout?.way.comesBeside == true, slots[index].generation < generation {
      return slots.remove(at: index)
    }
    delayIfYoung(index, age, status, now, &ledger, &effects)
  }

  /// A process that is not to be started again leaves its place, though it was not ready yet: circus knows no attempts.
  private var leavesAtOnce: Bool { spec.habits.failedStart == .stopsWatcher && rollout == nil }

  private func tooQuickReason(_ index: Int, _ status: ExitStatus, _ now: Moment) -> String {
    if spec.ready.isExplicit { return "Exited before it was ready (\(status.description))" }
    if isUnsettled(slots[index], now) {
      return "a new process ended before it counted (\(status.description))"
    }
    return "Exited too quickly (process log may have details)"
  }

  private func tellDeath(
    _ pid: PID, _ status: ExitStatus, _ cause: Cause?, processStatus: JSON, _ now: Moment,
    _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    var arguments: JSONObject = [
      "process_pid": .int(Int(pid.rawValue)), "time": .double(now.wall),
    ]
    ask(.beforeReap, arguments, &ledger, &effects)
    ledger.publish(
      event(.reap, now, pid: pid, exitCode: status == .unknown ? nil : status.code, cause: cause),
      into: &effects)
    arguments["exit_code"] = status == .unknown ? .null : .int(status.code)
    arguments["process_status"] = processStatus
    ask(.afterReap, arguments, &ledger, &effects)
  }

  /// Not to be replaced; circus stops the watcher with the last one.
  private mutating func leave(_ index: Int, _ status: ExitStatus, _ ledger: inout Ledger) {
    enter(.exited(status, until: nil), at: index, &ledger)
    slots[index].isWanted = false
    guard spec.habits.stopsWithLastExit, phase == .active, !slots.contains(where: { $0.state.isUp })
    else {
      return
    }
    desired = .stopped(.exit)
  }

  /// At once, unless it died young: a crash loop must not burn the machine. A kill from outside
  /// is no crash.
  private mutating func delayIfYoung(
    _ index: Int, _ age: Interval, _ status: ExitStatus, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let youth = spec.backoff.isExplicit ? spec.backoff.reset : Self.youth
    if age >= youth { slots[index].failures = 0 }
    // Fifty lives of milliseconds in a row are no operator's work: the program kills itself, or the
    // kernel does for want of memory.
    let isQuick = status.wasKilledFromOutside && age < .milliseconds(5)
    slots[index].quickKills = isQuick ? slots[index].quickKills + 1 : 0
    // Where pauses are asked for, SIGKILL counts as a failure: it is how the kernel ends what uses too much memory.
    let isCounted = slots[index].quickKills >= 50 || spec.backoff.isExplicit && status.wasKilled
    let isForeign = status.wasKilledFromOutside && !isCounted
    enter(.exited(status, until: nil), at: index, &ledger)
    guard age < youth, !isForeign else { return }
    slots[index].failures += 1
    let plan = spec.backoff
    if isGivenUp(slots[index], after: backoffLimit) {
      return giveUpRestarting(index, status, now, &ledger, &effects)
    }
    let delay = pause(after: slots[index].failures, &ledger)
    if spec.habits.crashPauseIsBackoff || plan.isExplicit && delay > .zero {
      if spec.habits.judgesProcesses, slots[index].spawnError.isEmpty {
        slots[index].spawnError = status.description
      }
      return enter(.backoff(until: now.instant + delay), at: index, &ledger)
    }
    // The process is EXITED until it is started again.
    let due = now.instant + (plan.isExplicit ? .zero : min(delay, .seconds(1)))
    enter(.exited(status, until: due), at: index, &ledger)
  }

  /// It has ended too often in a row (`backoff.limit`).
  private mutating func giveUpRestarting(
    _ index: Int, _ status: ExitStatus, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let reason =
      "\(slots[index].failures) failures in a row (backoff.limit), the last one: \(status.description)"
    switch spec.habits.failedStart {
    case .stopsProcess:
      slots[index].spawnError = reason
      enter(.fatal, at: index, &ledger)
      slots[index].isWanted = false
      tell(.gaveUp, of: slots[index].name, &effects)
      concludeFailure(slots[index], reason, &ledger, &effects)
    case .stopsWatcher:
      giveUp(index, SpawnFailure(text: reason, isTransient: false), now, &ledger, &effects)
    }
  }

  /// A deadline of one process: healthy, due again, out of grace, or too old.
  mutating func tick(
    _ process: ProcessID, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let index = index(of: process) else { return }
    switch slots[index].state {
    case .starting(let life, .age(let instant)) where now.instant >= instant:
      becomeReady(index, life, now, &ledger, &effects)
    case .starting(_, .word(let limit?)) where now.instant >= limit:
      let seconds = spec.readyTimeout.seconds.description
      failStart(
        index, .readyTimeout, "it was not ready within \(seconds) s", now, &ledger, &effects)
    case .backoff(let until?) where now.instant >= until:
      enter(.backoff(until: nil), at: index, &ledger)
    case .exited(_, let until?) where now.instant >= until: slots[index].endRest()
    case .stopping(_, let stop) where stop.drainsUntil != nil:
      if let end = stop.drainsUntil, now.instant >= end { endDrain(index, now, &ledger, &effects) }
    case .stopping(let life, let stop) where !stop.wasKilled && now.instant >= stop.killAt:
      // A hook still thinks: the grace begins when the signal is sent.
      guard !outbox.holdsSignal(for: life.pid) else {
        // What is held may be another signal, which begins no new grace: look again.
        return ledger.timers.push(now.instant + .seconds(1), .process(process))
      }
      kill(index, now, &ledger, &effects)
    case .running(let life) where life.runsUntil.map { now.instant >= $0 } ?? false:
      let seconds = spec.runTimeout.seconds.description
      failStart(
        index, .runTimeout, "it ran for longer than \(seconds) s", now, &ledger, &effects)
    case .running(let life) where life.reload?.by.map { now.instant >= $0 } ?? false:
      missedReload(index, &effects)
    case .running(let life) where life.leavesBy.map { now.instant >= $0 } ?? false:
      stopProcess(process, .exit, announcesReap: true, now, &ledger, &effects)
    case .running(let life):
      guard let expiry = life.expiresAt, now.instant >= expiry else { return }
      slots[index].respawnCause = .maxAge
      stopProcess(process, .maxAge, announcesReap: false, now, &ledger, &effects)
    case .ending: tickOrphans(index, now, &ledger, &effects)
    case .stopped, .waiting, .spawning, .starting, .backoff, .stopping, .exited, .fatal: break
    }
  }
}
