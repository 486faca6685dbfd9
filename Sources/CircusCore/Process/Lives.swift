import CircusModel

/// What became of the processes of one place since its watcher was started: how often one was replaced because it
/// had ended by itself, and how the last one ended.
package struct Lives: Hashable, Sendable {
  /// Processes that were started because the one before had ended by itself.
  package internal(set) var restarts = 0
  /// How the last process ended, and when, in seconds since the epoch; nil: none has.
  package internal(set) var lastExit: Exit?
  /// The restarts of the last minutes, each minute after the epoch with its number of them.
  var recent: [Minute] = []

  /// So many restarts in the last minutes that it was told.
  private var isFlapping = false
  /// From how many on, and down to how many it goes on.
  private static let (tooMany, few) = (5, 2)

  /// Restarts in one minute.
  struct Minute: Hashable, Sendable {
    /// Minutes since the epoch.
    var number: Int
    var count: Int
  }

  /// The end of one process.
  package struct Exit: Hashable, Sendable {
    /// Its exit status or signal.
    package var status: ExitStatus
    /// Seconds since the epoch.
    package var wall: Double
    /// Whether a stop had asked for it.
    package var wasAsked: Bool
  }

  /// Minutes that count as lately.
  private static let window = 10

  init() {}

  /// Restarts in the last ten minutes, and in the minute that was under way when they began.
  package func lately(_ now: Double) -> Int {
    recent.reduce(0) { $1.number >= Self.minute(now) - Self.window ? $0 + $1.count : $0 }
  }

  private static func minute(_ wall: Double) -> Int { Int(min(max(wall, 0), 1e15) / 60) }

  mutating func ended(_ status: ExitStatus, wasAsked: Bool, _ wall: Double) {
    lastExit = Exit(status: status, wall: wall, wasAsked: wasAsked)
  }

  /// Whether that makes too many of them, which is told once.
  mutating func restarted(_ wall: Double) -> Bool {
    defer {
      let count = lately(wall)
      isFlapping = count >= Self.tooMany || isFlapping && count > Self.few
    }
    count(wall)
    return !isFlapping && lately(wall) >= Self.tooMany
  }

  private mutating func count(_ wall: Double) {
    restarts += 1
    let minute = Self.minute(wall)
    if recent.last?.number == minute {
      recent[recent.count - 1].count += 1
    } else {
      recent = recent.suffix(Self.window) + [Minute(number: minute, count: 1)]
    }
  }

  /// Another start: what was before does not count any more, but how it ended is still worth telling.
  mutating func beginAgain() {
    restarts = 0
    recent = []
    isFlapping = false
  }
}
