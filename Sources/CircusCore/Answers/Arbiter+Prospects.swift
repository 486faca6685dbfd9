import CircusModel

/// What would change the state of a watcher, in sentences.
extension Arbiter {
  func prospects(of watcher: Watcher, _ now: Moment) -> [String] {
    let reasons = reasons(of: watcher, now)
    return reasons.isEmpty ? [watcher.afterAnEnd] : reasons
  }

  /// Why it is not as it is wanted, and what ends that; empty: it runs as it should.
  func reasons(of watcher: Watcher, _ now: Moment) -> [String] {
    if startQueue.pending.contains(watcher.id) {
      return ["its start is due: others start before it"]
    }
    if watcher.awaitsOthers {
      let waits = missingStarts(of: watcher).map {
        "\($0.program) has been \($0.stages.words.joined(separator: " or "))"
      }
      return [
        "it is started once, when \(waits.isEmpty ? "its turn comes" : waits.joined(separator: " and "))"
      ]
    }
    if watcher.spec.schedule.isSet, !watcher.isBusy { return [watcher.scheduledWayBack] }
    if watcher.isWaiting { return watcher.gate.prospects(watcher.spec.name) }
    if watcher.isGoingDown, watcher.gate.isNeeded {
      let names = needs.dependents(of: watcher.id).compactMap { edge -> String? in
        index(of: edge.watcher).flatMap { watchers[$0].isGoingDown ? watchers[$0].spec.name : nil }
      }
      return ["it is stopped after what depends on it: \(names.joined(separator: ", "))"]
    }
    switch watcher.phase {
    case .stopped: return [watcher.wayBack]
    case .starting, .active, .stopping: return watcher.reasons(now)
    }
  }
}

extension Dependency.Condition {
  /// What is so then, after the dependency's name.
  fileprivate var clause: String {
    switch self {
    case .started: "is up"
    case .ready: "is ready"
    case .healthy: "is healthy"
    case .completed: "has ended"
    case .completedOK: "is done"
    }
  }
}

extension StartGate {
  /// What opens it.
  fileprivate func prospects(_ name: String) -> [String] {
    let lasting = obstacles.filter(\.isLasting)
    guard !lasting.isEmpty else {
      let names = obstacles.map { "\($0.name) \($0.condition.clause)" }
      return names.isEmpty
        ? ["it starts when what it follows is back"]
        : ["it starts when \(names.joined(separator: " and "))"]
    }
    return lasting.map { obstacle in
      switch obstacle.reason {
      case .missing: "it cannot start before there is a watcher called \(obstacle.name)"
      case .circle: "it can never start: \(obstacle.name) waits for it in turn"
      case .onItsWay: "it starts when \(obstacle.name) \(obstacle.condition.clause)"
      case .obstacle(.stopped), .obstacle(.noProcessWanted):
        "\(obstacle.name) does not start by itself: `circusctl start \(name)` starts both"
      case .obstacle(.ended), .obstacle(.gaveUp):
        "`circusctl start \(obstacle.name)` tries again; \(name) starts when it \(obstacle.condition.clause)"
      case .obstacle(.dependency): "`circusctl explain \(obstacle.name)` tells what that waits for"
      }
    }
  }
}

extension Watcher {
  /// The same for one of which something runs, or should.
  fileprivate func reasons(_ now: Moment) -> [String] {
    var found = slots.sorted { $0.number < $1.number }.compactMap { prospect(of: $0, now) }
    if phase == .stopping {
      if desired == .running { found.append("it starts again when it is down") }
      return found.isEmpty ? ["it has ended; what it left behind is being ended"] : found
    }
    if target == 0 { found.append("no process is wanted: `circusctl incr \(spec.name)` adds one") }
    let missing = target - countedSlots
    if missing > 0 { found.append("\(missing) more processes are about to start") }
    if case .stopped = desired { found.append("it is about to be stopped") }
    return found
  }

  /// What runs it, when it is not its time.
  fileprivate var scheduledWayBack: String {
    guard let schedule, schedule.isArmed else {
      return
        "it is not scheduled: `circusctl start \(spec.name)` runs it, and has its times kept again"
    }
    return schedule.problem
      ?? "it runs \(schedule.nextText.map { "at \($0)" } ?? "at no time"): `circusctl run \(spec.name)` runs it now"
  }

