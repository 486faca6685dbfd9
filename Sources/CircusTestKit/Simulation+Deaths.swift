import CircusCore
import CircusModel

/// Ending processes of the simulated machine.
extension Simulation {
  /// Ends the n-th live process of a watcher.
  package mutating func exit(_ watcher: String, _ index: Int = 0, _ status: ExitStatus) {
    let pids = self.pids(watcher)
    guard pids.indices.contains(index) else { return violations.append("no process to end") }
    kernel.crash(pids[index], status)
    deliverDeaths()
  }

  /// Every process that is dying is dead now.
  package mutating func deliverDeaths() {
    while let pid = kernel.dying.first { deliverDeath(of: pid) }
  }

  /// One dying process is dead now; a pid that is not dying is passed over.
  package mutating func deliverDeath(of pid: PID) {
    guard let status = kernel.processes[pid]?.pendingDeath else { return }
    kernel.die(pid)
    runDirectory.died(pid)
    feed(.exited(pid, status))
  }

  /// A child that outlived its process ends by itself; a pid that is none is passed over.
  package mutating func endOrphan(_ pid: PID) {
    if kernel.endOrphan(pid) { feed(.exited(pid, .exited(0))) }
  }

  /// Processes of a watcher that have yet to say that they are ready, by their places.
  package func silent(_ watcher: String) -> [ProcessID] {
    arbiter.watchers.filter { $0.spec.name == watcher }.flatMap(\.slots).filter {
      if case .starting(_, .word) = $0.state { true } else { false }
    }.map(\.id)
  }

  /// The first of a watcher's processes that has yet to say that it is ready tells something; false: there is none.
  @discardableResult
  package mutating func tell(_ watcher: String, _ message: Notification = .ready) -> Bool {
    guard let process = silent(watcher).first else { return false }
    feed(.told(process, message))
    return true
  }
}
