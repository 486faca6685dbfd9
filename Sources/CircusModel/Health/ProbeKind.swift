/// What is asked about a process: of itself by a probe, or of the kernel for a limit.
package enum ProbeKind: String, CaseIterable, Hashable, Comparable, Sendable {
  /// Whether its start is complete; until then no other probe is asked.
  case startup
  /// Whether it can take work now. Never ends it.
  case readiness
  /// Whether it still works at all.
  case liveness
  /// The check of `ready = tcp:...` and the like: asked until it succeeds once.
  case ready
  /// Whether its memory is within a limit.
  case memory
  /// Whether the processor time it takes is.
  case cpu
  /// Whether its open descriptors are.
  case descriptors
  /// Whether the processes below it are.
  case children
  /// Whether a file it is to touch is young enough.
  case fileAge = "file_age"

  /// Probes with options of their own.
  package static let configurable = [startup, readiness, liveness]
  /// Those that compare a figure with a limit.
  package static let limits = [memory, cpu, descriptors, children, fileAge]

  package var isLimit: Bool { Self.limits.contains(self) }

  /// The option that names what is asked.
  package var key: String {
    switch self {
    case .startup, .readiness, .liveness: "\(rawValue)_probe"
    case .ready: "ready"
    case .memory: "max_rss"
    case .cpu: "max_cpu"
    case .descriptors: "max_fds"
    case .children: "max_children"
    case .fileAge: "max_file_age"
    }
  }

  /// What it is called where answers are shown.
  package var title: String { isLimit ? key : "\(rawValue) probe" }

  /// Why a process ends for it.
  package var cause: Cause {
    switch self {
    case .startup: .startup
    case .readiness, .liveness, .ready: .liveness
    case .memory: .memory
    case .cpu: .cpu
    case .descriptors: .descriptors
    case .children: .children
    case .fileAge: .fileAge
    }
  }

  package static func < (a: ProbeKind, b: ProbeKind) -> Bool { a.rawValue < b.rawValue }
}
