import CircusModel
import CircusWire

/// Watchers waiting for their turn to start.
struct StartQueue: Hashable {
  var pending: [WatcherID] = []
  /// The one that was started last; the next waits until it is up.
  var current: WatcherID?
  /// `[circus] warmup_delay`: not before this.
  var gate = Instant(nanoseconds: 0)
  var cause = Cause.boot
}

/// Starting and stopping everything, in order.
extension Arbiter {
  /// In which order all of them start.
  var startOrder: [WatcherID] { order.watchers }

  var order: StartOrder { StartOrder(watchers.map { ($0.id, $0.spec) }, needs) }

  /// Starts what starts by itself, one after the other.
  mutating func startAll(
    cause: Cause, only chosen: Set<WatcherID>? = nil, _ now: Moment, _ effects: inout [Effect]
  ) {
    refreshNeeds()
    startQueue.cause = cause
    startQueue.gate = now.instant
    for id in startOrder where chosen?.contains(id) ?? true {
      guard let index = index(of: id), watchers[index].spec.autostart, !watchers[index].isDoomed,
        !startQueue.pending.contains(id), !isLeftToSchedule(index, cause, isChosen: chosen != nil)
      else { continue }
      startQueue.pending.append(id)
    }
  }

  /// It runs when it is time, and not because everything is started.
  private mutating func isLeftToSchedule(_ index: Int, _ cause: Cause, isChosen: Bool) -> Bool {
    let spec = watchers[index].spec.schedule
    guard spec.isSet, cause != .command || !isChosen else { return false }
    if cause == .boot, spec.runsOnStart { return false }
    if !watchers[index].isBusy {
      watchers[index].schedule = watchers[index].schedule ?? ScheduleState()
      watchers[index].schedule?.isArmed = true
      if watchers[index].desired == .stopped(.command) { watchers[index].desired = .stopped(.boot) }
    }
    return true
  }

  mutating func advanceStartQueue(_ now: Moment, _ effects: inout [Effect]) {
    while !startQueue.pending.isEmpty {
      if let current = startQueue.current, let index = index(of: current),
        watchers[index].phase == .starting || watchers[index].startConsent == .asked,
        watchers[index].spec.habits.paces, !watchers[index].isWaiting,
        // One that has yet to say that it is ready holds up its dependents alone.
        !watchers[index].standing.isStarted, !watchers[index].isAging,
        !watchers[index].slots.contains(where: {
          if case .backoff = $0.state { true } else { false }
        })
      {
        return
      }
      guard now.instant >= startQueue.gate else {
        ledger.timers.push(startQueue.gate, .arbiter)
        return
      }
      let next = startQueue.pending.removeFirst()
      startQueue.current = next
      guard let index = index(of: next) else { continue }
      if watchers[index].spec.habits.paces {
        startQueue.gate = now.instant + ledger.settings.warmup
      }
      start(next, cause: startQueue.cause, now, &effects)
    }
  }

  /// Wants one watcher to run, and what it needs; a running one is brought back to strength.
  mutating func start(
    _ id: WatcherID, cause: Cause, _ now: Moment, _ effects: inout [Effect]
  ) {
    pullIn(for: id, cause: cause, now, &effects)
    want(id, cause: cause, now, &effects)
  }

  /// `isForced`: what it depends on is not waited for.
  mutating func want(
    _ id: WatcherID, cause: Cause, isForced: Bool = false, _ now: Moment,
    _ effects: inout [Effect]
  ) {
    update(id, now, &effects) { watcher, _, _ in
      guard !watcher.isDoomed else { return }
      watcher.want()
      watcher.startCause = cause
      if isForced { watcher.isForced = true }
    }
  }

  /// Stops all: circus watchers together, supervisor's groups one after the other, highest
  /// priority first.
  mutating func stopAll(cause: Cause, _ now: Moment, _ effects: inout [Effect]) {
    refreshNeeds()
    startQueue.pending = []
    let order = order
    stopQueue = order.stopStages
    stopQueueCause = cause
    hasStageBegun = false
    // All of them are seen to go down before anything is done: their edges decide who is first.
    let concerned = order.watchers.reversed().filter(needs.isLinked)
    for id in concerned {
      if let index = index(of: id) { watchers[index].desired = .stopped(cause) }
    }
    for id in concerned { update(id, now, &effects) { _, _, _ in } }
    advanceStopQueue(now, &effects)
  }

