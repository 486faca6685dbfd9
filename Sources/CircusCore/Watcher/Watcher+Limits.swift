import CircusModel

/// Processes that are over a limit give way to new ones. That is no failure: no pause, no attempt that counts.
extension Watcher {
  /// A new process is looked at as soon as it is there.
  private static let leastCooldown = Interval.seconds(1)

  /// One at a time, and none in a place whose process was replaced for a limit a short while ago: a program that needs
  /// more than its limit must not be started again and again.
  mutating func restartOverLimit(
    _ index: Int, _ rule: ProbeSpec, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard rollout == nil, !isRestartingOverLimit else { return }
    let number = slots[index].number
    let pause = max(rule.cooldown, Self.leastCooldown)
    if let last = limitRestarts[number], now.instant - last < pause { return }
    limitRestarts[number] = now.instant
    slots[index].respawnCause = rule.kind.cause
    stopProcess(slots[index].id, rule.kind.cause, announcesReap: true, now, &ledger, &effects)
  }

  /// A process that was over a limit is being stopped, or the one after it is not ready yet.
  private var isRestartingOverLimit: Bool {
    slots.contains { slot in
      if slot.state.stop?.cause.isLimit == true { return true }
      guard slot.isWanted, !slot.isSurplus, limitRestarts[slot.number] != nil else { return false }
      // One that cannot be started must not keep the others from their restart.
      return slot.respawnCause?.isLimit == true && !slot.isReady
        || !slot.isReady && slot.state.isUp
    }
  }
}

extension Cause {
  /// A stop for this reason is no failure of the process.
  var isLimit: Bool {
    switch self {
    case .memory, .cpu, .descriptors, .children: true
    default: false
    }
  }
}

extension ProbeKind {
  /// A process that is ended for it has failed.
  var isFailure: Bool { !cause.isLimit }
}
