import CircusModel
import CircusWire

/// Waiting for what it depends on, and what it is to those that depend on it.
extension Watcher {
  /// Whether a process that is wanted is not started, for the sake of what the watcher depends on.
  package var isWaiting: Bool {
    guard desired == .running, !isForced else { return false }
    if phase == .stopped {
      return (!gate.isOpen || gate.pullsDown) && (!spec.onDemand || demand.isCalled)
    }
    guard phase != .stopping, !gate.admitsRespawns else { return false }
    return countedSlots < target || slots.contains { $0.state == .waiting }
  }

  /// It waits for what will not come by itself.
  var isBlocked: Bool { isWaiting && gate.isShutForGood }

  /// Nothing of it starts before the gate opens.
  mutating func waitInLine(_ ledger: inout Ledger) {
    dropEmptyPlaces()
    for index in slots.indices where slots[index].isEmptyAndWanted && slots[index].state != .waiting
    {
      slots[index].failures = 0
      enter(.waiting, at: index, &ledger)
    }
  }

  /// Gives up empty places that are not wanted any more.
  mutating func dropEmptyPlaces() {
    while slots.count > target, let last = slots.lastIndex(where: { $0.state.isEmpty }) {
      slots.remove(at: last)
    }
  }

  /// It is not wanted any more, or waits for something else.
  mutating func stopWaiting(_ ledger: inout Ledger) {
    for index in slots.indices where slots[index].state == .waiting {
      enter(.stopped, at: index, &ledger)
    }
  }

  /// Whether the place of a process that ended may be filled; else it waits.
  mutating func admitsSpawn(at index: Int, _ ledger: inout Ledger) -> Bool {
    if gate.admitsRespawns || isForced { return true }
    if slots[index].state != .waiting { enter(.waiting, at: index, &ledger) }
    return false
  }

  /// A program of which nothing runs starts like one that was stopped: what it depends on is asked for again.
  mutating func beginAfresh() {
    guard gate.hasNeeds || spec.isOneshot, spec.habits.judgesProcesses, phase == .active,
      slots.allSatisfy({ $0.state.isEmpty && !$0.state.isUp })
    else { return }
    enter(.stopped)
  }

  // MARK: standing

  /// How far it is now.
  func currentStanding(_ now: Moment) -> Standing {
    var new = standing
    let wanted = wantedCount
    // One that is done once is never ready: what others wait for is its end.
    new.isReady = !spec.isOneshot && isUpToStrength(wanted, ready: true)
    new.isHealthy =
      new.isReady
      && slots.count { !$0.isSurplus && $0.isHealthy(spec.probes) }
        >= min(wanted, spec.minReady?.count(of: wanted) ?? wanted)
    new.isStarted = new.isReady || isUpToStrength(wanted, ready: false)
    new.obstacle = new.isReady ? nil : obstacle(wanted)
    new.completion = completion
    new.isTakenDown = isTakenDown
    new.isToRestart = isToRestart
    guard new.isReady != standing.isReady else { return new }
    new.since = now.wall
    if new.isReady, !restartsAlone { new.epoch += 1 }
    return new
  }

  /// All its processes are up, and count when they have lived for a while (`ready = seconds:N`).
  var isAging: Bool {
    guard case .seconds = spec.ready else { return false }
    return slots.count { !$0.isSurplus && $0.state.isUp } >= wantedCount
  }

  /// Tells how far it is, where that is news.
  mutating func take(
    _ new: Standing, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    if new.isReady != standing.isReady {
      let event = event(new.isReady ? .ready : .lost, now, cause: lossCause(new))
      ledger.publish(event, into: &effects)
      if new.isReady { restartsAlone = false }
    }
    standing = new
  }

  /// Notes when the start under way was complete; a oneshot's is when it is done.
  mutating func noteStart(_ now: Moment) {
    guard let times = lastStart, times.begun != nil, times.complete == nil, !spec.isOneshot,
      slots.contains(where: \.isReady), isUpToStrength(wantedCount, ready: true)
    else { return }
    lastStart?.complete = now.wall
  }

  private func lossCause(_ new: Standing) -> Cause? {
    guard !new.isReady else { return nil }
    if case .stopped(let cause) = desired { return cause }
    return phase == .stopping ? .restart : .crash
  }

  /// Processes of this start, those that gave up included.
  private var wantedCount: Int {
    guard spec.habits.judgesProcesses else {
      return max(0, target - slots.count { !$0.isSurplus && !$0.isWanted })
    }
    return slots.count { !$0.isSurplus && ($0.isWanted || $0.state == .fatal) }
  }

  /// `isReady`: whether ready is asked for, or only started.
  private func isUpToStrength(_ wanted: Int, ready isReady: Bool) -> Bool {
    // Asleep, its socket is open for it.
    if spec.onDemand { return desired == .running && phase != .stopping }
    guard wanted > 0, desired == .running, phase == .active || phase == .starting else {
      return false
    }
    let was = isReady ? standing.isReady : standing.isStarted
    let up = slots.count {
      !$0.isSurplus && ((isReady ? $0.isReady : $0.isStarted) || was && $0.isBeingReplaced)
    }
    if was { return up >= min(wanted, spec.minReady?.count(of: wanted) ?? 1) }
    // After `after_start` has agreed; a number of its own does not wait for the others.
    let isAsked = isReady || !spec.ready.isExplicit
    guard phase == .active || spec.minReady != nil || !isAsked else { return false }
    return up >= (spec.minReady?.count(of: wanted) ?? wanted)
  }

  /// Its end, where it has one of which it does not come back by itself.
  private var completion: Standing.Completion? {
    if spec.isOneshot { return result.map { $0.isSuccess ? .success : .failure } }
    guard spec.mayEnd else { return nil }
    if spec.habits.judgesProcesses {
      guard desired == .running, !slots.isEmpty,
        slots.allSatisfy({ if case .exited = $0.state { !$0.isWanted } else { false } })
      else { return nil }
    } else {
      guard desired == .stopped(.exit) else { return nil }
    }
    let ends = lives.values.compactMap(\.lastExit)
    return ends.allSatisfy { spec.expects($0.status) } ? .success : .failure
  }

  private func obstacle(_ wanted: Int) -> Standing.Obstacle? {
    if let result, !isRunning {
      return result.isSuccess ? .ended : .gaveUp(startProblem ?? "it failed")
    }
    if isRunning, desired == .running { return isBlocked ? .dependency : nil }
    switch desired {
    case .stopped(.exit): return .ended
    case .stopped(.spawnFailure), .stopped(.hook):
      return .gaveUp(startProblem ?? "it could not be started")
    case .stopped: return .stopped
    case .running: break
    }
    if isBlocked { return .dependency }
    let lost = slots.count { $0.state == .fatal }
    if lost > 0, wanted - lost < (spec.minReady?.count(of: wanted) ?? wanted) {
      return .gaveUp(startProblem ?? "FATAL")
    }
    guard wanted == 0 else { return nil }
    return target > 0 && !slots.isEmpty ? .ended : .noProcessWanted
  }
}

extension Slot {
  /// Its process counts as ready.
  var isReady: Bool {
    if case .running(let life) = state { !life.isOnTrial && !life.isLeaving } else { false }
  }

  /// Its process is up, whether it has said that it is ready or not.
  var isStarted: Bool {
    if case .starting(let life, .word) = state { !life.isOnTrial } else { isReady }
  }

  /// It is ready again in a moment: its process gives way to a new one, and nothing went wrong.
  var isBeingReplaced: Bool { isRenewing && failures == 0 }
}
