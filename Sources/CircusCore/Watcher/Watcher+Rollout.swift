import CircusModel
import CircusWire

/// Replacing processes (see `Rollout` for the stories).
extension Watcher {
  /// Begins a graceful replacement of all processes by the present definition.
  mutating func beginRollout(
    sequential: Bool, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    if rollout == .surge {
      // Overtaken before it was complete: what it has started gives way, the old ones still stand.
      for slot in slots where slot.generation == generation {
        retire(slot.id, .reload, now, &ledger, &effects)
      }
    }
    generation += 1
    // Two at a time is what a singleton must never have.
    rollout =
      sequential || spec.singleton || spec.habits.replacement == .oneByOne ? .oneByOne : .surge
    spawnFailures = 0
    lastProblem = nil
  }

  mutating func advanceRollout(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    switch rollout {
    case nil: return
    case .surge?: advanceSurge(now, &ledger, &effects)
    case .oneByOne?: advanceOneByOne(now, &ledger, &effects)
    }
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
      // What is to say that it is ready has not done so.
      case .running, .exited: return true
      case .starting, .stopped, .waiting, .spawning, .backoff, .stopping, .ending, .fatal:
        return false
      }
    }
    guard up.count >= target else { return }
    let old = slots.filter { $0.generation < generation && !$0.isSurplus }.map(\.id)
    for id in old { retire(id, .reload, now, &ledger, &effects) }
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
    guard !slots.contains(where: isBusy) else { return }
    if spec.warmup > .zero && now.instant < spawnGate {
      ledger.timers.push(spawnGate, .watcher(id))
      return
    }
    guard let next = slots.first(where: { $0.generation < generation && !$0.isSurplus }) else {
      return finishRollout(now, &ledger, &effects)
    }
    stopProcess(next.id, .reload, announcesReap: true, now, &ledger, &effects)
  }

  /// The next one waits until this one stands: a broken definition must not take down the rest.
  private func isBusy(_ slot: Slot) -> Bool {
    guard !slot.isSurplus else { return false }
    if slot.isEmptyAndWanted || slot.state.life?.isOnTrial == true { return true }
    switch slot.state {
    case .stopping, .ending, .spawning, .backoff: return true
    case .starting: return slot.generation == generation
    case .stopped, .waiting, .running, .exited, .fatal: return false
    }
  }

  mutating func finishRollout(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    rollout = nil
    ledger.publish(event(.reload, now), into: &effects)
    tell(.reloaded, &effects)
  }

  /// The new definition cannot be run: what runs stays.
  mutating func abandonRollout(
    _ failure: SpawnFailure, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    if rollout == .surge {
      for slot in slots where slot.generation == generation {
        retire(slot.id, .reload, now, &ledger, &effects)
      }
    }
    for index in slots.indices { slots[index].generation = generation }
    tell(.notReloaded(reason: failure.text), &effects)
    lastProblem = "not reloaded, the old processes stay: \(failure.text)"
    rollout = nil
  }
}
