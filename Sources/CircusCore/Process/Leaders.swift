import CircusModel

/// Which of its processes a life is known by. A program may hand over to another process of its own, as gunicorn does at an
/// upgrade by SIGUSR2 and as programs do that detach themselves. The life goes on as long as one of those lives
/// that were its main process.
package struct Leaders: Hashable, Sendable {
  /// The main process: the first one, or the one it has named since (`MAINPID=`).
  package private(set) var main: PID
  /// Living processes that were the main one before, oldest first.
  package private(set) var formers: [PID]
  /// Those that were, and are dead, oldest first. What descends from them belongs to the life.
  package private(set) var dead: [PID]

  /// So many of the dead are remembered; the first one always, whose session the others are in as a rule.
  private static let mostDead = 16

  package init(_ main: PID, formers: [PID] = [], dead: [PID] = []) {
    self.main = main
    self.formers = formers
    self.dead = dead
  }

  /// Those that live, the main one first.
  package var living: [PID] { [main] + formers }
  /// All of them, the main one first.
  package var all: [PID] { living + dead }

  /// Another living process is the main one from now on.
  package mutating func handOver(to new: PID) {
    formers.removeAll { $0 == new }
    dead.removeAll { $0 == new }
    formers.append(main)
    main = new
  }

  /// One of them is dead: the last that was the main process before takes its place, where it was the main one.
  /// False: none of them is left.
  package mutating func lose(_ pid: PID) -> Bool {
    if pid == main {
      guard let last = formers.popLast() else { return false }
      main = last
    } else {
      formers.removeAll { $0 == pid }
    }
    dead.append(pid)
    if dead.count > Self.mostDead { dead.remove(at: 1) }
    return true
  }
}
