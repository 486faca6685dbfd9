import CircusModel

/// Where one process stands. Each case carries exactly what it needs.
package enum ProcessState: Hashable, Sendable {
  /// Not running and not meant to. -> spawning
  case stopped
  /// Asked of the kernel, no answer yet. -> starting, running, backoff, fatal
  case spawning
  /// Alive, but not long enough to count (supervisor `startsecs`).
  /// -> running, backoff, fatal, stopping
  case starting(PID, healthyAt: Instant)
  /// -> exited, backoff, spawning, stopping
  case running(PID)
  /// Waiting for the next attempt. -> spawning, stopped
  case backoff(until: Instant)
  /// Signalled; `killAt` passed means SIGKILL was sent. -> ending, stopped
  case stopping(PID, killAt: Instant, wasKilled: Bool)
  /// Dead after a stop; what it left behind is being ended. -> stopped
  indirect case ending(Orphans)
  /// Ended by itself and left so. -> spawning
  case exited(ExitStatus)
  /// Given up. -> spawning
  case fatal

  /// The process, where there is one.
  package var pid: PID? {
    switch self {
    case .starting(let pid, _), .running(let pid), .stopping(let pid, _, _): pid
    case .stopped, .spawning, .backoff, .ending, .exited, .fatal: nil
    }
  }

  /// The process, or the one whose orphans are being ended.
  var leader: PID? { if case .ending(let orphans) = self { orphans.leaders.first } else { pid } }

  /// Whether its stop is under way: it was signalled, or its orphans are being ended.
  package var isStopping: Bool {
    switch self {
    case .stopping, .ending: true
    case .stopped, .spawning, .starting, .running, .backoff, .exited, .fatal: false
    }
  }
  /// The process is dead, and its orphans are not.
  package var isEnding: Bool { if case .ending = self { true } else { false } }
  /// Whether the kernel was asked and has not answered.
  package var isSpawning: Bool { if case .spawning = self { true } else { false } }

  /// Running, or on its way there by itself.
  package var isUp: Bool {
    switch self {
    case .spawning, .starting, .running, .backoff: true
    case .stopped, .stopping, .ending, .exited, .fatal: false
    }
  }

  /// When this state wants to be looked at again.
  var deadline: Instant? {
    switch self {
    case .starting(_, let healthyAt): healthyAt
    case .backoff(let until): until
    case .stopping(_, let killAt, false): killAt
    case .ending(let orphans): orphans.deadline
    case .stopping(_, _, true), .stopped, .spawning, .running, .exited, .fatal: nil
    }
  }

  /// supervisor's view of it.
  package var stage: ProcessStage {
    switch self {
    case .stopped: .stopped
    case .spawning, .starting: .starting
    case .running: .running
    case .backoff: .backoff
    case .stopping, .ending: .stopping
    case .exited: .exited
    case .fatal: .fatal
    }
  }
}