  /// Tells every three seconds what the end of the daemon waits for.
  mutating func reportStop(_ now: Moment, _ effects: inout [Effect]) {
    guard ledger.settings.namesAwaitedDeaths, mode == .stopping || mode == .restarting,
      !isAllStopped
    else {
      nextStopReport = nil
      return
    }
    if let next = nextStopReport, now.instant < next { return }
    let names = processTable.filter { !$0.stage.isStopped }.map(\.name)
    if !names.isEmpty {
      tell(.waitsForDeaths(names), &effects)
    }
    let next = now.instant + .seconds(3)
    nextStopReport = next
    ledger.timers.push(next, .arbiter)
  }

  mutating func advanceStopQueue(_ now: Moment, _ effects: inout [Effect]) {
    while let stage = stopQueue.first {
      if !hasStageBegun {
        hasStageBegun = true
        // Once: what follows comes with its own events.
        for id in stage where !needs.isLinked(id) {
          // Their edges decide about the others.
          update(id, now, &effects) { [cause = stopQueueCause] watcher, _, _ in
            watcher.desired = .stopped(cause)
          }
        }
      }
      let isDown = stage.allSatisfy { id in
        index(of: id).map { watchers[$0].phase == .stopped } ?? true
      }
      guard isDown else { return }
      stopQueue.removeFirst()
      hasStageBegun = false
    }
  }

  /// No more grace.
  mutating func hurry(_ now: Moment, _ effects: inout [Effect]) {
    stopQueue = []
    stopDelayEnd = nil
    for index in watchers.indices { watchers[index].turnHooksOff(now, &ledger, &effects) }
    for id in watchers.map(\.id) { stop(id, cause: .shutdown, now, &effects) }
    for index in watchers.indices {
      watchers[index].hurry(now, &ledger, &effects)
      watchers[index].reconcile(now, &ledger, &effects)
    }
  }

  // MARK: the daemon's own end

  /// `delays`: what sends it work is given the time to look elsewhere.
  mutating func shutDown(delays: Bool = false, _ now: Moment, _ effects: inout [Effect]) {
    guard mode != .stopping && mode != .finished else { return }
    mode = .stopping
    ledger.isEnding = true
    ledger.notices.append(.supervisorStopping)
    refreshNeeds()
    beginStopBudget(now)
    beginStop(delays: delays, now, &effects)
  }

  /// An essential watcher has ended, and everything else ends with it.
  mutating func concludeIfEssentialEnded(_ now: Moment, _ effects: inout [Effect]) {
    if ledger.conclusion != nil, mode == .running { shutDown(now, &effects) }
  }

  /// What the daemon ends with: the end of an essential watcher, that of the process of `exit_code_from`, or 0.
  private var conclusion: Conclusion {
    if let conclusion = ledger.conclusion { return conclusion }
    var ordered = Conclusion(status: 0, reason: "")
    if let name = ledger.settings.foreground?.name ?? ledger.settings.exitCodeFrom,
      let watcher = watchers.first(where: { $0.spec.name == name || $0.spec.group == name }),
      let exit = watcher.lives.values.compactMap(\.lastExit).max(by: { $0.wall < $1.wall })
    {
      ordered = Conclusion(
        status: exit.status.shellCode, reason: "\(name): \(exit.status.description)")
      if ledger.settings.foreground?.isStopSuccess == true,
        ordered.status == 128 + watcher.spec.stop.signal.number
      {
        ordered.status = 0
      }
    }
    return ordered
  }

  var isAllStopped: Bool {
    // In place: a watcher is much to copy.
    watchers.indices.allSatisfy {
      watchers[$0].phase == .stopped && watchers[$0].outbox.isEmpty && watchers[$0].leftovers == nil
    }
  }

  mutating func advanceMode(_ now: Moment, _ effects: inout [Effect]) {
    guard mode == .stopping || mode == .restarting, stopQueue.isEmpty, isAllStopped else { return }
    stopDelayEnd = nil
    switch mode {
    case .stopping:
      mode = .finished
      for entry in waiting {
        effects.append(.reply(entry.ticket, .error(.refused("arbiter is stopping..."))))
      }
      waiting = []
      releaseWatches(now, &effects)
      dismissSupervised(&effects)
      tell(.exiting, &effects)
      effects.append(.finish(conclusion))
    case .restarting:
      mode = .booting
      effects.append(.loadConfiguration(.restart))
    case .booting, .running, .finished: break
    }
  }
}
