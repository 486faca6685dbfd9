import CircusModel

/// The probes of all lives. They are apart from the watchers: an answer that changes nothing touches none, and costs no
/// line of the state file.
package struct ProbeBoard: Sendable {
  /// The probes of one life.
  struct Checkup: Sendable {
    /// From which definition they are.
    var probes: Probes
    /// The main process.
    var pid: PID
    /// At most one of each kind, in their order.
    var states: [ProbeState] = []
  }

  private(set) var checkups: [ProcessID: Checkup] = [:]
  private var lives: [WatcherID: Set<ProcessID>] = [:]
  private var lastToken = 0

  /// Whether nothing is to be asked of any process.
  package var isEmpty: Bool { checkups.isEmpty }

  /// The lives of a watcher that are on the board.
  func lives(of watcher: WatcherID) -> Set<ProcessID> { lives[watcher] ?? [] }

  /// The probes of a life; nil: it has none.
  subscript(process: ProcessID) -> Checkup? { checkups[process] }

  mutating func put(_ checkup: Checkup, for process: ProcessID) {
    if checkups.updateValue(checkup, forKey: process) == nil {
      lives[process.watcher, default: []].insert(process)
    }
  }

  /// The life is over, or is not asked any more; returns the questions under way.
  mutating func remove(_ process: ProcessID) -> [Int] {
    lives[process.watcher]?.remove(process)
    if lives[process.watcher]?.isEmpty == true { lives[process.watcher] = nil }
    return checkups.removeValue(forKey: process)?.tokens ?? []
  }

  /// A watcher is gone; returns the questions under way.
  mutating func forget(_ watcher: WatcherID) -> [Int] { lives(of: watcher).flatMap { remove($0) } }

  /// The earliest question of a life; nil: none is to be asked by the clock.
  func due(_ process: ProcessID) -> Instant? {
    checkups[process]?.states.lazy.compactMap(\.due).min()
  }

  /// The number of a question out of turn.
  mutating func nextToken() -> Int {
    lastToken += 1
    return lastToken
  }

  /// Begins to ask what is due of a life, in place.
  mutating func begin(
    _ process: ProcessID, _ now: Moment, _ ask: (Checkup, ProbeState, Int) -> Void
  ) {
    guard let place = checkups.index(forKey: process) else { return }
    for index in checkups.values[place].states.indices {
      guard let due = checkups.values[place].states[index].due, due <= now.instant else { continue }
      lastToken += 1
      checkups.values[place].states[index].phase = .asking(token: lastToken, since: now.instant)
      ask(checkups.values[place], checkups.values[place].states[index], lastToken)
    }
  }

  /// Takes an answer, in place; nil: the question is not awaited any more.
  mutating func take(
    _ answer: ProbeAnswer, to token: Int, of process: ProcessID, _ now: Moment
  ) -> (state: ProbeState, change: ProbeState.Change?)? {
    guard let place = checkups.index(forKey: process),
      let index = checkups.values[place].states.firstIndex(where: { $0.token == token })
    else { return nil }
    let change = checkups.values[place].states[index].take(answer, now)
    return (checkups.values[place].states[index], change)
  }
}

extension ProbeBoard.Checkup {
  /// The questions under way.
  var tokens: [Int] { states.compactMap(\.token).sorted() }
}
