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
    let limit = now.instant + .seconds(command.timeout)
    ledger.timers.push(limit, .arbiter)
    watches.append(Watch(ticket: ticket, watchers: ids, goal: command.goal, limit: limit))
  }

  /// Answers the clients whose state has come, or never will, or whose time is over.
  mutating func answerWatches(_ now: Moment, _ effects: inout [Effect]) {
    guard !watches.isEmpty else { return }
    var left: [Watch] = []
    for watch in watches {
      let progress = progress(watch, now)
      if case .pending = progress, now.instant < watch.limit {
        left.append(watch)
      } else {
        effects.append(.reply(watch.ticket, progress.reply))
      }
    }
    watches = left
  }

  /// Answers all clients that wait, however far it is: this program is about to go.
  mutating func releaseWatches(_ now: Moment, _ effects: inout [Effect]) {
    for watch in watches { effects.append(.reply(watch.ticket, progress(watch, now).reply)) }
    watches = []
  }

  private func progress(_ watch: Watch, _ now: Moment) -> Progress {
    var pending: [String] = []
    for id in watch.watchers {
      switch progress(of: id, to: watch.goal, now) {
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
      if !watcher.spec.isOneshot, watcher.spec.restart == .always {
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
