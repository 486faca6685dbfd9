import CircusConfig
import CircusModel

/// Orders of supervisor's clients (supervisor.md 4.6, 4.7).
extension Arbiter {
  mutating func supervise(
    _ order: SupervisorOrder, _ ticket: Ticket, _ now: Moment, _ effects: inout [Effect]
  ) {
    guard mode == .running else {
      return effects.append(.supervised(ticket, .fault(Fault(.shutdownState))))
    }
    switch order {
    case .start(let keys, let refused, let waits, let isSingle):
      startProcesses(keys, refused, waits, isSingle, ticket, now, &effects)
    case .stop(let keys, let waits, let isSingle):
      stopProcesses(keys, waits, isSingle, ticket, now, &effects)
    case .addGroup(let name):
      effects.append(.supervised(ticket, addGroup(name, now, &effects)))
    case .removeGroup(let name):
      effects.append(.supervised(ticket, removeGroup(name, now, &effects)))
    case .updateGroup(let name):
      effects.append(.supervised(ticket, updateGroup(name, now, &effects)))
    case .reread: effects.append(.loadConfiguration(.reread(ticket)))
    case .shutdown:
      effects.append(.supervised(ticket, .done))
      shutDown(delays: true, now, &effects)
    case .restart: effects.append(.loadConfiguration(.restartCheck(ticket)))
    }
  }

  private mutating func startProcesses(
    _ keys: [ProcessKey], _ refused: [ProcessKey: Fault], _ waits: Bool, _ isSingle: Bool,
    _ ticket: Ticket, _ now: Moment, _ effects: inout [Effect]
  ) {
    var call = SupervisedCall(
      ticket: ticket, kind: .start, waits: waits, isSingle: isSingle, pending: [], results: [])
    // As they are before the first of them is touched.
    for view in keys.compactMap({ view($0) }) {
      let key = view.key
      func fail(_ fault: Fault) {
        call.results.append(ProcessResult(name: view.name, group: view.group, fault: fault))
      }
      if let fault = refused[key] {
        fail(fault)
      } else if view.stage.isRunning, view.waitsFor == nil {
        // A group order passes over those that run.
        if isSingle { fail(Fault(.alreadyStarted, view.displayName)) }
      } else if view.stage == .stopping {
        let name = ProcessName(watcher: view.group, process: view.name)
        effects.append(.tell(.process(name, .notStartedWhileStopping), .supervisor))
        // As supervisor has it: waiting, this is a failure; otherwise nothing happens.
        if waits { fail(Fault(.abnormalTermination, view.displayName)) }
      } else {
        call.pending.append(SupervisedCall.Pending(view))
        pullIn(for: key.watcher, cause: .command, now, &effects)
        update(key.watcher, now, &effects) { watcher, ledger, _ in
          watcher.startProcess(key.number, now, &ledger)
        }
      }
    }
    park(call)
  }

  private mutating func stopProcesses(
    _ keys: [ProcessKey], _ waits: Bool, _ isSingle: Bool, _ ticket: Ticket, _ now: Moment,
    _ effects: inout [Effect]
  ) {
    var call = SupervisedCall(
      ticket: ticket, kind: .stop, waits: waits, isSingle: isSingle, pending: [], results: [])
    let views = inStopOrder(keys.compactMap { view($0) })
    markStopped(views, now, &effects)
    for view in views {
      let key = view.key
      // A process that will start again by itself is running as far as an operator is concerned.
      guard view.stage.isRunning || view.slot?.isResting == true || isArmed(key.watcher) else {
        if isSingle {
          call.results.append(
            ProcessResult(
              name: view.name, group: view.group, fault: Fault(.notRunning, view.displayName)))
        }
        continue
      }
      call.pending.append(SupervisedCall.Pending(view))
      startQueue.pending.removeAll { $0 == key.watcher }
      update(key.watcher, now, &effects) { watcher, ledger, effects in
        watcher.stopProcess(key.number, now, &ledger, &effects)
      }
    }
    park(call)
  }

  /// A schedule would start it again.
  private func isArmed(_ id: WatcherID) -> Bool {
    index(of: id).map { watchers[$0].schedule?.isArmed == true } ?? false
  }

  /// All of them are seen to go down before the first one is touched, and what follows them goes first.
  private mutating func markStopped(
    _ views: [ProcessView], _ now: Moment, _ effects: inout [Effect]
  ) {
    guard needs.hasEdges else { return }
    for view in views where view.stage.isRunning {
      guard let index = index(of: view.key.watcher),
        let slot = watchers[index].slots.firstIndex(where: {
          $0.number == view.key.number && !$0.isSurplus
        })
      else { continue }
      watchers[index].slots[slot].isWanted = false
      watchers[index].wantNone()
    }
    for id in Set(views.map(\.key.watcher)).sorted() { pullDown(followersOf: id, now, &effects) }
  }

  /// What depends on others before those; as they come where nothing does.
  private func inStopOrder(_ views: [ProcessView]) -> [ProcessView] {
    guard needs.hasEdges else { return views }
    let places = Dictionary(uniqueKeysWithValues: zip(startOrder.reversed(), 0...))
    return views.enumerated().sorted {
      (places[$0.element.key.watcher] ?? 0, $0.offset) < (
        places[$1.element.key.watcher] ?? 0, $1.offset
      )
    }.map(\.element)
  }

  // MARK: groups

  private mutating func addGroup(
    _ name: String, _ now: Moment, _ effects: inout [Effect]
  ) -> SupervisorAnswer {
    let specs = lastRead.filter { $0.group == name }
    guard !specs.isEmpty else { return .fault(Fault(.badName, name)) }
    guard !hasGroup(name) else { return .fault(Fault(.alreadyAdded, name)) }
    var added: Set<WatcherID> = []
    for spec in specs { added.insert(addWatcher(spec, isFromFile: true)) }
    startAll(cause: .configuration, only: added, now, &effects)
    return .done
  }

  private mutating func removeGroup(
    _ name: String, _ now: Moment, _ effects: inout [Effect]
  ) -> SupervisorAnswer {
    guard hasGroup(name) else { return .fault(Fault(.badName, name)) }
    guard processes(inGroup: name).allSatisfy({ $0.stage.isStopped }) else {
      return .fault(Fault(.stillRunning, name))
    }
    for watcher in watchers where watcher.spec.group == name && !watcher.isDoomed {
      removeWhenStopped(watcher.id, now, &effects)
    }
    return .done
  }

  // MARK: reread

  /// What the file says now beside what is active (supervisor.md 1.16).
  var groupChanges: GroupChanges {
    var changes = GroupChanges()
    var active: [String: [WatcherSpec]] = [:]
    for watcher in watchers where !watcher.isDoomed && watcher.isFromFile {
      active[watcher.spec.group, default: []].append(
        (watcher.fileSpec ?? watcher.spec).withoutNoise)
    }
    var wanted: [String: [WatcherSpec]] = [:]
    for spec in lastRead { wanted[spec.group, default: []].append(spec.withoutNoise) }
    // In the order of priority and name, in which the groups of a file are listed.
    for name in lastRead.map(\.group).uniqued {
      guard let old = active[name] else {
        changes.added.append(name)
        continue
      }
      if Set(old) != Set(wanted[name] ?? []) { changes.changed.append(name) }
    }
    changes.removed = groupNames.filter { active[$0] != nil && wanted[$0] == nil }
    return changes
  }
}

extension [String] {
  /// Each once, in the order of its first appearance.
  fileprivate var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
