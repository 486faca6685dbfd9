import CircusCore
import CircusModel

/// Losing the daemon, and starting another one.
extension Simulation {
  /// Kills the daemon at once and starts another on what the first one has written. Nothing the first
  /// one was about to do is done, and who waited for it waits for ever.
  package mutating func crash(configuration changed: Configuration? = nil) {
    kernel.loseDaemon()
    forget(changed)
    do {
      let found = try runDirectory.find { [kernel] in kernel.processes[$0] != nil }
      guard let found else { return feed(.boot) }
      let pids = found.survivors.map { PID($0.pid) }
      succeed(found, .left(dead: Set(pids.filter { kernel.processes[$0] == nil })))
    } catch {
      violations.append("the state file \(error.text)")
    }
  }

  /// Another daemon is started after this one was stopped; nothing runs any more.
  package mutating func startAgain() {
    do {
      let saved = try runDirectory.find { _ in false }
      forget(nil)
      if let saved { arbiter.recall(saved) }
      // As in the daemon, whose sockets are bound first.
      feed(.socketsChanged([], isComplete: true))
      feed(.boot)
    } catch {
      violations.append("the state file \(error.text)")
    }
  }

  /// Another program goes on in the same process: its children stay its children.
  package mutating func upgrade(configuration changed: Configuration? = nil) {
    do {
      let saved = try runDirectory.handOver(&arbiter)
      forget(changed)
      succeed(saved, .replaced)
    } catch {
      violations.append("the state \(error.text)")
    }
  }

  /// Whatever was in the memory of the daemon is gone.
  private mutating func forget(_ changed: Configuration?) {
    forsaken.formUnion(desk.tickets)
    _ = desk.closeAll()
    pendingHooks = []
    pendingProbes = []
    loads = []
    awaitedSockets = []
    effectsLeft = nil
    orphanRules.forget(&kernel)
    configuration = changed ?? configuration
    arbiter = Self.arbiter(configuration, 1, zones)
  }

  private mutating func succeed(_ saved: SavedState, _ predecessor: Predecessor) {
    if saved.damagedLines > 0 { violations.append("the state file is damaged") }
    feed(.resume(saved, predecessor))
  }
}
