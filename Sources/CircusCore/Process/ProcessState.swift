import CircusModel

/// Where one process stands. Each case carries exactly what it needs.
package enum ProcessState: Hashable, Sendable {
  /// Not running and not meant to. -> spawning
  case stopped
  /// Wanted, and not started before what its watcher depends on is there. -> spawning, stopped
  case waiting
  /// Asked of the kernel, no answer yet. -> starting, running, backoff, fatal
  case spawning
  /// Alive, but not long enough to count (supervisor `startsecs`), or not ready yet.
  /// -> running, backoff, fatal, stopping
  case starting(Life, until: Milestone)
  /// -> exited, backoff, spawning, stopping
  case running(Life)
  /// Waiting for the next attempt; nil: the wait is over. -> spawning, stopped
  case backoff(until: Instant?)
  /// Signalled. -> ending, stopped
  indirect case stopping(Life, ProcessStop)
  /// Dead after a stop; what it left behind is being ended. -> stopped
  indirect case ending(Orphans)
  /// Ended by itself. Its successor, if one is wanted, is not started before `until`; nil: at once. -> spawning
  case exited(ExitStatus, until: Instant?)
  /// Given up. -> spawning
  case fatal

  /// The live process, where there is one; changed in place, with no change of the state.
  package internal(set) var life: Life? {
    get {
      switch self {
      case .starting(let life, _), .running(let life), .stopping(let life, _): life
      case .stopped, .waiting, .spawning, .backoff, .ending, .exited, .fatal: nil
      }
    }
    set {
      guard let newValue else { return }
      switch self {
      case .starting(_, let milestone): self = .starting(newValue, until: milestone)
      case .running: self = .running(newValue)
      case .stopping(_, let stop): self = .stopping(newValue, stop)
      case .stopped, .waiting, .spawning, .backoff, .ending, .exited, .fatal: break
      }
    }
  }

  /// The stop under way, while the process lives.
  var stop: ProcessStop? {
    get { if case .stopping(_, let stop) = self { stop } else { nil } }
    set {
      if case .stopping(let life, _) = self, let newValue { self = .stopping(life, newValue) }
    }
  }

  /// The number of the live process, where there is one.
  package var pid: PID? { life?.pid }

  /// The process, or the one whose orphans are being ended.
  var leader: PID? { if case .ending(let orphans) = self { orphans.leaders.first } else { pid } }

  /// Whether its stop is under way: it was signalled, or its orphans are being ended.
  package var isStopping: Bool {
    switch self {
    case .stopping, .ending: true
    case .stopped, .waiting, .spawning, .starting, .running, .backoff, .exited, .fatal: false
    }
  }
  /// The process is dead, and its orphans are not.
  package var isEnding: Bool { if case .ending = self { true } else { false } }
  /// Whether the kernel was asked and has not answered.
  package var isSpawning: Bool { if case .spawning = self { true } else { false } }
  /// Whether there is neither a process nor an orphan, nor one on its way.
  var isEmpty: Bool { life == nil && !isSpawning && !isEnding }

  /// Running, or on its way there by itself.
  package var isUp: Bool {
    switch self {
    case .waiting, .spawning, .starting, .running, .backoff: true
    case .stopped, .stopping, .ending, .exited, .fatal: false
    }
  }

  /// The moment before which no successor is started, where it waits for one.
  var pausesUntil: Instant? {
    switch self {
    case .backoff(let until), .exited(_, let until): until
    case .stopped, .waiting, .spawning, .starting, .running, .stopping, .ending, .fatal: nil
    }
  }

  /// When this state wants to be looked at again.
  var deadline: Instant? {
    switch self {
    case .starting(_, let milestone): milestone.deadline
    case .running(let life): life.deadline
    case .backoff(let until), .exited(_, let until): until
    case .stopping(_, let stop): stop.deadline
    case .ending(let orphans): orphans.deadline
    case .stopped, .waiting, .spawning, .fatal: nil
    }
  }

  /// supervisor's view of it.
  package var stage: ProcessStage {
    switch self {
    case .stopped: .stopped
    case .waiting, .spawning, .starting: .starting
    case .running: .running
    case .backoff: .backoff
    // Not up in time, it is ended: to those who follow its states its start goes on until it has failed.
    case .stopping(_, let stop) where stop.cause.isFailedStart: .starting
    case .ending(let orphans) where orphans.isFailedStart: .starting
    case .stopping, .ending: .stopping
    case .exited: .exited
    case .fatal: .fatal
    }
  }
}
