import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Taking up where another daemon left off: after a crash, an upgrade, or a boot with
/// `on_boot = last`.
extension Arbiter {
  /// The story:
  ///   1. every watcher gets back what was wanted of it and, while its processes may live, where
  ///      they stand; the shell is asked to take each of them over
  ///   2. a process that is gone is reported as an exit like any other, with an unknown status
  ///   3. what the configuration file says differently by now is applied as a reload would
  mutating func resume(
    _ saved: SavedState, _ predecessor: Predecessor, _ now: Moment, _ effects: inout [Effect]
  ) {
    let isAlive = predecessor != .stopped
    mode = .running
    ledger.notices.append(.supervisorRunning)
    ledger.ring.resume(after: saved.lastSequence)
    let removed = Set((saved.daemon["removed"]?.array ?? []).compactMap { $0.string?.lowercased() })
    for watcher in watchers where removed.contains(watcher.spec.name.lowercased()) {
      forget(watcher.id, &effects)
    }
    let known = idsByName
    var fresh = Set(watchers.map(\.id))
    var changed: Set<WatcherID> = []
    var undone: Set<PID> = []
    for (number, group) in saved.groups.sorted(by: { $0.key < $1.key }) {
      guard let id = place(group, known, among: fresh, isAlive: isAlive, &effects),
        let index = index(of: id)
      else { continue }
      // It had not had its turn yet.
      let wasTouched = group.head["stop_cause"]?.string != Cause.boot.rawValue
      if wasTouched || !watchers[index].spec.autostart { fresh.remove(id) }
      let change = change(of: watchers[index], since: group)
      let isSame = change == .none
      // Of one that is only there to be stopped the definition is not known.
      if isSame, !watchers[index].isLeftOver, let edits = group.head["set"]?.object {
        edit(index, edits, &effects)
      }
      for record in group.processes.values
      where saved.undone.contains(number) || record["unsent"] != nil {
        undone.insert(PID(Int32(truncatingIfNeeded: record["pid"]?.int ?? 0)))
      }
      watchers[index].restore(group, isAlive: isAlive, now, &ledger)
      if change == .restart {
        watchers[index].target = watchers[index].spec.processCount
        watchers[index].result = nil
        changed.insert(id)
      } else if change == .live {
        applyLive(index, group, &effects)
      }
    }
    refreshNeeds()
    switch predecessor {
    case .left(let dead):
      takeOver(except: dead, &effects)
      bury(dead, now, &effects)
    case .replaced:
      takeOver(except: [], &effects)
      ledger.publish(
        EventMessage(.upgrade, watcher: "circus", time: now.wall, cause: .command), into: &effects)
    case .stopped: break
    }
    for id in startOrder where !fresh.contains(id) {
      if isAlive, let index = index(of: id) {
        watchers[index].signalAgain(undone, now, &ledger, &effects)
      }
      resume(id, hasChanged: changed.contains(id), isAlive: isAlive, now, &effects)
    }
    settleFormerServices(now, &effects)
    resumeSchedules(now, &effects)
    startAll(cause: .boot, only: fresh, now, &effects)
    for index in watchers.indices where watchers[index].spec.dependentStart != nil {
      let watcher = watchers[index]
      let isNew = fresh.contains(watcher.id) || !isAlive && watcher.desired == .stopped(.boot)
      if watcher.awaitsOthers || isNew { awaitDependentStart(index) }
    }
  }

  /// What the file says differently by now.
  private enum Change { case none, live, restart }

  private func change(of watcher: Watcher, since group: SavedState.Group) -> Change {
    guard !group.isGuess, let spec = watcher.fileSpec else { return .none }
    let environment = ledger.environment
    guard group.head["launch"] != nil else {
      // Written before there was one.
      return spec.earlierFingerprint == group.head["file"]?.string ? .none : .restart
    }
    if spec.fingerprint(environment) == group.head["file"]?.string { return .none }
    return spec.launchFingerprint(environment) == group.head["launch"]?.string ? .live : .restart
  }

  /// A change that a reload would have applied to the running processes.
  private mutating func applyLive(
    _ index: Int, _ group: SavedState.Group, _ effects: inout [Effect]
  ) {
    let spec = watchers[index].spec
    if group.head["count"]?.int != spec.processCount { watchers[index].target = spec.processCount }
    if spec.singleton { watchers[index].target = min(1, watchers[index].target) }
    watchers[index].populate(&ledger)
    watchers[index].tell(.changeApplied, &effects)
  }

