import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Applying a configuration that was read again: exactly what changed.
extension Arbiter {
  mutating func configurationLoaded(
    _ result: Result<Configuration, LoadFailure>, _ purpose: LoadPurpose, _ now: Moment,
    _ effects: inout [Effect]
  ) {
    guard mode != .stopping && mode != .finished else {
      return refuseLoaded(purpose, &effects)
    }
    if case .success(let configuration) = result { lastRead = configuration.watchers }
    switch (result, purpose) {
    case (.failure(let failure), .reload(let ticket)):
      tell(.notReloaded(reason: failure.text), &effects)
      if let ticket { effects.append(.reply(ticket, .error(.server(failure.text)))) }
    case (.failure(let failure), .restart):
      tell(.configurationUnreadable(reason: failure.text), &effects)
      bootAgain(now, &effects)
    case (.failure(let failure), .reread(let ticket)):
      effects.append(.supervised(ticket, .fault(Fault(.cantReread, failure.text))))
    case (.failure(let failure), .restartCheck(let ticket)):
      // supervisor ends itself here, with everything down (supervisor.md 7.7).
      tell(.notRestarted(reason: failure.text), &effects)
      if let ticket {
        effects.append(.supervised(ticket, .fault(Fault(.cantReread, failure.text))))
      }
    case (.success(let configuration), .reread(let ticket)):
      reapplyNames(configuration.settings, &effects)
      effects.append(.supervised(ticket, .changes(groupChanges)))
    case (.success, .restartCheck(let ticket)):
      if let ticket { effects.append(.supervised(ticket, .done)) }
      restartAll(now, &effects)
    case (.success, .reload(let ticket)) where mode != .running:
      // A restart is under way, which reads the file again by itself.
      answer(ticket, waits: true, .running, .plain, &effects)
    case (.success(let configuration), .reload(let ticket)):
      let touched = apply(configuration, now, &effects)
      answer(ticket, waits: true, .applied(touched), .plain, starting: touched, &effects)
    case (.success(let configuration), .restart):
      for watcher in watchers { forget(watcher.id, &effects) }
      applyDaemonPart(configuration, &effects)
      for spec in configuration.watchers { addWatcher(spec, isFromFile: true) }
      bootAgain(now, &effects)
    }
  }

  private func refuseLoaded(_ purpose: LoadPurpose, _ effects: inout [Effect]) {
    switch purpose {
    case .reload(let ticket?):
      effects.append(.reply(ticket, .error(.refused("arbiter is stopping..."))))
    case .reread(let ticket), .restartCheck(let ticket?):
      effects.append(.supervised(ticket, .fault(Fault(.shutdownState))))
    case .reload(nil), .restartCheck(nil), .restart: break
    }
  }

  /// A re-read applies what `[supervisord]` says about names and output at once (supervisor.md 1.16).
  private mutating func reapplyNames(_ new: DaemonSettings, _ effects: inout [Effect]) {
    var settings = ledger.settings
    settings.identifier = new.identifier
    settings.childLogDirectory = new.childLogDirectory
    settings.stripsAnsi = new.stripsAnsi
    guard settings != ledger.settings else { return }
    ledger.settings = settings
    effects.append(.applySettings(settings))
  }

  private mutating func bootAgain(_ now: Moment, _ effects: inout [Effect]) {
    mode = .running
    ledger.isEnding = false
    // The state file was not told what is wanted while everything went down.
    for index in watchers.indices { watchers[index].slots.touchAll() }
    ledger.notices.append(.supervisorRunning)
    startAll(cause: .restart, now, &effects)
    awaitDependentStarts()
  }

  private mutating func applyDaemonPart(
    _ configuration: Configuration, _ effects: inout [Effect]
  ) {
    ledger.settings = configuration.settings
    // Also when nothing has changed: what could not be had at the reload before is tried again.
    effects.append(.applySettings(configuration.settings))
    ledger.environment = configuration.environment
    if configuration.sockets != configuredSockets || hasMissingSockets {
      configuredSockets = configuration.sockets
      effects.append(.applySockets(configuration.sockets))
    }
  }

