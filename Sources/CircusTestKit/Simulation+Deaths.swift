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

  /// The n-th live process of a watcher starts another one and names it as the main one; nil: there is none.
  @discardableResult
  package mutating func handOver(_ watcher: String, _ index: Int = 0) -> PID? {
    let living = arbiter.watchers.filter { $0.spec.name == watcher }.flatMap(\.slots)
      .filter { $0.state.pid != nil }
    guard living.indices.contains(index), let pid = living[index].state.pid,
      let child = kernel.fork(pid)
    else { return nil }
    runDirectory.named(
      child, by: pid, living[index].id, number: living[index].number, watcher: watcher)
    feed(.named(living[index].id, child))
    return child
  }

  /// Processes of a watcher that were its main ones before, and live.
  package func formers(_ watcher: String) -> [PID] {
    arbiter.watchers.filter { $0.spec.name == watcher }.flatMap(\.slots)
      .flatMap { $0.state.life?.leaders.formers ?? [] }
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
