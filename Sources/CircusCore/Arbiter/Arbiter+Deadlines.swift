import CircusModel

/// What is due, and when.
extension Arbiter {
  /// The next moment at which something is due, if any.
  package mutating func nextDeadline() -> Instant? {
    while let earliest = ledger.timers.earliest {
      if isCurrent(earliest.subject) { return earliest.at }
      ledger.timers.popFirst()
    }
    return nil
  }

  /// An entry about a life that is over has no effect.
  private func isCurrent(_ subject: TimerHeap.Subject) -> Bool {
    switch subject {
    case .arbiter: return true
    case .watcher(let id): return index(of: id) != nil
    case .probe(let process): return board.due(process) != nil
    case .watchdog(let process): return watchdogs[process] != nil
    case .schedule(let id):
      guard let index = index(of: id), let state = watchers[index].schedule else { return false }
      return state.due != nil || state.isQueued
    case .process(let id):
      guard let watcher = index(of: id.watcher),
        let slot = watchers[watcher].index(of: id)
      else { return false }
      return watchers[watcher].slots[slot].state.deadline != nil
    }
  }

  mutating func passDeadlines(_ now: Moment, _ effects: inout [Effect]) {
    while let earliest = ledger.timers.earliest, earliest.at <= now.instant {
      ledger.timers.popFirst()
      switch earliest.subject {
      case .process(let process):
        update(process.watcher, now, &effects) { watcher, ledger, effects in
          watcher.tick(process, now, &ledger, &effects)
        }
      case .watcher(let id):
        update(id, now, &effects) { watcher, ledger, effects in
          watcher.tickLeftovers(now, &ledger, &effects)
        }
        if let index = index(of: id) { watchers[index].expireHook(now, &ledger, &effects) }
      case .probe(let process): askProbes(process, now, &effects)
      case .schedule(let id): tickSchedule(id, now, &effects)
      case .watchdog(let process): tickWatchdog(process, now, &effects)
      case .arbiter: break
      }
    }
  }
}