  /// Returns the watchers that have something to do.
  private mutating func apply(
    _ configuration: Configuration, _ now: Moment, _ effects: inout [Effect]
  ) -> [WatcherID] {
    let oldSockets = configuredSockets
    applyDaemonPart(configuration, &effects)
    let bindings = configuration.sockets.map(\.binding)
    let changedSockets = Set(
      oldSockets.filter { !bindings.contains($0.binding) }.map(\.name))
    var touched: [WatcherID] = []

    let wanted = Set(configuration.watchers.map { $0.name.lowercased() })
    // Watchers added by command are not in any file: they stay (circus removes them, B33).
    for watcher in watchers
    where watcher.isFromFile && !watcher.isDoomed
      && !wanted.contains(watcher.spec.name.lowercased())
    {
      watcher.tell(.removed, &effects)
      touched.append(watcher.id)
      removeWhenStopped(watcher.id, now, &effects)
    }
    let known = idsByName
    var new: [WatcherSpec] = []
    var restarts: [WatcherID] = []
    for spec in configuration.watchers {
      if let id = known[spec.name.lowercased()], let index = index(of: id),
        !watchers[index].isDoomed
      {
        if change(index, to: spec, changedSockets, &restarts, now, &effects) { touched.append(id) }
      } else {
        effects.append(.tell(.watcher(spec.name, .added), spec.habits.wording))
        new.append(spec)
      }
    }
    restart(restarts, now, &effects)
    let added = addWatchers(new)
    startAll(cause: .configuration, only: added, now, &effects)
    for id in touched { bringNeeds(of: id, now, &effects) }
    settleFormerServices(now, &effects)
    return touched + added.sorted()
  }

  /// Applies what has changed of a group, as long as nothing of it has to be started again for it.
  mutating func updateGroup(
    _ name: String, _ now: Moment, _ effects: inout [Effect]
  ) -> SupervisorAnswer {
    let old = watchers.filter { $0.spec.group == name && !$0.isDoomed && $0.isFromFile }
    let new = Dictionary(
      lastRead.filter { $0.group == name }.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    guard !old.isEmpty, !new.isEmpty else { return .fault(Fault(.badName, name)) }
    guard old.count == new.count,
      old.allSatisfy({ watcher in
        new[watcher.spec.name].map {
          (watcher.fileSpec ?? watcher.spec).differsInOwnOptionsAlone(from: $0)
        } ?? false
      })
    else { return .fault(Fault(.failed, "\(name) has to be started again")) }
    var restarts: [WatcherID] = []
    for watcher in old {
      guard let index = index(of: watcher.id), let spec = new[watcher.spec.name] else { continue }
      _ = change(index, to: spec, [], &restarts, now, &effects)
      bringNeeds(of: watcher.id, now, &effects)
    }
    restart(restarts, now, &effects)
    settleFormerServices(now, &effects)
    return .done
  }

  /// Whether anything about this watcher changed. `restarts`: those that are to be started again for it.
  private mutating func change(
    _ index: Int, to spec: WatcherSpec, _ changedSockets: Set<String>,
    _ restarts: inout [WatcherID], _ now: Moment, _ effects: inout [Effect]
  ) -> Bool {
    let id = watchers[index].id
    // What the file said last, not what a `set` made of it: an unchanged file changes nothing.
    let old = watchers[index].fileSpec ?? watchers[index].spec
    watchers[index].isFromFile = true
    watchers[index].fileSpec = spec
    let usesChanged = changedSockets.contains { old.uses(socket: $0) }
    guard old.withoutNoise != spec.withoutNoise || usesChanged else { return false }
    watchers[index].spec = spec
    (watchers[index].former, watchers[index].rejected) = (nil, nil)
    needsAreStale = true
    watchers[index].edits = JSONObject()
    if old.hooks != spec.hooks { effects.append(.forgetHooks(id)) }
    if old.processCount != spec.processCount { watchers[index].target = spec.processCount }
    if spec.singleton { watchers[index].target = min(1, watchers[index].target) }
    watchers[index].populate(&ledger)
    if usesChanged || !old.launches(as: spec) {
      watchers[index].tell(.changeRestarts, &effects)
      effects.append(.closeStreams(id, forever: false))
      let isDone = watchers[index].result != nil
      watchers[index].result = nil
      if old.schedule.isSet, spec.schedule.isSet {
        // Its next run is from the new definition.
        update(id, now, &effects) { _, _, _ in }
      } else if watchers[index].desired == .running || isDone {
        restarts.append(id)
      } else {
        // Its stop may be under way, and wait for others.
        update(id, now, &effects) { _, _, _ in }
      }
    } else {
      watchers[index].tell(.changeApplied, &effects)
      update(id, now, &effects) { watcher, ledger, _ in watcher.renewExpiries(now, &ledger) }
    }
    return true
  }
}