  /// Which watcher a record is about: one of the file, or one that is made again from how it was
  /// added, or, where the file has lost it, one that is only there to be stopped.
  private mutating func place(
    _ group: SavedState.Group, _ known: [String: WatcherID], among fresh: Set<WatcherID>,
    isAlive: Bool, _ effects: inout [Effect]
  ) -> WatcherID? {
    let head = group.head
    guard let name = head["name"]?.string else { return nil }
    let isDoomed = head["doomed"]?.bool == true
    if !isDoomed,
      let id = known[name.lowercased()], fresh.contains(id)
    {
      return id
    }
    if !isDoomed, let properties = head["added"]?.object {
      do {
        let add = try Add(Properties(properties))
        let spec = try CircusSpecs.watcher(
          WatcherOptions.definition(of: add), daemonEnvironment: ledger.environment,
          from: .command)
        let id = addWatcher(spec, isFromFile: false)
        if let index = index(of: id) { watchers[index].addition = properties }
        return id
      } catch {
        let notice = Notice.watcher(name, .additionLost(reason: "\(error)"))
        effects.append(.tell(notice, ledger.settings.wording))
      }
    }
    let hasProcess = group.processes.values.contains { $0["pid"] != nil }
    guard isAlive, hasProcess || !group.leaders.isEmpty else { return nil }
    var spec = WatcherSpec(name: name)
    spec.stop.signal = Signal(Int32(truncatingIfNeeded: head["stop_signal"]?.int ?? 15))
    spec.stop.grace = .seconds(head["stop_grace"]?.number ?? 30)
    spec.stop.descendants =
      head["stop_descendants"]?.string.flatMap(DescendantPolicy.init(text:)) ?? .session
    spec.unsupported = "no longer in the configuration"
    let id = addWatcher(spec, isFromFile: false)
    if !isDoomed {
      effects.append(.tell(.watcher(name, .removed), ledger.settings.wording))
    }
    if let index = index(of: id) { watchers[index].isLeftOver = true }
    return id
  }

  /// Nothing is under way that another program could not take up: no client waits for an answer, and no
  /// effect for its event.
  package var isQuiet: Bool {
    mode == .running && waiting.isEmpty && supervised.isEmpty
      && watchers.allSatisfy { watcher in
        watcher.outbox.isEmpty && watcher.leftovers == nil
          && !watcher.slots.contains { $0.state.isSpawning || $0.state.isEnding }
      }
  }

  /// What `set` had made of it.
  private mutating func edit(_ index: Int, _ edits: JSONObject, _ effects: inout [Effect]) {
    do {
      watchers[index].spec = try changed(watchers[index].spec, edits)
      watchers[index].edits = edits
      needsAreStale = true
    } catch {
      watchers[index].tell(.editsLost(reason: error.reason), &effects)
    }
  }

  private func takeOver(except dead: Set<PID>, _ effects: inout [Effect]) {
    for watcher in watchers {
      let leaders = watcher.endedLeaders
      if !leaders.isEmpty { effects.append(.adoptLeftovers(of: leaders)) }
      for slot in watcher.slots {
        guard let life = slot.state.life else { continue }
        let plan = plan(watcher, slot.number)
        // What it will be when the dead are known to be dead.
        var left = life.leaders
        let lost = (left.formers + [left.main]).filter(dead.contains)
        guard lost.allSatisfy({ left.lose($0) }) else {
          effects.append(.adoptRemains(slot.id, life.pid, plan))
          continue
        }
        effects.append(.adopt(slot.id, left.main, plan))
        if left.all.count > 1 { effects.append(.adoptFormers(left)) }
      }
    }
  }

  private func plan(_ watcher: Watcher, _ number: Int) -> LaunchPlan? {
    try? LaunchPlanner.plan(watcher.spec, number: number, count: watcher.target, ledger)
  }

  /// Where the output of a process of this number belongs that has ended, though another process may still add
  /// to it. Without a plan it is wanted no more; nil: there is no such watcher.
  package func outputPlan(watcher name: String, number: Int) -> (WatcherID, LaunchPlan?)? {
    watchers.first { $0.spec.name == name }.map {
      ($0.id, $0.phase == .stopped ? nil : plan($0, number))
    }
  }

