import CircusModel

/// What became of the processes of one place since its watcher was started: how often one was replaced because it
/// had ended by itself, and how the last one ended.
package struct Lives: Hashable, Sendable {
  /// Processes that were started because the one before had ended by itself.
  package internal(set) var restarts = 0
  /// How the last process ended, and when, in seconds since the epoch; nil: none has.
  package internal(set) var lastExit: Exit?
  /// When the last restarts were, in seconds since the epoch.
  private var recent: [Double] = []

  /// The end of one process.
  package struct Exit: Hashable, Sendable {
    /// Its exit status or signal.
    package var status: ExitStatus
    /// Seconds since the epoch.
    package var wall: Double
    /// Whether a stop had asked for it.
    package var wasAsked: Bool
  }

  /// Seconds that count as lately.
  package static let window = 600.0
  private static let mostRecent = 100

  init() {}

  /// Restarts in the last ten minutes; at most 100 are counted.
  package func lately(_ now: Double) -> Int { recent.count { $0 > now - Self.window } }

  mutating func ended(_ status: ExitStatus, wasAsked: Bool, _ wall: Double) {
    lastExit = Exit(status: status, wall: wall, wasAsked: wasAsked)
  }

  mutating func restarted(_ wall: Double) {
    restarts += 1
    recent = (recent + [wall]).suffix(Self.mostRecent)
  }

  /// Another start: what was before does not count any more, but how it ended is still worth telling.
  mutating func beginAgain() {
    restarts = 0
    recent = []
  }
}
