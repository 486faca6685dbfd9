import CircusConfig
import CircusModel
import CircusWire
import JSON

/// `add` and `rm`: which watchers there are.
extension Arbiter {
  mutating func add(
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
        WatcherOptions.definition(of: command), daemonEnvironment: ledger.environment,
        from: .command)
    } catch {
      throw .refused(error.advice)
    }
    try refuseCircles(with: spec, insteadOf: nil)
    let id = addWatcher(spec, isFromFile: false)
    if let index = index(of: id) {
      watchers[index].addition = command.record
      ledger.publish(watchers[index].event(.add, now, cause: .command), into: &effects)
    }
    guard command.start else {
      if let ticket { effects.append(.reply(ticket, .plain)) }
      return
    }
    answer(
      ticket, waits: command.isWaiting, .settled([id]), .addedAndStarted(id), starting: [id],
      &effects)
    start(id, cause: .command, now, &effects)
  }

  mutating func remove(
    _ command: Remove, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    let id = watchers[index].id
    ledger.publish(watchers[index].event(.remove, now, cause: .command), into: &effects)
    refreshNeeds()
    answer(
      ticket, waits: command.isWaiting, .settled([id]), .plain,
      telling: Reply.names("run_on", names(of: runningOn(without: [id]))), &effects)
    if command.leavesProcesses {
      forget(id, &effects)
    } else {
      removeWhenStopped(id, now, &effects)
    }
  }

  /// Stops a watcher and drops it as soon as it is down.
  mutating func removeWhenStopped(_ id: WatcherID, _ now: Moment, _ effects: inout [Effect]) {
    guard let index = index(of: id) else { return }
    let group = watchers[index].spec.group
    watchers[index].isDoomed = true
    needsAreStale = true
    if !hasGroup(group) { ledger.notices.append(.groupRemoved(group)) }
    stop(id, cause: .command, now, &effects)
  }

  /// Drops a watcher; processes it still has live on, unmanaged.
  mutating func forget(_ id: WatcherID, _ effects: inout [Effect]) {
    guard let index = index(of: id) else { return }
    ledger.processes = ledger.processes.filter { $0.value.watcher != id }
    ledger.orphans = ledger.orphans.filter { $0.value != id }
    watchers[index].turnHooksOff(
      Moment(instant: .distantFuture, wall: 0), &ledger, &effects)
    if !watchers[index].spec.hooks.isEmpty { effects.append(.forgetHooks(id)) }
    effects.append(.closeStreams(id, forever: true))
    startQueue.pending.removeAll { $0 == id }
    let group = watchers[index].spec.group
    let wasTold = watchers[index].isDoomed
    watchers.remove(at: index)
    needsAreStale = true
    if !wasTold, !hasGroup(group) { ledger.notices.append(.groupRemoved(group)) }
  }

  mutating func dropDoomed(_ effects: inout [Effect]) {
    // In place: a watcher is much to copy, and this is looked at after each event.
    let doomed = watchers.indices.filter {
      watchers[$0].isDoomed && watchers[$0].phase == .stopped && watchers[$0].outbox.isEmpty
    }
    for id in doomed.map({ watchers[$0].id }) { forget(id, &effects) }
  }
}
