import CircusModel

/// What the state file tells of one watcher, to find out what it does not tell yet.
struct WrittenWatcher {
  /// The hash of the line about the watcher itself; nil: there is none.
  var head: Int?
  /// The hashes of the lines about its processes by their numbers.
  var processes: [Int: Int] = [:]
  /// Whose orphans a full stop is ending.
  var leaders: [PID] = []
}
