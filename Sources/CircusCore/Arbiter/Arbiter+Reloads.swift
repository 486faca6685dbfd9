import CircusModel
import CircusWire

/// Watchers of one `reload` of all that have yet to begin: those whose needs are being reloaded.
struct ReloadQueue {
  var pending: [WatcherID] = []
  /// Those that have begun.
  var begun: Set<WatcherID> = []
  /// Those that were left as they are, because what they depend on could not be reloaded; and why.
  var untouched: [WatcherID: String] = [:]
  var isSequential = false
  var isGraceful = true
}

/// `reload` of everything.
extension Arbiter {
  /// Every running watcher, in start order. What an operator stopped stays stopped (circus starts
  /// it, B31). What depends on others begins when those are done, and not at all when one of them could not be reloaded.
  mutating func reloadAll(
    sequential: Bool, graceful: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    refreshNeeds()
    let chosen = startOrder.filter { id in
      guard let index = index(of: id) else { return false }
      // The next run of a schedule is from the new definition anyway.
      return watchers[index].desired == .running && !watchers[index].spec.schedule.isSet
    }
    guard needs.hasEdges else {
      for id in chosen {
        reload(id, sequential: sequential, graceful: graceful, now, &effects)
      }
      return
    }
    reloads = ReloadQueue()
    (reloads.pending, reloads.isSequential, reloads.isGraceful) = (chosen, sequential, graceful)
    advanceReloads(now, &effects)
  }

  mutating func advanceReloads(_ now: Moment, _ effects: inout [Effect]) {
    guard !reloads.pending.isEmpty else { return }
    guard mode == .running else { return reloads = ReloadQueue() }
    var waiting: [WatcherID] = []
    for id in reloads.pending {
      guard let index = index(of: id), watchers[index].desired == .running else { continue }
      let needs = needs.of(id).map(\.watcher)
      if let failed = needs.first(where: hasFailedToReload) {
        leave(index, without: failed, now, &effects)
      } else if needs.contains(where: { waiting.contains($0) || isReloading($0) }) {
        waiting.append(id)
      } else {
        reloads.begun.insert(id)
        reload(
          id, sequential: reloads.isSequential, graceful: reloads.isGraceful, now, &effects)
      }
    }
    reloads.pending = waiting
  }

  private func hasFailedToReload(_ id: WatcherID) -> Bool {
    if reloads.untouched[id] != nil { return true }
    guard reloads.begun.contains(id), let index = index(of: id) else { return false }
    return watchers[index].hasFailedReload
  }

  private func isReloading(_ id: WatcherID) -> Bool {
    guard reloads.begun.contains(id), let index = index(of: id) else { return false }
    let watcher = watchers[index]
    return watcher.rollout != nil || watcher.awaitsReload || watcher.isToRestart
      || watcher.phase == .starting || watcher.phase == .stopping
  }

  /// Its processes stay as they are.
  private mutating func leave(
    _ index: Int, without id: WatcherID, _ now: Moment, _ effects: inout [Effect]
  ) {
    let name = self.index(of: id).map { watchers[$0].spec.name } ?? ""
    let reason = "\(name), which it depends on, could not be reloaded"
    reloads.untouched[watchers[index].id] = "\(watchers[index].spec.name): not reloaded: \(reason)"
    watchers[index].tell(.notReloaded(reason: reason), &effects)
    var event = watchers[index].event(.reloadFailed, now)
    event.reason = reason
    ledger.publish(event, into: &effects)
  }
}
