import CircusModel

/// What is known of what a probe asks for.
package enum ProbeVerdict: String, Hashable, Sendable { case unknown, passing, failing }

/// What outlives the daemon of what is known of a life.
package struct ProbeVerdicts: Hashable, Sendable {
  /// The startup probe has passed.
  package internal(set) var hasStarted = false
  package internal(set) var readiness = ProbeVerdict.unknown
  package internal(set) var liveness = ProbeVerdict.unknown

  subscript(kind: ProbeKind) -> ProbeVerdict {
    get {
      switch kind {
      case .startup: hasStarted ? .passing : .unknown
      case .readiness: readiness
      case .liveness: liveness
      // What the kernel tells is looked at again.
      case .ready, .memory, .cpu, .descriptors, .children, .fileAge: .unknown
      }
    }
    set {
      switch kind {
      case .startup: hasStarted = newValue == .passing
      case .readiness: readiness = newValue
      case .liveness: liveness = newValue
      case .ready, .memory, .cpu, .descriptors, .children, .fileAge: break
      }
    }
  }
}
