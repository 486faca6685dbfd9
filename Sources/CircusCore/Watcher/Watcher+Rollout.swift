import CircusModel
import CircusWire
import JSON

/// Replacing processes (see `Rollout` for the stories).
extension Watcher {
  /// Begins a graceful replacement of all processes by the present definition.
  mutating func beginRollout(
    sequential: Bool, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    if rollout?.way.comesBeside == true {
      // Overtaken before it was complete: what it has started gives way, the old ones still stand.
      retireNew(now, &ledger, &effects)
    }
    generation += 1
    rollout = Rollout(way(sequential), at: now.instant)
    spawnFailures = 0
    hasFailedReload = false
    // Begun in the middle of a start that is a reload itself: this one tells when both are done.
    announcesReload = false
    lastProblem = nil
    watchProgress(&ledger)
  }

  private func way(_ sequential: Bool) -> Rollout.Way {
    // Two at a time is what a singleton must never have.
    if sequential || spec.singleton || spec.habits.replacement == .oneByOne { return .oneByOne }
    guard spec.pace.isGradual else { return .surge }
    return surge == 0 ? .oneByOne : .gradual
  }

  /// Processes on top of the wanted ones.
  var surge: Int { spec.pace.surge(of: target) }

  mutating func advanceRollout(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let way = rollout?.way else { return }
    noteSettling(now, &ledger)
    switch way {
    case .surge: advanceSurge(now, &ledger, &effects)
    case .gradual: advanceGradually(now, &ledger, &effects)
    case .oneByOne: advanceOneByOne(now, &ledger, &effects)
    }
    checkProgress(now, &ledger, &effects)
  }

  private mutating func advanceSurge(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    let fresh = slots.filter { $0.generation == generation && !$0.isSurplus }
    // One that already ended for good, or was stopped by itself, has had its turn.
    let up = fresh.filter { slot in
      guard slot.state.life?.isOnTrial != true else { return false }
      if !slot.isWanted && slot.state.pid == nil && !slot.state.isSpawning { return true }
      switch slot.state {
      case .running: return hasSettled(slot, now)
      case .exited: return true
      // What is to say that it is ready has not done so.
      case .starting, .stopped, .waiting, .spawning, .backoff, .stopping, .ending, .fatal:
        return false
      }
    }
    guard up.count >= target else { return }
    retireOld(now, &ledger, &effects)
    finishRollout(now, &ledger, &effects)
  }

  private mutating func advanceOneByOne(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    // Nothing runs there (backoff, exited): the next spawn is of the new generation anyway.
    for index in slots.indices where slots[index].generation < generation {
      if slots[index].state.pid == nil && !slots[index].state.isSpawning {
        slots[index].generation = generation
      }
    }
    let most = spec.singleton ? 1 : spec.pace.unavailable(of: target, surge: 0)
    var busy = slots.count { isBusy($0, now) }
    while busy < most {
      if spec.warmup > .zero && now.instant < spawnGate {
        ledger.timers.push(spawnGate, .watcher(id))
        return
      }
      guard
        let next = slots.first(where: {
          $0.generation < generation && !$0.isSurplus && !$0.state.isStopping
        })
      else { break }
      stopProcess(next.id, .reload, announcesReap: true, now, &ledger, &effects)
      busy += 1
    }
    guard busy == 0, !slots.contains(where: { $0.generation < generation && !$0.isSurplus })
    else { return }
    finishRollout(now, &ledger, &effects)
  }

  /// The next one waits until this one stands: a broken definition must not take down the rest.
  private func isBusy(_ slot: Slot, _ now: Moment) -> Bool {
    guard !slot.isSurplus else { return false }
    if slot.isEmptyAndWanted || slot.state.life?.isOnTrial == true { return true }
    switch slot.state {
    case .stopping, .ending, .spawning, .backoff: return true
    case .starting: return slot.generation == generation
    case .running: return slot.generation == generation && !hasSettled(slot, now)
    case .stopped, .waiting, .exited, .fatal: return false
    }
  }

  mutating func finishRollout(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    rollout = nil
    former = nil
    ledger.publish(event(.reload, now), into: &effects)
    tell(.reloaded, &effects)
  }

  // MARK: giving up

  /// The new definition cannot be run, or does not get ready: what runs stays, and so does its definition.
  mutating func abandonRollout(
    _ failure: SpawnFailure, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    if rollout?.way.comesBeside == true { retireNew(now, &ledger, &effects) }
    for index in slots.indices { slots[index].generation = generation }
    tell(.notReloaded(reason: failure.text), &effects)
    lastProblem = "not reloaded, the old processes stay: \(failure.text)"
    var event = event(.reloadFailed, now)
    event.reason = failure.text
    ledger.publish(event, into: &effects)
    rollout = nil
    hasFailedReload = true
    guard let former else { return }
    // What is started from now on is started as it was; the next reload tries the new definition again.
    rejected = WatcherDefinition(spec: spec, edits: edits)
    (spec, edits) = (former.spec, former.edits)
    self.former = nil
  }

  /// A reload tries the definition again that an earlier one could not.
  mutating func takeRejected() {
    guard let again = rejected else { return }
    former = WatcherDefinition(spec: spec, edits: edits)
    (spec, edits) = (again.spec, again.edits)
    rejected = nil
  }

  mutating func retireNew(_ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]) {
    for slot in slots where slot.generation == generation && !slot.isSurplus {
      retire(slot.id, .reload, now, &ledger, &effects)
    }
  }

  mutating func retireOld(_ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]) {
    for slot in slots where slot.generation < generation && !slot.isSurplus {
      retire(slot.id, .reload, now, &ledger, &effects)
    }
  }
}