  /// What starts it, stopped as it is.
  fileprivate var wayBack: String {
    let order = "`circusctl start \(spec.name)`"
    switch desired {
    case .running:
      return spec.onDemand
        ? "it starts with the first connection to its socket" : "it is about to start"
    case .stopped(.boot):
      return spec.autostart
        ? "\(order) starts it"
        : "it does not start with the daemon (autostart is off): \(order) starts it"
    case .stopped(.exit):
      return spec.isOneshot
        ? "it is done: \(order) runs it again"
        : "it is not started again by itself: \(order) starts it"
    case .stopped(.spawnFailure): return "it gave up: \(order) tries again"
    case .stopped(.hook): return "a hook refused the start: \(order) asks it again"
    case .stopped(.scale):
      return "no process is wanted: `circusctl incr \(spec.name)`, then \(order)"
    case .stopped: return "it stays stopped: \(order) starts it"
    }
  }

  /// What happens to one process next, where that is more than running on.
  fileprivate func prospect(of slot: Slot, _ now: Moment) -> String? {
    func wait(_ instant: Instant) -> String {
      Self.span(max(0, (instant - now.instant).seconds.rounded(.up)))
    }
    switch slot.state {
    case .starting(_, .word(let limit)):
      return limit.map {
        "\(slot.name) has to become ready (\(spec.ready.text)) within \(wait($0)), or its start has failed"
      } ?? "\(slot.name) has to become ready (\(spec.ready.text)), whenever that is"
    case .starting(_, .age(let instant)):
      return "\(slot.name) counts as started in \(wait(instant))"
    case .backoff(let until) where slot.isWanted, .exited(_, let until) where slot.isWanted:
      let time = until.map { "in \(wait($0))" } ?? "in a moment"
      return "\(slot.name) is started again \(time)\(attempts(slot))"
    case .backoff: return nil
    case .exited:
      return "\(slot.name) stays ended: \(processOrder(slot)) starts it"
    case .fatal: return "\(slot.name) gave up: \(processOrder(slot)) tries again"
    case .stopping(_, let stop):
      return stop.wasKilled
        ? "\(slot.name) was sent SIGKILL: the kernel has not ended it yet"
        : "\(slot.name) is sent SIGKILL in \(wait(stop.killAt)) if it has not ended"
    case .ending: return "\(slot.name) has ended; what it left behind is being ended"
    case .running(let life):
      if let by = life.reload?.by {
        return "\(slot.name) has to confirm its reload within \(wait(by)), or the reload has failed"
      }
      return life.leavesBy.map { "\(slot.name) is about to end; it is ended in \(wait($0))" }
    case .spawning: return "\(slot.name) is being started"
    case .stopped:
      if phase == .stopping { return nil }
      return slot.isWanted
        ? "\(slot.name) is about to start"
        : "\(slot.name) stays stopped: \(processOrder(slot)) starts it"
    case .waiting: return "\(slot.name) is about to start"
    }
  }

  private func processOrder(_ slot: Slot) -> String {
    spec.habits.judgesProcesses
      ? "`supervisorctl start \(spec.group == slot.name ? slot.name : "\(spec.group):\(slot.name)")`"
      : "`circusctl start \(spec.name)`"
  }

  /// After how many more failures it is given up.
  private func attempts(_ slot: Slot) -> String {
    switch spec.habits.failedStart {
    case .stopsProcess:
      guard case .backoff = slot.state, let most = mostFailures else { return "" }
      let left = most - slot.failures
      return left > 0 ? "; it gives up after \(left) more failures" : ""
    case .stopsWatcher: return ""
    }
  }

  /// What the end of a process leads to.
  fileprivate var afterAnEnd: String {
    if spec.isOneshot { return "it is done when its processes have ended" }
    let actions = spec.exitActions.text
    let exceptions = actions.isEmpty ? "" : " (on_exit: \(actions))"
    return switch spec.restart {
    case .always: "a process that ends is started again\(exceptions)"
    case .never: "a process that ends is not started again\(exceptions)"
    case .unexpected:
      "a process that ends is started again, unless its exit status is an expected one\(exceptions)"
    }
  }
}
