import CircusConfig
import CircusModel
import CircusWire
import JSON

/// `start`, `stop`, `restart` and `reload`.
extension Arbiter {
  mutating func start(
    _ command: Start, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    guard let name = command.name else {
      try refuseWhileEnding()
      let all = watchers.filter(\.spec.autostart).map(\.id)
      answer(ticket, waits: command.isWaiting, .running, .plain, starting: all, &effects)
      startAll(cause: .command, now, &effects)
      return
    }
    let ids = try matching(name, command.match)
    try refuseWhileEnding()
    if ids.count == 1, let index = index(of: ids[0]) {
      let needed = command.startsNeeds ? missingNeeds(of: ids[0], .command) : []
      answer(
        ticket, waits: command.isWaiting, .settled(ids), .started(ids[0]),
        before: watchers[index].pids, starting: ids,
        telling: Reply.names("needed", names(of: needed)), &effects)
      for id in needed { want(id, cause: .dependency, now, &effects) }
      want(ids[0], cause: .command, isForced: command.isForced, now, &effects)
    } else {
      answer(
        ticket, waits: command.isWaiting, .settled(ids), .plain, starting: ids, &effects)
      startAll(cause: .command, only: Set(ids), now, &effects)
    }
  }

  mutating func stop(
    _ command: Stop, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let ids = try command.name.map { name throws(RequestError) in try matching(name, command.match)
    }
    let result: Waiting.Result = ids?.count == 1 ? .stopped : .plain
    var all = ids ?? watchers.map(\.id)
    refreshNeeds()
    if command.stopsDependents { all = withDependents(all) }
    answer(
      ticket, waits: command.isWaiting, .settled(all), result,
      telling: Reply.names("run_on", names(of: runningOn(without: all))), &effects)
    stop(all, now, &effects)
  }

  /// All of them are seen to go down before the first one is touched.
  private mutating func stop(
    _ ids: [WatcherID], _ now: Moment, _ effects: inout [Effect]
  ) {
    refreshNeeds()
    let chosen = Set(ids)
    let order = startOrder.reversed().filter(chosen.contains)
    if needs.hasEdges {
      for id in order {
        if let index = index(of: id) { watchers[index].desired = .stopped(.command) }
      }
    }
    for id in order { stop(id, cause: .command, now, &effects) }
  }

  mutating func restart(
    _ command: Restart, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    try refuseWhileEnding()
    guard let name = command.name else {
      answer(ticket, waits: command.isWaiting, .running, .plain, &effects)
      restartAll(now, &effects)
      return
    }
    let ids = try matching(name, command.match)
    if ids.count == 1, let index = index(of: ids[0]) {
      answer(
        ticket, waits: command.isWaiting, .settled(ids), .replaced(ids[0]),
        before: watchers[index].pids, starting: ids, &effects)
      restart(ids[0], alone: command.isAlone, now, &effects)
    } else {
      let chosen = ids.filter { id in
        guard let index = index(of: id) else { return false }
        let isDown = watchers[index].phase == .stopped && watchers[index].desired != .running
        return !isDown || watchers[index].spec.autostart
      }
      answer(
        ticket, waits: command.isWaiting, .settled(ids), .plain, starting: chosen, &effects)
      restart(chosen, alone: command.isAlone, now, &effects)
    }
  }

  /// Stops everything, reads the file again and starts from it.
  mutating func restartAll(_ now: Moment, _ effects: inout [Effect]) {
    guard mode == .running else { return }
    mode = .restarting
    ledger.isEnding = true
    ledger.notices.append(.supervisorStopping)
    stopAll(cause: .restart, now, &effects)
  }

  /// Stop, then start; a stopped watcher is just started. Alone: what depends on it does not react.
  mutating func restart(
    _ id: WatcherID, cause: Cause = .restart, alone isAlone: Bool = false, _ now: Moment,
    _ effects: inout [Effect]
  ) {
    pullIn(for: id, cause: cause, now, &effects)
    if let index = index(of: id) { watchers[index].restartsAlone = isAlone }
    takeDown(id, now, &effects) { $0.wantAgain(cause) }
  }

  /// Several at once: what depends on others of them goes down before those, and comes up after them.
  mutating func restart(
    _ ids: [WatcherID], alone isAlone: Bool = false, _ now: Moment, _ effects: inout [Effect]
  ) {
    refreshNeeds()
    guard ids.contains(where: needs.isLinked) else {
      for id in ids { restart(id, now, &effects) }
      return
    }
    // All of them are seen to go down before the first one is touched.
    for id in ids where needs.isLinked(id) {
      guard let index = index(of: id) else { continue }
      watchers[index].wantAgain(.restart)
      assess(index, now, &effects)
    }
    let chosen = Set(ids)
    for id in startOrder.reversed() where chosen.contains(id) {
      restart(id, alone: isAlone, now, &effects)
    }
  }

  mutating func reload(
    _ command: Reload, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    try refuseWhileEnding()
    guard let name = command.name else {
      let ids = watchers.map(\.id)
      let running = watchers.filter { $0.desired == .running }.map(\.id)
      answer(
        ticket, waits: command.isWaiting, .settled(ids), .plain, starting: running, &effects)
      if command.isWaiting, ticket != nil { waiting[waiting.count - 1].tellsUntouched = true }
      reloadAll(
        sequential: command.isSequential, graceful: command.isGraceful, now, &effects)
      return
    }
    let index = try watcher(named: name)
    let id = watchers[index].id
    answer(
      ticket, waits: command.isWaiting, .settled([id]), .replaced(id),
      before: watchers[index].pids, starting: [id], &effects)
    reload(
      id, sequential: command.isSequential, graceful: command.isGraceful, now, &effects)
  }

  mutating func reload(
    _ id: WatcherID, sequential: Bool, graceful: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    guard let index = index(of: id) else { return }
    guard graceful, !watchers[index].spec.isOneshot else { return restart(id, now, &effects) }
    if watchers[index].phase == .stopping {
      // It will be new anyway once it is down.
      update(id, now, &effects) { watcher, _, _ in
        if !watcher.isDoomed { watcher.want() }
      }
    } else if watchers[index].phase == .stopped {
      update(id, now, &effects) { watcher, _, _ in watcher.announcesReload = true }
      start(id, cause: .reload, now, &effects)
    } else if watchers[index].spec.sendsHangup {
      update(id, now, &effects) { watcher, ledger, effects in
        for pid in watcher.pids {
          watcher.tell(.hangupSent(pid), of: watcher.spec.name, &effects)
          effects.append(.signal(pid, .hangup, .process))
        }
        guard watcher.spec.confirmsReload, watcher.spec.ready == .notify else {
          return watcher.finishRollout(now, &ledger, &effects)
        }
        watcher.awaitReload(now, &ledger)
      }
    } else {
      update(id, now, &effects) { watcher, ledger, effects in
        watcher.startCause = .reload
        watcher.takeRejected()
        watcher.beginRollout(sequential: sequential, now, &ledger, &effects)
      }
    }
  }
}
