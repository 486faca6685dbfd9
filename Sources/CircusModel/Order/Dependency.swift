/// How one watcher depends on another one.
package struct Dependency: Hashable, Sendable {
  /// What must be so before the dependent starts.
  package enum Condition: String, CaseIterable, Hashable, Sendable {
    /// As many processes as wanted are up.
    case started
    /// As many processes as wanted have said that they are ready; without a `ready` option the same as `started`.
    case ready
    /// Ready, and the readiness probes of its processes pass now.
    case healthy
    /// It has run to its end, whatever the exit status, and is not started again by itself.
    case completed
    /// The same, and all its processes ended as they should.
    case completedOK = "completed_ok"

    /// Whether it is about an end, not about something that runs.
    package var isCompletion: Bool {
      switch self {
      case .completed, .completedOK: true
      case .started, .ready, .healthy: false
      }
    }
  }

  /// What the loss of the dependency means for the dependent.
  package enum Reaction: String, CaseIterable, Hashable, Sendable {
    /// Nothing: it runs on.
    case ignore
    /// It is reloaded once when the dependency is ready again.
    case reload
    /// It is restarted once when the dependency is ready again.
    case restart
    /// It is stopped, and started again when the dependency is ready.
    case stop
  }

  package var condition: Condition
  package var reaction: Reaction
  /// Waited for only while the dependency is on its way; it is not started for the dependent's sake.
  package var isOptional: Bool

  package init(
    _ condition: Condition, _ reaction: Reaction = .ignore, isOptional: Bool = false
  ) {
    self.condition = condition
    self.reaction = reaction
    self.isOptional = isOptional
  }
}
