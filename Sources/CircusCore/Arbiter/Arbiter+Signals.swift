import CircusModel

/// Signals to the daemon itself.
extension Arbiter {
  mutating func handle(_ signal: Signal, _ now: Moment, _ effects: inout [Effect]) {
    switch signal {
    case .terminate, .interrupt, .quit:
      tell(.exitRequested(signal), &effects)
      if mode == .stopping, signal == .interrupt {
        tell(.interruptedAgain, &effects)
        hurry(now, &effects)
      } else if mode == .stopping {
        // Asked twice: whoever asks is in a hurry.
        stopsAll(by: now.instant + .seconds(1), now)
      } else {
        shutDown(now, &effects)
      }
    case .hangup where ledger.settings.restartsOnHangup:
      hangUp(&effects)
    case .hangup:
      tell(.reloadRequested(signal), &effects)
      reloadAll(sequential: false, graceful: true, now, &effects)
    case .user1:
      tell(.upgradeRequested(signal), &effects)
      effects.append(.upgrade(nil, nil))
    case .user2:
      tell(.reopenRequested(signal), &effects)
      effects.append(.reopenLogs)
    default: tell(.signalIgnored(signal), &effects)
    }
  }

  /// supervisord starts over from its file.
  private func hangUp(_ effects: inout [Effect]) {
    guard mode == .running else {
      return tell(.restartIgnored(.hangup), &effects)
    }
    tell(.restartRequested(.hangup), &effects)
    effects.append(.loadConfiguration(.restartCheck(nil)))
  }
}
