import CircusModel

/// Names one process of one watcher for as long as it has its place, whatever life it is in.
package struct ProcessKey: Hashable, Sendable {
  /// The watcher it belongs to.
  package let watcher: WatcherID
  /// Its wid, or supervisor's process_num.
  package let number: Int

  package init(watcher: WatcherID, number: Int) {
    self.watcher = watcher
    self.number = number
  }
}

/// One process as supervisor's clients see it.
package struct ProcessView: Sendable {
  /// Which one it is.
  package let key: ProcessKey
  /// The name of its group.
  package let group: String
  /// Its name in the group.
  package let name: String
  /// How its program was defined.
  package let spec: WatcherSpec
  /// Where it stands; a process of a stopped circus watcher has no slot yet.
  package let slot: Slot?
  /// What became of its predecessors.
  package var lives = Lives()
  /// Whether its watcher is stopped because its processes had ended, and are not replaced.
  package var hasEnded = false

  /// What it waits for, where it is not started for that.
  package var waitsFor: String?
  /// That a probe of it fails, or when it runs next; nil: neither.
  package var note: String?

  /// Where it stands in supervisor's terms.
  package var stage: ProcessStage {
    if let slot { return slot.state.stage }
    if waitsFor != nil { return .starting }
    return hasEnded ? .exited : .stopped
  }

  /// `group:name`, or the name alone where both are the same (supervisor.md 4.5).
  package var displayName: String { group == name ? name : "\(group):\(name)" }
}
