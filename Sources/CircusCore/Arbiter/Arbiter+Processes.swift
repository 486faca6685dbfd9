import CircusConfig
import CircusModel
import CircusWire
import JSON

/// `incr` and `decr`, `kill` and `signal`: what is done to the processes of one watcher.
extension Arbiter {
  mutating func scale(
    _ name: String, _ change: Int, _ waits: Bool, _ ticket: Ticket?, _ now: Moment,
    _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: name)
    let id = watchers[index].id
    guard !watchers[index].spec.singleton else {
      if let ticket {
        effects.append(
          .reply(
            ticket,
            .ok([
              .init("numprocesses", .int(watchers[index].pids.count)), .init("singleton", true),
            ])))
      }
      return
    }
    let (sum, overflow) = watchers[index].target.addingReportingOverflow(change)
    guard !overflow, sum <= 100_000 else {
      throw .invalid("'nb' is out of range: at most 100000 processes")
    }
    answer(ticket, waits: waits, .settled([id]), .processCount(id), &effects)
    resize(id, to: sum, now, &effects)
  }

  mutating func resize(
    _ id: WatcherID, to count: Int, _ now: Moment, _ effects: inout [Effect]
  ) {
    update(id, now, &effects) { watcher, ledger, _ in
      watcher.target = max(0, count)
      watcher.populate(&ledger)
      watcher.startCause = .scale
    }
  }

  // MARK: kill, signal

  mutating func kill(
    _ command: Kill, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    let id = watchers[index].id
    let victims = watchers[index].slots.filter { slot in
      guard let pid = slot.state.pid else { return false }
      return command.pid == nil || command.pid == Int(pid.rawValue)
    }.map(\.id)
    if let pid = command.pid, victims.isEmpty {
      throw .processNotFound(pid: String(pid), watcher: watchers[index].spec.name)
    }
    answer(ticket, waits: command.isWaiting, .gone(victims), .plain, &effects)
    var plan = watchers[index].spec.stop
    plan.signal = command.signal ?? plan.signal
    plan.grace = command.grace.map { .seconds(max(0, $0)) } ?? plan.grace
    update(id, now, &effects) { watcher, ledger, effects in
      for victim in victims {
        if let index = watcher.index(of: victim) {
          watcher.slots[index].respawnCause = .singleKill
        }
        watcher.stopProcess(
          victim, .singleKill, announcesReap: false, plan: plan, now, &ledger, &effects)
      }
    }
  }

  mutating func signal(
    _ command: SendSignal, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    let id = watchers[index].id
    let pids = watchers[index].pids.filter {
      command.pid == nil || command.pid == Int($0.rawValue)
    }
    if let pid = command.pid, pids.isEmpty {
      throw .processNotFound(pid: String(pid), watcher: watchers[index].spec.name)
    }
    if let child = command.childPID, let pid = pids.first {
      effects.append(
        .signalChild(of: pid, child: PID(Int32(truncatingIfNeeded: child)), command.signal, ticket))
      return
    }
    let scope: SignalScope =
      command.children ? .children : (command.recursive ? .tree : .process)
    update(id, now, &effects) { watcher, ledger, effects in
      for pid in pids {
        // Hooks are asked about the process itself, not about its children.
        if scope == .children {
          effects.append(.signal(pid, command.signal, scope))
        } else {
          watcher.signal(pid, command.signal, scope, &ledger, &effects)
        }
      }
    }
    if let ticket { effects.append(.reply(ticket, .plain)) }
  }
}
