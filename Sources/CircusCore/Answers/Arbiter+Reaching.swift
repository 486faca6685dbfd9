import CircusModel
import CircusWire
import JSON

/// `wait`: whether watchers are in the state that a client waits for, and whether they can still come to it.
extension Arbiter {
  /// How far watchers are from what is waited for.
  enum Progress: Hashable {
    case reached
    case pending(String)
    /// It will not come by itself.
    case never(String)

    /// What the client is told.
    var reply: Reply {
      switch self {
      case .reached: .ok("outcome", "reached")
      case .pending(let reason):
        .ok([.init("outcome", "pending"), .init("reason", .string(reason))])
      case .never(let reason): .ok([.init("outcome", "never"), .init("reason", .string(reason))])
      }
    }
  }

  mutating func wait(
    _ command: Wait, _ ticket: Ticket, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    var ids: [WatcherID] = []
    for name in command.names {
      do throws(RequestError) {
        ids += try matching(name, .glob)
      } catch {
        // It is gone already.
        guard command.goal == .gone else { throw error }
      }
    }
    watch(ticket, for: .state(ids, command.goal), seconds: command.timeout, now)
  }

  /// Keeps a client waiting; nil: without end.
  mutating func watch(
    _ ticket: Ticket, for awaited: Watch.Awaited, seconds: Double?, _ now: Moment
  ) {
    let limit = seconds.map { now.instant + .seconds($0) }
    if let limit { ledger.timers.push(limit, .arbiter) }
    watches.append(Watch(ticket: ticket, awaited: awaited, limit: limit))
  }

  /// Answers the clients whose state has come, or never will, or whose time is over.
  mutating func answerWatches(_ now: Moment, _ effects: inout [Effect]) {
    guard !watches.isEmpty else { return }
    var left: [Watch] = []
    for watch in watches {
      let (reply, isLast) = reply(watch, now)
      if isLast || watch.limit.map({ $0 <= now.instant }) ?? false {
        effects.append(.reply(watch.ticket, reply))
      } else {
        left.append(watch)
      }
    }
    watches = left
  }

  /// Answers all clients that wait, however far it is: this program is about to go.
  mutating func releaseWatches(_ now: Moment, _ effects: inout [Effect]) {
    for watch in watches { effects.append(.reply(watch.ticket, reply(watch, now).reply)) }
    watches = []
  }

  /// Clients wait that ask again when they are answered.
  package var hasDismissable: Bool { !watches.isEmpty || !rounds.isEmpty }

  /// Before an upgrade: they ask the next program.
  mutating func dismissWaiting(_ now: Moment, _ effects: inout [Effect]) {
    releaseWatches(now, &effects)
    releaseRounds(&effects)
  }

  /// How far it is, and whether it will get no farther.
  private func reply(_ watch: Watch, _ now: Moment) -> (reply: Reply, isLast: Bool) {
    switch watch.awaited {
    case .state(let watchers, let goal):
      let progress = progress(of: watchers, to: goal, now)
      if case .pending = progress { return (progress.reply, false) }
      return (progress.reply, true)
    case .run(let id, let after): return runReply(id, after: after, now)
    }
  }

  private func progress(of ids: [WatcherID], to goal: Wait.Goal, _ now: Moment) -> Progress {
    var pending: [String] = []
    for id in ids {
      switch progress(of: id, to: goal, now) {
      case .reached: break
      case .pending(let reason): pending.append(reason)
      case .never(let reason): return .never(reason)
      }
    }
    return pending.isEmpty ? .reached : .pending(pending.joined(separator: "; "))
  }

  func progress(of id: WatcherID, to goal: Wait.Goal, _ now: Moment) -> Progress {
    guard let index = index(of: id), !watchers[index].isDoomed || goal == .gone else {
      return goal == .gone ? .reached : .never("it was removed")
    }
    let watcher = watchers[index]
    let reason = "\(watcher.spec.name): \(watcher.condition(now))"
    let standing = watcher.currentStanding(now)
    let isComing =
      startQueue.pending.contains(id) || watcher.awaitsOthers || mode == .booting
      || mode == .restarting
    func unlessImpossible() -> Progress {
      if isComing { return .pending("\(watcher.spec.name): its start is due") }
      return standing.obstacle == nil && !ledger.isEnding ? .pending(reason) : .never(reason)
    }
    switch goal {
    case .gone: return .pending(reason)
    case .stopped: return watcher.isAtRest ? .reached : .pending(reason)
    case .started where !watcher.spec.isOneshot:
      return standing.isStarted ? .reached : unlessImpossible()
    case .ready where !watcher.spec.isOneshot:
      return standing.isReady ? .reached : unlessImpossible()
    case .started, .ready, .done:
      switch standing.completion {
      case .success: return .reached
      case .failure: return .never(reason)
      case nil: break
      }
      if !watcher.spec.mayEnd {
        return .never("\(watcher.spec.name) is started again whenever it ends")
      }
      return unlessImpossible()
    }
  }
}

extension Watcher {
  /// Nothing of it runs or is about to.
  fileprivate var isAtRest: Bool {
    guard !isWaiting, !hasProcess else { return false }
    if case .stopped = desired { return phase == .stopped }
    return status == .stopped && !spec.onDemand && spec.habits.judgesProcesses
  }
}
