import CircusModel

/// How long the end of the daemon takes at most: a container is killed when its own time is over, and what is killed with
/// it has not been asked.
extension Arbiter {
  /// From the last SIGKILL to the exit.
  private static let reserve = 0.5

  /// The stop of everything begins.
  mutating func beginStopBudget(_ now: Moment) {
    guard let time = ledger.settings.stopTimeout?.seconds, time > 0 else { return }
    stopsAll(by: now.instant + .seconds(max(time - Self.reserve, time / 2)), now)
  }

  /// Whether the end of everything has a time, so that what it stops may have less than its grace.
  package var cutsGraces: Bool {
    mode == .stopping
      && (ledger.stopBudget.end != nil || ledger.settings.stopTimeout != nil
        || watchers.contains(where: \.isHurried))
  }

  /// What is left of the time the stop of everything has; nil: it has no limit.
  package func timeToEnd(_ now: Moment) -> Interval? {
    let least = Interval.seconds(0.2)
    if watchers.contains(where: \.isHurried) { return least }
    guard ledger.settings.stopTimeout.map({ $0 > .zero }) ?? false else { return nil }
    // Its own end is to be within the time, too.
    return ledger.stopBudget.end.map { max(least, $0 - now.instant) } ?? least
  }

  /// What is left then is killed; until then each level has its share of what is left of the time.
  mutating func stopsAll(by instant: Instant, _ now: Moment) {
    ledger.stopBudget.end = min(ledger.stopBudget.end ?? instant, instant)
    ledger.stopBudget.levels = stopLevels
    ledger.timers.push(instant, .arbiter)
  }

  /// The time may be over.
  mutating func endStopBudget(_ now: Moment, _ effects: inout [Effect]) {
    guard let end = ledger.stopBudget.end, end <= now.instant, mode == .stopping else { return }
    ledger.stopBudget = StopBudget()
    tell(.stopTimeIsOver, &effects)
    hurry(now, &effects)
  }

  /// How many levels are stopped one after the other from each watcher on, itself included.
  private var stopLevels: [WatcherID: Int] {
    var levels: [WatcherID: Int] = [:]
    for id in startOrder {
      let below = needs.of(id).compactMap { levels[$0.watcher] }.max() ?? 0
      levels[id] = below + 1
    }
    for (place, stage) in stopQueue.reversed().enumerated() {
      for id in stage { levels[id] = max(levels[id] ?? 1, place + 1) }
    }
    return levels
  }
}

/// The time that is left for the stop of everything.
struct StopBudget {
  /// When what is left is killed; nil: never.
  var end: Instant?
  /// Levels that are stopped one after the other from a watcher on.
  var levels: [WatcherID: Int] = [:]

  /// A grace, cut to the share of a watcher's level.
  func cut(_ grace: Interval, of watcher: WatcherID, _ now: Moment) -> Interval {
    guard let end else { return grace }
    let left = max(.zero, end - now.instant)
    return min(grace, .seconds(left.seconds / Double(levels[watcher] ?? 1)))
  }
}
