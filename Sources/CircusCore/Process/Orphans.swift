import CircusModel

/// A leader that is dead, and the stop signal its orphans may have had with it.
package struct StoppedLeader: Hashable, Sendable {
  /// Its number while it lived.
  package var pid: PID
  /// The signal its stop began with.
  package var signal: Signal
}

/// A process that outlived the leader it descends from.
package struct Orphan: Hashable, Sendable {
  /// The process itself.
  package var pid: PID
  /// The dead process it descends from.
  package var leader: PID
  /// Its command line, for the log.
  package var command: String
  /// It has a session of its own and is not in the leader's process group.
  package var isDetached = false
  /// It is connected to the daemon, or an ancestor of a process that is.
  package var isClient = false
  /// Its input is a pipe that the leader's tree wrote to: it ends by itself at the end of the pipe.
  package var isFilter = false
  /// The stop signal of the leader went to it too.
  package var wasSignalled = false

  package init(pid: PID, leader: PID, command: String) {
    self.pid = pid
    self.leader = leader
    self.command = command
  }
}

/// What dead leaders left behind, while it is being ended.
///
/// The story:
///   1. the shell is asked to look for it (`.sweep`)
///   2. each orphan that has not had the stop signal gets it, once; a filter only after half a second
///   3. when the grace of the stop is over, SIGKILL
///   4. when all are dead, the shell looks again, until it finds nothing
package struct Orphans: Hashable, Sendable {
  /// The dead processes they descend from.
  package let leaders: [PID]
  /// The signal the stop began with.
  package let signal: Signal
  /// When the grace of the stop is over; counted from the stop, not from here.
  package var killAt: Instant
  /// Whether one that has not had the stop signal gets half a second even after the grace.
  var isPatient: Bool
  /// The process was ended for a start that failed.
  var isFailedStart = false
  /// Those being ended, and their command lines.
  package private(set) var remaining: [PID: String] = [:]
  /// Those that had the stop signal.
  private var signalled: Set<PID> = []
  /// Filters that get it at `filtersAt`.
  private var filters: Set<PID> = []
  private var filtersAt: Instant?
  /// Looks that found something.
  private var rounds = 0
  private var wasKilled = false

  /// How long a filter has to come to the end of its pipe, and an orphan without any grace left to end.
  static let pause = Interval.milliseconds(500)
  private static let mostRounds = 10

  init(of leaders: [PID], signal: Signal, killAt: Instant, isPatient: Bool) {
    self.leaders = leaders
    self.signal = signal
    self.killAt = killAt
    self.isPatient = isPatient
  }

  /// Whether an answer about these leaders is about them.
  func isAsked(_ asked: Set<PID>) -> Bool { leaders.allSatisfy(asked.contains) }

  /// What the shell is asked.
  func sweep(for watcher: WatcherID) -> Effect {
    .sweep(watcher, leaders.map { StoppedLeader(pid: $0, signal: signal) })
  }

  /// When something is due; nil: as soon as the shell has answered.
  var deadline: Instant? {
    guard !remaining.isEmpty else { return nil }
    return min(killAt, filtersAt ?? .distantFuture)
  }

  /// The shell has found these. True when nothing is left to end.
  mutating func take(
    _ found: [Orphan], _ policy: DescendantPolicy, _ name: String, _ now: Moment,
    _ effects: inout [Effect]
  ) -> Bool {
    let own = found.filter { $0.isEnded(by: policy) }
    if rounds == 0 { tellSpared(found.filter { !$0.isEnded(by: policy) }, policy, name, &effects) }
    guard !own.isEmpty else { return true }
    rounds += 1
    let commands = Dictionary(own.map { ($0.pid, $0.command) }, uniquingKeysWith: { $1 })
    guard rounds <= Self.mostRounds else {
      effects.append(.tell(.watcher(name, .orphansStay(commands)), .circus))
      return true
    }
    for orphan in own { remaining[orphan.pid] = orphan.command }
    signalled.formUnion(own.filter(\.wasSignalled).map(\.pid))
    let fresh = own.filter { !signalled.contains($0.pid) }
    if rounds == 1 {
      effects.append(.tell(.watcher(name, .orphansEnding(commands)), .circus))
      if isPatient, !fresh.isEmpty { killAt = max(killAt, now.instant + Self.pause) }
    }
    if now.instant >= killAt {
      kill(name, now, &effects)
    } else {
      ask(fresh, now, &effects)
    }
    return false
  }

  /// The stop signal, for those that have not had it.
  private mutating func ask(_ fresh: [Orphan], _ now: Moment, _ effects: inout [Effect]) {
    let direct = fresh.filter { !$0.isFilter }.map(\.pid)
    if !direct.isEmpty { effects.append(.signalOrphans(direct, signal)) }
    signalled.formUnion(direct)
    let waiting = fresh.filter(\.isFilter).map(\.pid)
    guard !waiting.isEmpty else { return }
    filters.formUnion(waiting)
    filtersAt = filtersAt ?? now.instant + Self.pause
  }

  private mutating func kill(_ name: String, _ now: Moment, _ effects: inout [Effect]) {
    let victims = remaining.keys.sorted()
    if !wasKilled {
      effects.append(.tell(.watcher(name, .orphansKilled(remaining)), .circus))
    }
    wasKilled = true
    filtersAt = nil
    effects.append(.signalOrphans(victims, .kill))
    killAt = now.instant + .seconds(1)
  }

  /// A deadline may have passed. True when the shell is to look again.
  mutating func tick(_ name: String, _ now: Moment, _ effects: inout [Effect]) -> Bool {
    guard !remaining.isEmpty else { return false }
    if now.instant >= killAt {
      if wasKilled {
        // Killed a second ago and still there.
        remaining = [:]
        return true
      }
      kill(name, now, &effects)
    } else if let due = filtersAt, now.instant >= due {
      filtersAt = nil
      let late = filters.filter { remaining[$0] != nil }.sorted()
      filters = []
      signalled.formUnion(late)
      if !late.isEmpty { effects.append(.signalOrphans(late, signal)) }
    }
    return false
  }

  /// One of them is dead. True when it was the last: the shell is to look again.
  mutating func exited(_ pid: PID) -> Bool {
    guard remaining.removeValue(forKey: pid) != nil else { return false }
    return remaining.isEmpty
  }

  /// Another stop grants less time.
  mutating func shorten(to instant: Instant, isPatient: Bool) {
    killAt = min(killAt, instant)
    self.isPatient = self.isPatient && isPatient
  }

  private func tellSpared(
    _ spared: [Orphan], _ policy: DescendantPolicy, _ name: String, _ effects: inout [Effect]
  ) {
    for orphan in spared {
      effects.append(.tell(.watcher(name, .orphanSpared(orphan)), .circus))
    }
  }
}

extension Orphan {
  /// Whether a stop with this policy ends it.
  package func isEnded(by policy: DescendantPolicy) -> Bool {
    guard !isClient else { return false }
    switch policy {
    case .none: return false
    case .session: return !isDetached
    case .all: return true
    }
  }
}