  /// All deaths first, then what follows from them: no dead process is signalled.
  private mutating func bury(
    _ dead: Set<PID>, _ now: Moment, _ effects: inout [Effect]
  ) {
    var own: [Effect] = []
    // One that others depend on before those: they see that it is lost.
    for id in !needs.hasEdges ? watchers.map(\.id) : startOrder {
      update(id, now, &own) { watcher, ledger, effects in
        for slot in watcher.slots {
          guard let life = slot.state.life else { continue }
          for pid in life.leaders.formers + [life.pid] where dead.contains(pid) {
            ledger.processes[pid] = nil
            watcher.exited(slot.id, pid, .unknown, now, &ledger, &effects)
          }
        }
      }
    }
    // The first of them may have meant the end of those that are dead, too.
    effects += own.filter { effect in
      if case .signal(let pid, _, _) = effect { !dead.contains(pid) } else { true }
    }
  }

  private mutating func resume(
    _ id: WatcherID, hasChanged: Bool, isAlive: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    guard let index = index(of: id) else { return }
    if isAlive {
      update(id, now, &effects) { watcher, ledger, effects in
        watcher.stopStragglers(now, &ledger, &effects)
        watcher.sweepAgain(&effects)
      }
    }
    if watchers[index].isLeftOver || watchers[index].isDoomed {
      return removeWhenStopped(id, now, &effects)
    }
    guard isAlive else {
      if watchers[index].desired == .running { startAgain(id, now) }
      return update(id, now, &effects) { _, _, _ in }
    }
    let watcher = watchers[index]
    let wasDone =
      watcher.spec.isOneshot && watcher.desired == .stopped(.exit)
    // The next run of a schedule is from the new definition anyway.
    if hasChanged, !watcher.spec.schedule.isSet,
      wasDone || watcher.desired == .running && watcher.phase != .stopped
    {
      watchers[index].tell(.changeRestarts, &effects)
      restart(id, now, &effects)
    }
  }

  /// In its turn among the others, whatever its `autostart` says.
  private mutating func startAgain(_ id: WatcherID, _ now: Moment) {
    guard let index = index(of: id), !watchers[index].spec.schedule.isSet else { return }
    // Some of its processes may be meant to stay down, which a start would not know.
    guard watchers[index].slots.allSatisfy(\.isWanted) else { return }
    watchers[index].desired = .stopped(.boot)
    guard watchers[index].spec.dependentStart == nil else { return }
    startQueue.cause = .boot
    startQueue.gate = now.instant
    startQueue.pending.append(id)
  }
}

extension Watcher {
  /// Dead processes whose orphans are being ended.
  fileprivate var endedLeaders: [PID] {
    slots.reduce(into: leftovers?.leaders ?? []) { leaders, slot in
      if case .ending(let orphans) = slot.state { leaders += orphans.leaders }
    }
  }

  /// Those whose start a stop had overtaken, when the kernel had not answered yet.
  fileprivate mutating func stopStragglers(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    for slot in slots where slot.state.pid != nil && !slot.state.isStopping {
      guard slot.isSurplus || phase == .stopping || !slot.isWanted else { continue }
      stopProcess(
        slot.id, slot.surplus ?? stopCause, announcesReap: !slot.isSurplus, now, &ledger, &effects)
    }
  }

  /// A stop whose signal may not have been sent any more: the daemon ended between writing and doing,
  /// or a hook whose answer is lost was asked first.
  fileprivate mutating func signalAgain(
    _ undone: Set<PID>, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    for index in slots.indices {
      guard case .stopping(let life, var stop) = slots[index].state, undone.contains(life.pid)
      else { continue }
      guard !stop.wasKilled else {
        effects.append(.signal(life.pid, .kill, .process))
        continue
      }
      // Its signal is still to come.
      if stop.drainsUntil != nil { continue }
      // The grace begins with the signal.
      stop.killAt = now.instant + stop.grace
      enter(.stopping(life, stop), at: index, &ledger)
      effects.append(.signal(life.pid, stop.signal, spec.stop.scope))
    }
  }
}
