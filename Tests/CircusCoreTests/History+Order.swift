import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON

/// Dependencies, readiness and oneshots in random histories.
extension History {
  /// What a watcher depends on, and what it is itself.
  static func link(_ spec: inout WatcherSpec, _ index: Int, _ edges: inout SplitMix) {
    for other in 0..<max(index, 1) where edges.chance(3) {
      let end = [
        "", ":started", "?", ":ready?", ":restart", ":stop", ":reload", ":started:stop",
      ][Int(edges.next() % 8)]
      spec.dependsOn.append(other == index ? "w9\(end)" : "w\(other)\(end)")
    }
    if !spec.dependsOn.isEmpty {
      spec.definition["depends_on"] = .string(spec.dependsOn.joined(separator: ","))
    }
    if edges.chance(4) {
      spec.ready = edges.chance(2) ? .notify : .seconds(.seconds(2))
      spec.readyTimeout = .seconds(Double(edges.next() % 4))
      spec.definition["ready"] = .string(spec.ready.text)
      spec.definition["ready_timeout"] = .float(spec.readyTimeout.seconds)
    }
    if edges.chance(6) {
      spec.isOneshot = true
      spec.runTimeout = .seconds(Double(edges.next() % 3))
      spec.definition["type"] = .string("oneshot")
      spec.onDemand = false
    }
    if edges.chance(4) { spec.minReady = [.all, .count(1), .percent(50)][Int(edges.next() % 3)] }
    spec.command = "run"
  }

  /// Questions, and one that may wait for its answer.
  mutating func ask(_ random: inout SplitMix) -> Ticket {
    let verb = ["explain", "graph", "critical-chain", "blame", "wait"][Int(random.next() % 5)]
    var properties: JSONObject = ["name": .string("w\(random.next() % 3)")]
    if verb == "wait" {
      properties["for"] = .string(
        Wait.Goal.allCases[Int(random.next() % UInt64(Wait.Goal.allCases.count))].rawValue)
      properties["timeout"] = .int(Int(random.next() % 5))
    }
    return simulation.send(verb, properties)
  }

  /// What dies dies, and what is to be ready or done is.
  mutating func letFinish() {
    simulation.deliverDeaths()
    answerProbes()
    // A oneshot whose hooks take longer than it may run, and which is tried for ever, is never done.
    if simulation.arbiter.watchers.contains(where: { $0.spec.isOneshot && $0.spec.maxRetry < 0 }) {
      simulation.answersHooks = true
    }
    for name in ["w0", "w1", "w2"] {
      while simulation.tell(name) {}
      endRun(name)
    }
  }

  /// Oneshots come to their end.
  mutating func endRun(_ name: String) {
    guard simulation.arbiter.watchers.contains(where: { $0.spec.name == name && $0.isRunning })
    else { return }
    for pid in simulation.pids(name) {
      simulation.kernel.crash(pid, .exited(0))
      simulation.deliverDeath(of: pid)
    }
  }

  /// Processes hand over to another one of their own, and those that have done so end.
  mutating func handOver(_ random: inout SplitMix) {
    guard simulation.effectsLeft == nil else { return }
    let name = "w\(random.next() % 3)"
    if random.chance(2) {
      simulation.handOver(name)
    } else if let former = simulation.formers(name).first {
      simulation.kernel.crash(former, .exited(0))
      if random.chance(2) { simulation.deliverDeath(of: former) }
    }
  }

  /// Processes say that they are ready, or lose what they were to say it on, or nobody has listened.
  mutating func speak(_ random: inout SplitMix) {
    guard simulation.effectsLeft == nil else { return }
    for name in ["w0", "w1", "w2"] {
      guard random.chance(3), let process = simulation.silent(name).first else { continue }
      switch random.next() % 8 {
      case 0: simulation.feed(.channelClosed(process))
      case 1: simulation.feed(.unheard(process))
      case 2:
        var message = Notification()
        message.isStopping = random.chance(2)
        message.isReloading = random.chance(2)
        message.extra = .seconds(5)
        simulation.feed(.told(process, message))
      default: simulation.tell(name)
      }
    }
  }
}
