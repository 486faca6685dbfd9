import CircusModel
import JSON

/// What a daemon that was stopped has left for the next one.
extension Arbiter {
  /// The times of a daemon that is over, before the boot.
  package mutating func recall(_ saved: SavedState) {
    for group in saved.groups.values {
      guard let name = group.head["name"]?.string, let record = group.head["schedule"]?.object,
        let index = index(named: name), watchers[index].spec.schedule.isSet
      else { continue }
      watchers[index].schedule = ScheduleState(
        record, watchers[index].spec.schedule, isSameBoot: false)
    }
  }
}
