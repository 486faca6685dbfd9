import CircusModel

/// A process that is to say at least so often that it lives (`WATCHDOG=1`, sd_notify(3)).
struct Watchdog: Sendable {
  /// From one word to the next; what the process asks for itself beats the option.
  private var interval: Interval
  /// By then it must have said so again.
  var due: Instant
  /// Its time is over, and what it has sent meanwhile is being looked for.
  var isOver = false

  /// No process is asked to say it more often than ten times a second.
  private static let least = Interval.milliseconds(100)

  init(_ interval: Interval, at now: Instant) {
    self.interval = max(interval, Self.least)
    due = now + self.interval
  }

  /// For people.
  var seconds: Double { interval.seconds }

  /// It has said that it lives.
  mutating func heard(at now: Instant) {
    due = now + interval
    isOver = false
  }
}

/// The watchdogs of all lives.
struct Watchdogs: Sendable {
  private var all: [WatcherID: [ProcessID: Watchdog]] = [:]

  subscript(process: ProcessID) -> Watchdog? {
    get { all[process.watcher]?[process] }
    set {
      all[process.watcher, default: [:]][process] = newValue
      if all[process.watcher]?.isEmpty == true { all[process.watcher] = nil }
    }
  }

  /// Whether a process of this watcher is watched.
  func concerns(_ watcher: WatcherID) -> Bool { all[watcher] != nil }

  func lives(of watcher: WatcherID) -> Set<ProcessID> {
    all[watcher].map { Set($0.keys) } ?? []
  }

  /// The watcher is gone.
  mutating func forget(_ watcher: WatcherID) { all[watcher] = nil }
}
