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
  /// Signalled; `killAt` passed means SIGKILL was sent. -> stopped
  case stopping(PID, killAt: Instant, wasKilled: Bool)
  /// Ended by itself and left so. -> spawning
  case exited(ExitStatus)
  /// Given up. -> spawning
  case fatal

  /// The process, where there is one.
  package var pid: PID? {
    switch self {
    case .starting(let pid, _), .running(let pid), .stopping(let pid, _, _): pid
    case .stopped, .spawning, .backoff, .exited, .fatal: nil
    }
  }

  /// Whether it was signalled to end.
  package var isStopping: Bool { if case .stopping = self { true } else { false } }
  /// Whether the kernel was asked and has not answered.
  package var isSpawning: Bool { if case .spawning = self { true } else { false } }

  /// Running, or on its way there by itself.
  package var isUp: Bool {
    switch self {
    case .spawning, .starting, .running, .backoff: true
    case .stopped, .stopping, .exited, .fatal: false
    }
  }

  /// When this state wants to be looked at again.
  var deadline: Instant? {
    switch self {
    case .starting(_, let healthyAt): healthyAt
    case .backoff(let until): until
    case .stopping(_, let killAt, false): killAt
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
    case .stopping: .stopping
    case .exited: .exited
    case .fatal: .fatal
    }
  }
}
