import CircusModel

/// What is done when a process breaks a rule.
extension Arbiter {
  /// Between two reloads of a watcher for a rule, at least.
  private static let reloadPause = Interval.seconds(60)

  mutating func act(
    _ rule: ProbeSpec, for process: ProcessID, _ reason: String, _ now: Moment,
    _ effects: inout [Effect]
  ) {
    guard mode == .running, let index = index(of: process.watcher),
      let slot = watchers[index].index(of: process)
    else { return }
    let cause = rule.kind.cause
    switch rule.action {
    case .event: break
    case .restart:
      update(process.watcher, now, &effects) { watcher, ledger, effects in
        if rule.kind.isFailure {
          watcher.endBrokenLife(
            slot, cause, reason, grace: rule.grace, now, &ledger, &effects)
        } else {
          watcher.restartOverLimit(slot, rule, now, &ledger, &effects)
        }
      }
    case .reload:
      // A new process that breaks the rule at once must not lead to reloads without end.
      let pause = rule.kind.isLimit ? max(rule.cooldown, Self.reloadPause) : Self.reloadPause
      if let last = watchers[index].ruleReload, now.instant - last < pause { return }
      watchers[index].ruleReload = now.instant
      reload(process.watcher, sequential: false, graceful: true, now, &effects)
    case .stop: stop(process.watcher, cause: cause, now, &effects)
    case .exec(let command): runAction(command, index, slot, cause, reason, &effects)
    }
  }

  /// A process is over a limit; true, as something may follow. What can be done once is done once, when that begins;
  /// a restart or reload that had to wait is tried again with each sample.
  mutating func enforce(
    _ state: ProbeState, on process: ProcessID, isNew: Bool, _ now: Moment,
    _ effects: inout [Effect]
  ) -> Bool {
    guard isNew || state.spec.action == .restart || state.spec.action == .reload else {
      return false
    }
    act(state.spec, for: process, "\(state.spec.kind.title): \(state.lastWords)", now, &effects)
    return true
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
