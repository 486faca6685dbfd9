import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Commands: each is an edit of what is wanted and a reply, now or later.
extension Arbiter {
  mutating func handle(
    _ request: Request, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) {
    do {
      try perform(request, ticket, now, &effects)
    } catch {
      if let ticket { effects.append(.reply(ticket, .error(error))) }
    }
  }

  private mutating func perform(
    _ request: Request, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    switch request {
    case .add(let command): try add(command, ticket, now, &effects)
    case .decr(let command):
      try scale(command.name, -command.count, command.isWaiting, ticket, now, &effects)
    case .incr(let command):
      try scale(command.name, command.count, command.isWaiting, ticket, now, &effects)
    case .kill(let command): try kill(command, ticket, now, &effects)
    case .quit(let command):
      answer(ticket, waits: command.isWaiting, .allStopped, .plain, &effects)
      shutDown(cause: .command, now, &effects)
    case .reload(let command): try reload(command, ticket, now, &effects)
    case .reloadConfig(let command):
      if !command.isWaiting, let ticket { effects.append(.reply(ticket, .plain)) }
      effects.append(.loadConfiguration(.reload(command.isWaiting ? ticket : nil)))
    case .restart(let command): try restart(command, ticket, now, &effects)
    case .rm(let command): try remove(command, ticket, now, &effects)
    case .set(let command): try set(command, ticket, now, &effects)
    case .signal(let command): try signal(command, ticket, &effects)
    case .start(let command): try start(command, ticket, now, &effects)
    case .stop(let command): try stop(command, ticket, now, &effects)
    case .dstats, .events, .get, .globalOptions, .ipython, .list, .listen, .listSockets,
      .numProcesses, .numWatchers, .options, .stats, .status:
      if let ticket { try query(request, ticket, &effects) }
    }
  }

  // MARK: finding watchers

  func watcher(named name: String) throws(RequestError) -> Int {
    guard let index = index(named: name) else { throw .watcherNotFound(name) }
    return index
  }

  /// The watchers a name or pattern means; none is an error.
  private func matching(_ name: String, _ match: NameMatch) throws(RequestError) -> [WatcherID] {
    let pattern = name.lowercased()
    var found: [WatcherID]
    switch match {
    case .simple: found = index(named: name).map { [watchers[$0].id] } ?? []
    case .glob:
      found = startOrder.filter { id in
        index(of: id).map { Pattern.matches(watchers[$0].spec.name.lowercased(), pattern) } ?? false
      }
    case .regex:
      found = []
      for id in startOrder {
        guard let index = index(of: id) else { continue }
        guard let matches = matchesRegex(pattern, watchers[index].spec.name.lowercased()) else {
          throw .invalid("'\(pattern)' isn't a valid regular expression")
        }
        if matches { found.append(id) }
      }
    }
    if found.isEmpty, match == .glob, let index = index(named: name) { return [watchers[index].id] }
    guard !found.isEmpty else { throw .watcherNotFound(name) }
    return found
  }

  private func refuseWhileEnding() throws(RequestError) {
    if mode == .stopping || mode == .finished { throw .refused("arbiter is stopping...") }
  }

  // MARK: start, stop, restart, reload

  private mutating func start(
    _ command: Start, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    guard let name = command.name else {
      try refuseWhileEnding()
      answer(ticket, waits: command.isWaiting, .running, .plain, &effects)
      startAll(cause: .command, now, &effects)
      return
    }
    let ids = try matching(name, command.match)
    try refuseWhileEnding()
    if ids.count == 1, let index = index(of: ids[0]) {
      answer(
        ticket, waits: command.isWaiting, .settled(ids), .started(ids[0]),
        before: watchers[index].pids, &effects)
      start(ids[0], cause: .command, now, &effects)
    } else {
      answer(ticket, waits: command.isWaiting, .settled(ids), .plain, &effects)
      startAll(cause: .command, only: Set(ids), now, &effects)
    }
  }

  private mutating func stop(
    _ command: Stop, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let ids = try command.name.map { name throws(RequestError) in try matching(name, command.match)
    }
    let result: Waiting.Result = ids?.count == 1 ? .stopped : .plain
    let all = ids ?? watchers.map(\.id)
    answer(ticket, waits: command.isWaiting, .settled(all), result, &effects)
    for id in startOrder.reversed() where all.contains(id) {
      stop(id, cause: .command, now, &effects)
    }
  }

