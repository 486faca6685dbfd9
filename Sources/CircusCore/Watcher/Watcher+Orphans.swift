import CircusModel

/// Ending what stopped processes left behind (see `Orphans` for the story). A stop is over, for circus,
/// supervisor's clients and events alike, when all of it is gone: only then are ports and files free.
extension Watcher {
  /// A stopped process is dead: its place is taken until its orphans are gone.
  mutating func endOrphans(
    of leaders: [PID], at index: Int, after stop: ProcessStop, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    var orphans = Orphans(
      of: leaders, signal: stop.signal, killAt: stop.killAt,
      isPatient: stop.grace > .zero && !isHurried)
    orphans.isFailedStart = stop.cause.isFailedStart
    enter(.ending(orphans), at: index, &ledger)
    effects.append(orphans.sweep(for: id))
  }

  /// A full stop ends the orphans of processes that had died by themselves, too.
  mutating func endLingering(_ effects: inout [Effect]) {
    guard spec.stop.descendants != .none else { return }
    let orphans = Orphans(
      of: lingering, signal: spec.stop.signal, killAt: stopDeadline,
      isPatient: spec.stop.grace > .zero && !isHurried)
    lingering = []
    leftovers = orphans
    effects.append(orphans.sweep(for: id))
  }

  /// Enough to remember a long crash loop, bounded all the same.
  mutating func linger(_ pid: PID) {
    if lingering.count == 4_096 { lingering.removeFirst() }
    lingering.append(pid)
  }

  /// The shell has looked.
  mutating func swept(
    _ leaders: [PID], _ found: [Orphan], _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let policy = spec.stop.descendants
    let wanted = Set(leaders)
    if var orphans = leftovers, orphans.isAsked(wanted) {
      let own = found.filter { orphans.leaders.contains($0.leader) }
      let isDone = orphans.take(own, policy, spec.name, now, &effects)
      forget(orphans, isDone, &ledger)
      leftovers = isDone ? nil : orphans
      if !isDone { remember(orphans, .watcher(id), &ledger) }
    }
    for process in slots.map(\.id) {
      guard let index = index(of: process), case .ending(var orphans) = slots[index].state,
        orphans.isAsked(wanted)
      else { continue }
      let own = found.isEmpty ? [] : found.filter { orphans.leaders.contains($0.leader) }
      let isDone = orphans.take(own, policy, spec.name, now, &effects)
      forget(orphans, isDone, &ledger)
      if isDone {
        becomeStopped(index, now, &ledger, &effects)
      } else {
        enter(.ending(orphans), at: index, &ledger)
        remember(orphans, .process(process), &ledger)
      }
    }
  }

  private func remember(
    _ orphans: Orphans, _ subject: TimerHeap.Subject, _ ledger: inout Ledger
  ) {
    for pid in orphans.remaining.keys { ledger.orphans[pid] = id }
    if let deadline = orphans.deadline { ledger.timers.push(deadline, subject) }
  }

  private func forget(_ orphans: Orphans, _ isDone: Bool, _ ledger: inout Ledger) {
    guard isDone else { return }
    for pid in orphans.remaining.keys { ledger.orphans[pid] = nil }
  }

  /// Nothing of it is left.
  mutating func becomeStopped(
    _ index: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    let failure = slots[index].failedStart
    slots[index].failedStart = nil
    if let failure, slots[index].isWanted, !slots[index].isSurplus, phase != .stopping {
      return startFailed(index, failure, now, &ledger, &effects)
    }
    enter(.stopped, at: index, &ledger)
    slots[index].failures = 0
    if slots[index].isSurplus || (phase == .stopping && !keepsEmptySlots) {
      slots.remove(at: index)
    }
  }

  /// An orphan is dead.
  mutating func orphanExited(_ pid: PID, _ ledger: inout Ledger, _ effects: inout [Effect]) {
    if var orphans = leftovers, orphans.remaining[pid] != nil {
      if orphans.exited(pid) { effects.append(orphans.sweep(for: id)) }
      leftovers = orphans
      return
    }
    for index in slots.indices {
      guard case .ending(var orphans) = slots[index].state, orphans.remaining[pid] != nil else {
        continue
      }
      if orphans.exited(pid) { effects.append(orphans.sweep(for: id)) }
      enter(.ending(orphans), at: index, &ledger)
      return
    }
  }

  /// A deadline of the orphans of one stopped process.
  mutating func tickOrphans(
    _ index: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard case .ending(var orphans) = slots[index].state else { return }
    if orphans.tick(spec.name, now, &effects) { effects.append(orphans.sweep(for: id)) }
    enter(.ending(orphans), at: index, &ledger)
  }

  /// The same of those of a full stop.
  mutating func tickLeftovers(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard var orphans = leftovers, let due = orphans.deadline, due <= now.instant else { return }
    if orphans.tick(spec.name, now, &effects) { effects.append(orphans.sweep(for: id)) }
    leftovers = orphans
    if let deadline = orphans.deadline { ledger.timers.push(deadline, .watcher(id)) }
  }

  /// Another stop of a process whose orphans are being ended: the earlier deadline holds.
  mutating func hurryOrphans(
    _ index: Int, _ plan: StopPlan, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard case .ending(var orphans) = slots[index].state else { return }
    orphans.shorten(to: now.instant + plan.grace, isPatient: plan.grace > .zero)
    orphans.isFailedStart = false
    slots[index].failedStart = nil
    enter(.ending(orphans), at: index, &ledger)
    tickOrphans(index, now, &ledger, &effects)
  }

  /// No more grace, neither for processes nor for orphans.
  mutating func hurry(_ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]) {
    isHurried = true
    stopDeadline = now.instant
    var plan = spec.stop
    plan.grace = .zero
    for index in slots.indices {
      kill(index, now, &ledger, &effects)
      hurryOrphans(index, plan, now, &ledger, &effects)
    }
    leftovers?.shorten(to: now.instant, isPatient: false)
    tickLeftovers(now, &ledger, &effects)
  }

  /// Asks again for all that another daemon was ending.
  mutating func sweepAgain(_ effects: inout [Effect]) {
    if let leftovers { effects.append(leftovers.sweep(for: id)) }
    for slot in slots {
      if case .ending(let orphans) = slot.state { effects.append(orphans.sweep(for: id)) }
    }
  }
}
