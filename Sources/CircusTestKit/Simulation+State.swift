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

  /// Notes where the state file does not tell what a new one would.
  package mutating func checkSaved() {
    // While everything ends, what is wanted is not told any more.
    guard arbiter.mode == .running else { return }
    do {
      if let difference = try runDirectory.difference(arbiter) {
        violations.append("the state file tells \(difference)")
      }
    } catch {
      violations.append("the state file \(error.text)")
    }
  }

  /// supervisor's state of each process, `RUNNING` ..., by number; empty for an unknown name.
  package func states(_ watcher: String) -> [String] {
    let slots = arbiter.watchers.first { $0.spec.name == watcher }.map { Array($0.slots) } ?? []
    return slots.sorted { $0.number < $1.number }.map(\.state.stage.name)
  }
}
