import CircusModel

/// Signals to the daemon itself.
extension Arbiter {
  mutating func handle(_ signal: Signal, _ now: Moment, _ effects: inout [Effect]) {
    if forward(signal, now, &effects) { return }
    switch signal {
    case _ where Signal.stopping.contains(signal):
      tell(.exitRequested(signal), &effects)
      // What runs has not been asked yet during the delay of a stop: it is not killed unasked.
      if mode == .stopping, signal == .interrupt, stopDelayEnd == nil {
        tell(.interruptedAgain, &effects)
        hurry(now, &effects)
      } else if mode == .stopping {
        // Asked twice: there is no time.
        cutStopDelay(now, &effects)
        stopsAll(by: now.instant + .seconds(1), now)
      } else {
        shutDown(delays: true, now, &effects)
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

  /// What is meant for what runs: by `forward_signals`, or as `circusd run` passes on all that does not stop it. False: it
  /// is for the daemon.
  private mutating func forward(
    _ signal: Signal, _ now: Moment, _ effects: inout [Effect]
  ) -> Bool {
    if let receiver = ledger.settings.forwardedSignals.receivers[signal] {
      pass(signal, to: receiver, now, &effects)
      return true
    }
    guard let foreground = ledger.settings.foreground,
      let index = watchers.firstIndex(where: { $0.spec.name == foreground.name })
    else { return false }
    let watcher = watchers[index]
    let isStop =
      [.terminate, .interrupt, .powerFailure, .systemdStop].contains(signal)
      || signal == watcher.spec.stop.signal && !foreground.takesStopSignal
    guard isStop else {
      pass(signal, to: foreground.name, now, &effects)
      return true
    }
    if foreground.takesStopSignal, mode == .running, signal == .interrupt {
      watchers[index].spec.stop.signal = signal
    }
    return false
  }

  /// To the main process of each place of a watcher, a program, or all of a group.
  private mutating func pass(
    _ signal: Signal, to name: String, _ now: Moment, _ effects: inout [Effect]
  ) {
    for id in watchers.filter({ $0.spec.name == name || $0.spec.group == name }).map(\.id) {
      update(id, now, &effects) { watcher, ledger, effects in
        for pid in watcher.pids {
          watcher.signal(pid, signal, watcher.spec.stop.scope, &ledger, &effects)
        }
      }
    }
  }
}