  private mutating func restart(
    _ command: Restart, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    try refuseWhileEnding()
    guard let name = command.name else {
      answer(ticket, waits: command.isWaiting, .running, .plain, &effects)
      guard mode == .running else { return }
      mode = .restarting
      stopAll(cause: .restart, now, &effects)
      return
    }
    let ids = try matching(name, command.match)
    if ids.count == 1, let index = index(of: ids[0]) {
      answer(
        ticket, waits: command.isWaiting, .settled(ids), .replaced(ids[0]),
        before: watchers[index].pids, &effects)
      restart(ids[0], now, &effects)
    } else {
      answer(ticket, waits: command.isWaiting, .settled(ids), .plain, &effects)
      for id in ids {
        guard let index = index(of: id) else { continue }
        let isDown = watchers[index].phase == .stopped && watchers[index].desired != .running
        if isDown && !watchers[index].spec.autostart { continue }
        restart(id, now, &effects)
      }
    }
  }

  /// Stop, then start; a stopped watcher is just started.
  mutating func restart(_ id: WatcherID, _ now: Moment, _ effects: inout [Effect]) {
    update(id, now, &effects) { watcher, ledger, effects in
      watcher.desired = .running
      watcher.startCause = .restart
      guard watcher.phase == .active || watcher.phase == .starting else { return }
      watcher.beginStop(.restart, now, &ledger, &effects)
    }
  }

  private mutating func reload(
    _ command: Reload, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    try refuseWhileEnding()
    guard let name = command.name else {
      let ids = watchers.map(\.id)
      answer(ticket, waits: command.isWaiting, .settled(ids), .plain, &effects)
      reloadAll(
        sequential: command.isSequential, graceful: command.isGraceful, now, &effects)
      return
    }
    let index = try watcher(named: name)
    let id = watchers[index].id
    answer(
      ticket, waits: command.isWaiting, .settled([id]), .replaced(id),
      before: watchers[index].pids, &effects)
    reload(
      id, sequential: command.isSequential, graceful: command.isGraceful, now, &effects)
  }

  /// Every running watcher, in start order. What an operator stopped stays stopped (circus starts
  /// it, B31).
  mutating func reloadAll(
    sequential: Bool, graceful: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    for id in startOrder {
      guard let index = index(of: id), watchers[index].desired == .running else { continue }
      reload(id, sequential: sequential, graceful: graceful, now, &effects)
    }
  }

  mutating func reload(
    _ id: WatcherID, sequential: Bool, graceful: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    guard let index = index(of: id) else { return }
    guard graceful else { return restart(id, now, &effects) }
    let wasStopped = watchers[index].phase == .stopped
    if wasStopped {
      start(id, cause: .reload, now, &effects)
      update(id, now, &effects) { watcher, ledger, effects in
        watcher.finishRollout(now, &ledger, &effects)
      }
    } else if watchers[index].spec.sendsHangup {
      update(id, now, &effects) { watcher, ledger, effects in
        for pid in watcher.pids {
          effects.append(.log(.info, "SENDING HUP to \(pid)"))
          effects.append(.signal(pid, .hangup, .process))
        }
        watcher.finishRollout(now, &ledger, &effects)
      }
    } else {
      update(id, now, &effects) { watcher, ledger, effects in
        watcher.startCause = .reload
        watcher.beginRollout(sequential: sequential, now, &ledger, &effects)
      }
    }
  }

  // MARK: incr, decr

