import CircusModel
import CircusWire

/// Processes that must say that they live. Their words touch no watcher: a thousand of them a second cost little.
///
/// The story of a silence:
///   1. the time of a process is over; the shell looks whether a word of it waits to be read
///   2. none does: the process is ended with `watchdog_signal`, and counts as failed
extension Arbiter {
  /// Watches the processes of a watcher, each from the end of its start to its stop.
  mutating func watch(_ index: Int, _ now: Moment) {
    let (id, interval) = (watchers[index].id, watchers[index].spec.watchdog)
    guard interval > .zero || watchdogs.concerns(id) else { return }
    var gone = watchdogs.lives(of: id)
    for slot in watchers[index].slots
    where interval > .zero && slot.isReady && slot.isUpAndStaying && gone.remove(slot.id) == nil {
      let watchdog = Watchdog(interval, at: now.instant)
      watchdogs[slot.id] = watchdog
      ledger.timers.push(watchdog.due, .watchdog(slot.id))
    }
    for process in gone { watchdogs[process] = nil }
  }

  /// What a process has said is of the watchdog alone: nothing else follows.
  mutating func takeSignOfLife(_ process: ProcessID, _ message: Notification, _ now: Moment) -> Bool
  {
    if message.isAlive { watchdogs[process]?.heard(at: now.instant) }
    if let interval = message.watchdog, watchdogs[process] != nil {
      watchdogs[process] = Watchdog(interval, at: now.instant)
      if let due = watchdogs[process]?.due { ledger.timers.push(due, .watchdog(process)) }
    }
    return message.isOnlyAlive
  }

  /// Its time may be over.
  mutating func tickWatchdog(_ process: ProcessID, _ now: Moment, _ effects: inout [Effect]) {
    guard let watchdog = watchdogs[process], !watchdog.isOver else { return }
    guard watchdog.due <= now.instant else {
      return ledger.timers.push(watchdog.due, .watchdog(process))
    }
    guard let index = index(of: process.watcher), let slot = watchers[index].index(of: process),
      let pid = watchers[index].slots[slot].state.pid
    else { return }
    watchdogs[process]?.isOver = true
    effects.append(.hearOut(process, pid))
  }

  /// Everything it has sent has been read.
  mutating func heardOut(_ process: ProcessID, _ now: Moment, _ effects: inout [Effect]) {
    guard let watchdog = watchdogs[process] else { return }
    guard watchdog.isOver else {
      return ledger.timers.push(watchdog.due, .watchdog(process))
    }
    bark(process, "it has not said for \(watchdog.seconds) s that it lives", now, &effects)
  }

  /// The process does not live as it should, or says so itself (`WATCHDOG=trigger`).
  mutating func bark(
    _ process: ProcessID, _ reason: String, _ now: Moment, _ effects: inout [Effect]
  ) {
    watchdogs[process] = nil
    update(process.watcher, now, &effects) { watcher, ledger, effects in
      guard let index = watcher.index(of: process) else { return }
      watcher.endBrokenLife(
        index, .watchdog, reason, grace: .seconds(-1), signal: watcher.spec.watchdogSignal, now,
        &ledger, &effects)
    }
  }
}
