import CircusCore
import CircusModel

/// What tests look at.
extension Simulation {
  /// The live pids of a watcher, named exactly; empty for an unknown name.
  package func pids(_ watcher: String) -> [PID] {
    arbiter.watchers.first { $0.spec.name == watcher }?.pids ?? []
  }

  /// circus's word for a watcher, `active` or `stopped` ...; nil for an unknown name.
  package func status(_ watcher: String) -> String? {
    arbiter.watchers.first { $0.spec.name == watcher }?.status.rawValue
  }

  /// supervisor's state of each process, `RUNNING` ..., by number; empty for an unknown name.
  package func states(_ watcher: String) -> [String] {
    (arbiter.watchers.first { $0.spec.name == watcher }?.slots ?? [])
      .sorted { $0.number < $1.number }.map(\.state.stage.name)
  }
}