  private mutating func scale(
    _ name: String, _ change: Int, _ waits: Bool, _ ticket: Ticket?, _ now: Moment,
    _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: name)
    let id = watchers[index].id
    guard !watchers[index].spec.singleton else {
      if let ticket {
        effects.append(
          .reply(
            ticket,
            .ok([
              .init("numprocesses", .int(watchers[index].pids.count)), .init("singleton", true),
            ])))
      }
      return
    }
    let (sum, overflow) = watchers[index].target.addingReportingOverflow(change)
    guard !overflow, sum <= 100_000 else {
      throw .invalid("'nb' is out of range: at most 100000 processes")
    }
    answer(ticket, waits: waits, .settled([id]), .processCount(id), &effects)
    resize(id, to: sum, now, &effects)
  }

  mutating func resize(
    _ id: WatcherID, to count: Int, _ now: Moment, _ effects: inout [Effect]
  ) {
    update(id, now, &effects) { watcher, _, _ in
      watcher.target = max(0, count)
      watcher.startCause = .scale
    }
  }

  // MARK: kill, signal

  private mutating func kill(
    _ command: Kill, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    let id = watchers[index].id
    let victims = watchers[index].slots.filter { slot in
      guard let pid = slot.state.pid else { return false }
      return command.pid == nil || command.pid == Int(pid.rawValue)
    }.map(\.id)
    answer(ticket, waits: command.isWaiting, .gone(victims), .plain, &effects)
    var plan = watchers[index].spec.stop
    plan.signal = command.signal ?? plan.signal
    plan.grace = command.grace.map { .seconds(max(0, $0)) } ?? plan.grace
    update(id, now, &effects) { watcher, ledger, effects in
      watcher.startCause = .singleKill
      for victim in victims {
        watcher.stopProcess(
          victim, .singleKill, announcesReap: false, plan: plan, now, &ledger, &effects)
      }
    }
  }

  private mutating func signal(
    _ command: SendSignal, _ ticket: Ticket?, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    let pids = watchers[index].pids.filter {
      command.pid == nil || command.pid == Int($0.rawValue)
    }
    if let child = command.childPID, let pid = pids.first {
      effects.append(
        .signalChild(of: pid, child: PID(Int32(truncatingIfNeeded: child)), command.signal, ticket))
      return
    }
    let scope: SignalScope =
      command.children ? .children : (command.recursive ? .tree : .process)
    for pid in pids { effects.append(.signal(pid, command.signal, scope)) }
    if let ticket { effects.append(.reply(ticket, .plain)) }
  }

  // MARK: add, rm

  private mutating func add(
    _ command: Add, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    try refuseWhileEnding()
    if let known = index(named: command.name) {
      throw .refused("'\(watchers[known].spec.name)' already exist")
    }
    if let owner = ledger.settings.endpointOwner, ledger.settings.endpoint.hasPrefix("ipc://"),
      command.options["uid"]?.pythonText != owner
    {
      throw .invalid("uid does not match endpoint_owner")
    }
    let spec: WatcherSpec
    do {
      spec = try CircusSpecs.watcher(
        WatcherOptions.definition(of: command), daemonEnvironment: ledger.environment)
    } catch {
      throw .refused(error.text)
    }
    let id = addWatcher(spec, isFromFile: false)
    if let index = index(of: id) {
      ledger.publish(watchers[index].event(.add, now, cause: .command), into: &effects)
    }
    guard command.start else {
      if let ticket { effects.append(.reply(ticket, .plain)) }
      return
    }
    answer(ticket, waits: command.isWaiting, .settled([id]), .addedAndStarted(id), &effects)
    start(id, cause: .command, now, &effects)
  }

  private mutating func remove(
    _ command: Remove, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    let id = watchers[index].id
    ledger.publish(watchers[index].event(.remove, now, cause: .command), into: &effects)
    answer(ticket, waits: command.isWaiting, .settled([id]), .plain, &effects)
    if command.leavesProcesses {
      forget(id, &effects)
    } else {
      removeWhenStopped(id, now, &effects)
    }
  }

  /// Stops a watcher and drops it as soon as it is down.
  mutating func removeWhenStopped(_ id: WatcherID, _ now: Moment, _ effects: inout [Effect]) {
    guard let index = index(of: id) else { return }
    watchers[index].isDoomed = true
    stop(id, cause: .command, now, &effects)
  }

  /// Drops a watcher; processes it still has live on, unmanaged.
  mutating func forget(_ id: WatcherID, _ effects: inout [Effect]) {
    guard let index = index(of: id) else { return }
    for pid in watchers[index].pids { ledger.processes[pid] = nil }
    for pid in watchers[index].descendants.remaining { ledger.remains[pid] = nil }
    effects.append(.closeStreams(id))
    startQueue.pending.removeAll { $0 == id }
    watchers.remove(at: index)
  }

  mutating func dropDoomed(_ effects: inout [Effect]) {
    for watcher in watchers where watcher.isDoomed && watcher.phase == .stopped {
      forget(watcher.id, &effects)
    }
  }
}
