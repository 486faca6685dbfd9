/// supervisor's states of a process, with the codes its clients know (supervisor.md 2.1).
package enum ProcessStage: Int, CaseIterable, Hashable, Sendable {
  case stopped = 0
  case starting = 10
  case running = 20
  case backoff = 30
  case stopping = 40
  case exited = 100
  case fatal = 200

  /// `RUNNING`, `FATAL` ...
  package var name: String {
    switch self {
    case .stopped: "STOPPED"
    case .starting: "STARTING"
    case .running: "RUNNING"
    case .backoff: "BACKOFF"
    case .stopping: "STOPPING"
    case .exited: "EXITED"
    case .fatal: "FATAL"
    }
  }

  /// Nothing runs and nothing is going to by itself.
  package var isStopped: Bool {
    switch self {
    case .stopped, .exited, .fatal: true
    case .starting, .running, .backoff, .stopping: false
    }
  }

  /// Running, or on its way there.
  package var isRunning: Bool {
    switch self {
    case .starting, .running, .backoff: true
    case .stopped, .stopping, .exited, .fatal: false
    }
  }

  /// There is a process a signal can be sent to.
  package var isSignallable: Bool {
    switch self {
    case .starting, .running, .stopping: true
    case .stopped, .backoff, .exited, .fatal: false
    }
  }
}
