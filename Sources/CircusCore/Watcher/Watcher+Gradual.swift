import CircusModel
import JSON

/// A replacement within `max_surge` and `max_unavailable`, and what all replacements wait for.
extension Watcher {
  /// Takes old processes away as far as enough others are available. New ones come by `grow`.
  mutating func advanceGradually(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    // An old place without a process is not filled again: a new one comes for it.
    for slot in slots where slot.generation < generation && !slot.isSurplus && slot.state.isEmpty {
      slots.removeAll { $0.id == slot.id }
    }
    let old = slots.filter { $0.generation < generation && !$0.isSurplus }
    let fresh = slots.filter { $0.generation == generation && !$0.isSurplus }
    let settled = fresh.count { hasHadItsTurn($0, now) }
    guard !old.isEmpty else {
      if settled >= target { finishRollout(now, &ledger, &effects) }
      return
    }
    let least = max(0, target - spec.pace.unavailable(of: target, surge: surge))
    // Those that are no use go first; as many as the new ones on their way may stand for.
    let useless = old.filter { !$0.isHealthy(spec.probes) }
    let dispensable = old.count + fresh.count - least - (fresh.count - settled)
    for slot in useless.prefix(max(0, dispensable)) {
      retire(slot.id, .reload, now, &ledger, &effects)
    }
    let useful = old.count - useless.count
    for slot in old.filter({ $0.isHealthy(spec.probes) }).prefix(
      max(0, useful + settled - least))
    {
      retire(slot.id, .reload, now, &ledger, &effects)
    }
  }

  /// New places that may be made now.
  var roomForNew: Int {
    guard rollout?.way == .gradual else { return target - countedSlots }
    let fresh = slots.count { $0.generation == generation && !$0.isSurplus }
    return min(target - fresh, target + surge - slots.count)
  }

  /// Places that are too many now.
  var excess: Int {
    guard rollout?.way == .gradual else { return countedSlots - target }
    return slots.count { !$0.isSurplus } - target - surge
  }

  // MARK: settling

  /// Notes since when new processes are ready and healthy.
  mutating func noteSettling(_ now: Moment, _ ledger: inout Ledger) {
    guard spec.pace.settling > .zero else { return }
    for index in slots.indices where slots[index].generation == generation {
      let isGood = slots[index].isHealthy(spec.probes)
      if isGood, slots[index].goodSince == nil {
        slots[index].goodSince = now.instant
        ledger.timers.push(now.instant + spec.pace.settling, .watcher(id))
      } else if !isGood, slots[index].goodSince != nil {
        slots[index].goodSince = nil
      }
    }
  }

  /// A new process counts.
  func hasSettled(_ slot: Slot, _ now: Moment) -> Bool {
    guard slot.isHealthy(spec.probes) else { return false }
    guard spec.pace.settling > .zero else { return true }
    return slot.goodSince.map { now.instant - $0 >= spec.pace.settling } ?? false
  }

  /// It is to take the place of another process, and has not been ready and healthy for long enough yet.
  func isUnsettled(_ slot: Slot, _ now: Moment) -> Bool {
    rollout != nil && !spec.isOneshot && slot.generation == generation && !hasSettled(slot, now)
  }

  private func hasHadItsTurn(_ slot: Slot, _ now: Moment) -> Bool {
    if case .exited = slot.state { return true }
    if !slot.isWanted, slot.state.isEmpty { return true }
    return hasSettled(slot, now)
  }

  // MARK: progress

  /// When it is to have gone on by; nil: at any time.
  var rolloutDeadline: Instant? {
    guard let rollout, spec.pace.timeout > .zero else { return nil }
    return rollout.since + spec.pace.timeout + spec.warmup
  }

  func watchProgress(_ ledger: inout Ledger) {
    if let deadline = rolloutDeadline { ledger.timers.push(deadline, .watcher(id)) }
  }

  /// One that does not go on for too long is given up.
  mutating func checkProgress(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let deadline = rolloutDeadline else { return }
    let progress = rolloutProgress(now)
    let score = progress.new * 2 - progress.old
    if score != rollout?.score {
      rollout?.score = score
      rollout?.since = now.instant
      return watchProgress(&ledger)
    }
    guard now.instant >= deadline else { return }
    let text =
      "no progress within \(spec.pace.timeout.seconds) s: \(progress.new) of \(target) new processes are ready"
    abandonRollout(SpawnFailure(text: text, isTransient: false), now, &ledger, &effects)
  }

  /// New processes that count, and old ones that are left.
  func rolloutProgress(_ now: Moment) -> (new: Int, old: Int) {
    (
      slots.count { $0.generation == generation && !$0.isSurplus && hasHadItsTurn($0, now) },
      slots.count { $0.generation < generation || $0.surplus == .reload }
    )
  }

  /// `reloading: 3 of 8 new, 5 old left`; nil: it is not.
  func rolloutText(_ now: Moment) -> String? {
    guard rollout != nil else { return nil }
    let progress = rolloutProgress(now)
    var text = "reloading: \(progress.new) of \(target) new, \(progress.old) old left"
    if let deadline = rolloutDeadline {
      text += "; given up without progress in \(Self.span((deadline - now.instant).seconds))"
    }
    return text
  }

  /// The same for programs; null: no reload is under way. `problem`: why the last one was given up.
  func rolloutObject(_ now: Moment) -> JSON {
    guard let rollout else {
      return hasFailedReload ? ["problem": .string(lastProblem ?? "")] : .null
    }
    let progress = rolloutProgress(now)
    var object: JSONObject = [
      "way": .string(rollout.way.rawValue), "new": .int(progress.new), "old": .int(progress.old),
      "wanted": .int(target),
    ]
    if let deadline = rolloutDeadline {
      object["patience"] = .double(max(0, (deadline - now.instant).seconds))
    }
    return .object(object)
  }
}
