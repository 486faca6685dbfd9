import CircusModel

/// The core's one timer heap. An entry says only "look at this again then"; whether it still means
/// anything is decided by the state it finds, so nothing has to be cancelled.
struct TimerHeap {
  enum Subject: Hashable {
    case process(ProcessID)
    case watcher(WatcherID)
    /// A question to this life is due.
    case probe(ProcessID)
    /// This life must have said that it lives.
    case watchdog(ProcessID)
    /// The schedule of this watcher has its time.
    case schedule(WatcherID)
    case arbiter
  }

  private(set) var entries: [(at: Instant, subject: Subject)] = []

  var isEmpty: Bool { entries.isEmpty }
  var earliest: (at: Instant, subject: Subject)? { entries.first }

  mutating func push(_ at: Instant, _ subject: Subject) {
    guard at != .distantFuture else { return }
    entries.append((at, subject))
    var child = entries.count - 1
    while child > 0, entries[child].at < entries[(child - 1) / 2].at {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() {
    guard !entries.isEmpty else { return }
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].at < entries[least].at {
        least = child
      }
      if least == parent { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
