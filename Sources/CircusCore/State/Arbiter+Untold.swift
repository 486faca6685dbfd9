import CircusModel
import JSON

/// Whether the lines that were appended, change by change, tell what a new file would. Checked by the simulation.
extension Arbiter {
  /// Where the file that was read says something else than one written anew now; nil: nowhere.
  package func difference(of read: SavedState, to anew: SavedState) -> String? {
    for watcher in watchers {
      let (old, new) = (read.groups[watcher.number], anew.groups[watcher.number])
      guard let old, let new else { return "watcher \(watcher.number) is missing" }
      if old.head != new.head { return "\(old.head), not \(new.head)" }
      if old.leaders != new.leaders { return "leaders \(old.leaders), not \(new.leaders)" }
      let numbers = Set(old.processes.keys).union(new.processes.keys)
      // A start that the kernel has not answered may be told or not.
      let starting = Set(watcher.slots.lazy.filter(\.state.isSpawning).map(\.number))
      for number in numbers.subtracting(starting) {
        let (one, other) = (told(old.processes[number]), told(new.processes[number]))
        if one != other { return "\(watcher.spec.name): \(one), not \(other)" }
      }
    }
    let extra = Set(read.groups.keys).subtracting(anew.groups.keys)
    return extra.isEmpty ? nil : "watchers that are gone: \(extra)"
  }

  /// Whether a signal waits for a hook is written with the next change only.
  private func told(_ record: JSONObject?) -> JSONObject {
    var record = record ?? [:]
    record["unsent"] = nil
    return record
  }
}
