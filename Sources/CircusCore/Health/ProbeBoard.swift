import CircusModel

/// The probes of all lives. They are apart from the watchers: an answer that changes nothing touches none, and costs no
/// line of the state file.
package struct ProbeBoard: Sendable {
  /// The probes of one life.
  struct Checkup: Sendable {
    /// From which definition they are.
    var probes: Probes
    var states: [ProbeKind: ProbeState] = [:]
  }

  private(set) var lives: [WatcherID: [ProcessID: Checkup]] = [:]
  private var lastToken = 0

  /// Whether nothing is to be asked of any process.
  package var isEmpty: Bool { lives.isEmpty }

  /// Whether there is anything to be asked of a watcher.
  func concerns(_ watcher: WatcherID) -> Bool { lives[watcher] != nil }

  /// The probes of a life; nil: it has none.
  subscript(process: ProcessID) -> Checkup? {
    get { lives[process.watcher]?[process] }
    set {
      if let newValue {
        lives[process.watcher, default: [:]][process] = newValue
      } else {
        lives[process.watcher]?[process] = nil
        if lives[process.watcher]?.isEmpty == true { lives[process.watcher] = nil }
      }
    }
  }

  /// A watcher is gone; returns the questions under way.
  mutating func forget(_ watcher: WatcherID) -> [Int] {
    lives.removeValue(forKey: watcher)?.values.flatMap(\.tokens).sorted() ?? []
  }

  /// The earliest question of a life; nil: none is to be asked by the clock.
  func due(_ process: ProcessID) -> Instant? {
    self[process]?.states.values.compactMap(\.due).min()
  }

  mutating func nextToken() -> Int {
    lastToken += 1
    return lastToken
  }
}

extension ProbeBoard.Checkup {
  /// The questions under way.
  var tokens: [Int] { states.values.compactMap(\.token).sorted() }
}
