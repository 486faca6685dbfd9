import CircusModel

/// What must be true after every event, whatever its order. Checked by the simulation.
extension Arbiter {
  /// What is broken; empty when all is well.
  package func checkInvariants() -> [String] {
    var broken: [String] = []
    func demand(_ holds: Bool, _ text: @autoclosure () -> String) {
      if !holds { broken.append(text()) }
    }
    var seen: [PID: ProcessID] = [:]
    for watcher in watchers {
      let name = watcher.spec.name
      for slot in watcher.slots {
        guard let life = slot.state.life else { continue }
        for pid in life.leaders.living {
          demand(seen[pid] == nil, "\(name): pid \(pid) in two slots")
          seen[pid] = slot.id
          demand(ledger.processes[pid] == slot.id, "\(name): pid \(pid) unknown to the ledger")
        }
      }
      let numbers = watcher.slots.map(\.number)
      demand(Set(numbers).count == numbers.count, "\(name): a number is used twice")
      let surge =
        switch watcher.rollout?.way {
        case .surge: watcher.target
        case .gradual: watcher.surge
        case .oneByOne, nil: 0
        }
      let strength = watcher.slots.filter { $0.state.isUp && !$0.isSurplus }.count
      // Old processes of an ended surge are surplus; no watcher may have more.
      // What a hook still holds back while the watcher stops is ended as soon as it is there.
      demand(
        watcher.phase == .stopping
          || strength <= max(
            watcher.target, watcher.slots.count { $0.generation < watcher.generation })
            + surge,
        "\(name): \(strength) processes for \(watcher.target)")
      if watcher.phase == .stopped {
        demand(!watcher.hasProcess, "\(name): stopped, yet it has processes")
        demand(!watcher.isRunning, "\(name): stopped, yet a run is under way")
        demand(
          !watcher.slots.contains { if case .backoff = $0.state { true } else { false } },
          "\(name): stopped, yet a start is due")
      }
      if watcher.spec.singleton {
        let running = watcher.slots.count { $0.state.pid != nil && !$0.state.isStopping }
        demand(running <= 1, "\(name): a singleton with \(running)")
      }
    }
    for index in watchers.indices { broken += brokenOrder(index) + unexplained(index) }
    for (pid, id) in ledger.orphans {
      demand(index(of: id) != nil, "orphan \(pid) of a watcher that is gone")
    }
    for (pid, process) in ledger.processes {
      demand(seen[pid] == process, "pid \(pid) in the ledger, but in no slot")
    }
    let tickets = parkedTickets
    demand(Set(tickets).count == tickets.count, "a ticket waits twice")
    if mode == .finished { demand(tickets.isEmpty, "finished, yet a client waits") }
    return broken
  }

  /// What does not run though it is wanted, without a reason that `explain` would tell.
  private func unexplained(_ index: Int) -> [String] {
    let watcher = watchers[index]
    guard watcher.desired == .running, !watcher.isDoomed, watcher.target > 0, !watcher.hasProcess
    else { return [] }
    let now = Moment(instant: Instant(nanoseconds: 0), wall: 0)
    return reasons(of: watcher, now).isEmpty
      ? ["\(watcher.spec.name): wanted, does not run, and there is no reason for it"] : []
  }

  /// What is wrong about what a watcher waits for, and with what others wait for it.
  private func brokenOrder(_ index: Int) -> [String] {
    let watcher = watchers[index]
    let name = watcher.spec.name
    var broken: [String] = []
    guard !needs.isEmpty else { return watcher.isWaiting ? ["\(name) waits for nothing"] : [] }
    guard !watcher.isDoomed, needs.concerns(watcher.id) else { return [] }
    let gate = currentGate(of: watcher.id, watcher).0
    if watcher.isWaiting {
      if gate != watcher.gate {
        broken.append("\(name) has not seen that \(gate.text): \(watcher.gate), not \(gate)")
      }
      if watcher.waiting == nil { broken.append("\(name) waits and has not said so") }
    }
    let isEarly = watcher.phase == .stopped && watcher.slots.contains { $0.state.isSpawning }
    if isEarly { broken.append("\(name) is started before its gate has opened") }
    let standing = watcher.currentStanding(Moment(instant: .distantFuture, wall: 0))
    if standing != watcher.standing {
      broken.append("\(name): others still see \(watcher.standing), it is \(standing)")
    }
    return broken
  }

  /// What parked tickets wait for, and where the watchers stand, for a failing test.
  package var parkedConditions: String {
    let states = watchers.map {
      "\($0.id.number) \($0.spec.name) \($0.phase) \($0.desired) target \($0.target) \($0.rollout.map { "\($0)" } ?? "-") \($0.slots.map { "\($0.number):\($0.state) \($0.isWanted) \($0.isSurplus)" }) \(String(describing: $0.leftovers))"
    }
    let orders = supervised.map { "\($0.kind) \($0.pending.map { "\($0.key)" })" }
    return "\(mode) \(waiting.map { "\($0.condition)" }) \(orders) \(states) queue \(startQueue)"
  }

  /// Tickets whose answer is parked.
  package var parkedTickets: [Ticket] {
    waiting.map(\.ticket) + watches.map(\.ticket) + supervised.map(\.ticket)
  }
}
