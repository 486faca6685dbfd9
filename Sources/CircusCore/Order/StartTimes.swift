import JSON

/// When the last start of a watcher was wanted, began and was complete; what `critical-chain` and `blame` tell. In seconds
/// since the epoch.
package struct StartTimes: Hashable, Sendable {
  package internal(set) var wanted: Double
  /// What it depends on was there, and its first process was asked for; nil: not yet.
  package internal(set) var begun: Double?
  /// It was ready, or, a oneshot, done; nil: not yet.
  package internal(set) var complete: Double?
  /// What it waited for last, by name; nil: for nothing.
  package internal(set) var awaited: String?
  /// Processes that were started until it was complete.
  package internal(set) var spawns = 0

  init(wanted: Double, begun: Double? = nil) {
    self.wanted = wanted
    self.begun = begun
  }

  /// Seconds for which it waited for what it depends on.
  var waited: Double? { begun.map { max(0, $0 - wanted) } }
  /// Seconds from its first process until it was ready.
  var took: Double? {
    guard let begun, let complete else { return nil }
    return max(0, complete - begun)
  }
}

extension StartTimes {
  /// As the state file remembers it.
  var record: JSON {
    var object: JSONObject = ["wanted": .double(wanted)]
    if let begun { object["begun"] = .double(begun) }
    if let awaited { object["awaited"] = .string(awaited) }
    if let complete {
      object["complete"] = .double(complete)
      object["spawns"] = .int(spawns)
    }
    return .object(object)
  }

  init?(record: JSON?) {
    guard let wanted = record?["wanted"]?.number else { return nil }
    self.init(wanted: wanted)
    begun = record?["begun"]?.number
    awaited = record?["awaited"]?.string
    complete = record?["complete"]?.number
    spawns = record?["spawns"]?.int ?? 0
  }
}
