import CircusModel

/// What the state file tells of one watcher, to find out what it does not tell yet.
struct WrittenWatcher {
  /// The line about one process.
  struct Line {
    /// Of its text.
    var hash: Int
    /// It tells that there is no process, nor any wish to look for one.
    var isStopped: Bool
  }

  /// The hash of the line about the watcher itself; nil: there is none.
  var head: Int?
  /// The lines about its processes by their numbers.
  var processes: [Int: Line] = [:]
  /// Whose orphans a full stop is ending.
  var leaders: [PID] = []
}
