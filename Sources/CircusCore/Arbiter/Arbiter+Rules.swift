import CircusModel

/// What is done when a process breaks a rule.
extension Arbiter {
  /// Between two reloads of a watcher for a rule.
  private static let reloadPause = Interval.seconds(60)

  mutating func act(
    _ action: RuleAction, for process: ProcessID, cause: Cause = .liveness, _ reason: String,
    _ now: Moment, _ effects: inout [Effect]
  ) {
    guard mode == .running, let index = index(of: process.watcher),
      let slot = watchers[index].index(of: process)
    else { return }
    switch action {
    case .event: break
    case .restart:
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        watcher.endBrokenLife(
          slot, cause, reason, grace: watcher.spec.probes[.liveness].grace, now, &ledger, &effects)
      }
    case .reload:
      // A new process that breaks the rule at once must not lead to reloads without end.
      if let last = watchers[index].ruleReload, now.instant - last < Self.reloadPause { return }
      watchers[index].ruleReload = now.instant
      reload(process.watcher, sequential: false, graceful: true, now, &effects)
    case .stop: stop(process.watcher, cause: cause, now, &effects)
    case .exec(let command): runAction(command, index, slot, cause, reason, &effects)
    }
  }

  /// A command with the watcher's user and environment; what becomes of it concerns no process.
  private mutating func runAction(
    _ command: String, _ index: Int, _ slot: Int, _ cause: Cause, _ reason: String,
    _ effects: inout [Effect]
  ) {
    let watcher = watchers[index]
    let place = watcher.slots[slot]
    let plan = ProbePlanner.action(
      command, of: watcher.spec, number: place.number, count: watcher.target,
      ["CIRCUS_CAUSE": cause.rawValue, "CIRCUS_REASON": reason], pid: place.state.pid, ledger)
    switch plan {
    case .success(let plan): effects.append(.runCommand(plan))
    case .failure(let problem):
      watcher.tell(.actionFailed(reason: problem.text), &effects)
    }
  }
}
