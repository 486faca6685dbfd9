import CircusModel
import CircusWire
import JSON

/// A command whose answer is parked until what it asked for is so.
struct Waiting {
  enum Condition: Hashable {
    /// All of these have nothing under way any more, or wait for what will not come.
    case settled([WatcherID])
    /// The same, and one that waits for what it depends on counts as done.
    case applied([WatcherID])
    /// None of these lives is left.
    case gone([ProcessID])
    case allStopped
    case running
  }

  /// What the answer contains, told from the processes before and after.
  enum Result: Hashable {
    case plain
    case processCount(WatcherID)
    case started(WatcherID)
    case stopped
    case replaced(WatcherID)
    /// As `started`, but at the top of the reply (`add`).
    case addedAndStarted(WatcherID)
  }

  var ticket: Ticket
  var condition: Condition
  var result: Result
  var before: Set<PID> = []
  /// Watchers that are meant to run when it is done; one that does not is the answer.
  var started: [WatcherID] = []
  /// Those that were left as they are count as well: a reload of all.
  var tellsUntouched = false
  /// What the answer tells of others: which were started, or run on.
  var told: [Reply.Member] = []
}

/// A client that waits for what an upgrade need not wait for: it is told how far things are, and asks the next program.
struct Watch {
  enum Awaited {
    /// Watchers are in some state, or never will be (`wait`).
    case state([WatcherID], Wait.Goal)
    /// A run is over (`run`). A result that ended at `after` is that of the run before.
    case run(WatcherID, after: Double?)
  }

  var ticket: Ticket
  var awaited: Awaited
  /// By then it is answered how far they are; nil: it waits without end.
  var limit: Instant?
}

extension Arbiter {
  /// Answers at once, or parks the ticket when the client wants to wait.
  mutating func answer(
    _ ticket: Ticket?, waits: Bool, _ condition: Waiting.Condition, _ result: Waiting.Result,
    before: [PID] = [], starting: [WatcherID] = [], telling told: [Reply.Member] = [],
    _ effects: inout [Effect]
  ) {
    guard let ticket else { return }
    if waits {
      waiting.append(
        Waiting(
          ticket: ticket, condition: condition, result: result, before: Set(before),
          started: starting, told: told))
    } else {
      effects.append(.reply(ticket, Reply.plain.telling(told)))
    }
  }

  mutating func answerWaiting(_ now: Moment, _ effects: inout [Effect]) {
    guard !waiting.isEmpty else { return }
    var left: [Waiting] = []
    for entry in waiting {
      if holds(entry.condition) {
        effects.append(.reply(entry.ticket, reply(entry).telling(entry.told)))
      } else {
        left.append(entry)
      }
    }
    waiting = left
  }

  private func holds(_ condition: Waiting.Condition) -> Bool {
    switch condition {
    case .settled(let ids):
      return ids.allSatisfy { id in
        guard !startQueue.pending.contains(id), !reloads.pending.contains(id) else { return false }
        return index(of: id).map { watchers[$0].isSettled || watchers[$0].isBlocked } ?? true
      }
    case .applied(let ids):
      return ids.allSatisfy { id in
        guard !startQueue.pending.contains(id) else { return false }
        return index(of: id).map { isUnderWay($0) } ?? true
      }
    case .gone(let processes):
      return processes.allSatisfy { process in
        guard let watcher = index(of: process.watcher) else { return true }
        guard let slot = watchers[watcher].index(of: process) else { return true }
        let state = watchers[watcher].slots[slot].state
        return state.pid == nil && !state.isEnding
      }
    case .allStopped: return isAllStopped
    case .running:
      return mode == .running && startQueue.pending.isEmpty
        && watchers.indices.allSatisfy(isUnderWay)
    }
  }

  /// Nothing is to be done about it: it is settled, waits for another one, or runs to its end.
  private func isUnderWay(_ index: Int) -> Bool {
    watchers[index].isSettled || watchers[index].isWaiting || watchers[index].isRunning
  }

  /// Another client has undone it meanwhile.
  private func countermanded(_ result: Waiting.Result) -> String? {
    switch result {
    case .started(let id), .replaced(let id), .addedAndStarted(let id):
      guard let index = index(of: id) else { return "it was removed meanwhile" }
      let watcher = watchers[index]
      guard case .stopped(let cause) = watcher.desired, watcher.phase != .active,
        [.command, .configuration, .shutdown, .signal].contains(cause)
      else { return nil }
      return "\(watcher.spec.name): it was stopped meanwhile"
    case .plain, .processCount, .stopped: return nil
    }
  }

  private func reply(_ entry: Waiting) -> Reply {
    func pids(_ id: WatcherID) -> [PID] { index(of: id).map { watchers[$0].pids } ?? [] }
    func list(_ pids: [PID]) -> JSON { .array(pids.map { .int(Int($0.rawValue)) }) }
    func startInfo(_ id: WatcherID) -> [(String, JSON)] {
      let now = pids(id)
      return [
        ("started", list(now.filter { !entry.before.contains($0) })),
        ("kept", list(now.filter { entry.before.contains($0) })),
      ]
    }
    if let problem = countermanded(entry.result) { return .error(.refused(problem)) }
    let problems = entry.started.compactMap { id in
      index(of: id).flatMap { watchers[$0].startProblem }
        ?? (entry.tellsUntouched ? reloads.untouched[id] : nil)
    }
    if !problems.isEmpty { return .error(.refused(problems.joined(separator: "; "))) }
    switch entry.result {
    case .plain: return .plain
    case .stopped: return .ok("info", .null)
    case .processCount(let id):
      let count = index(of: id).map { watchers[$0].target } ?? 0
      return .ok("numprocesses", .int(count))
    case .started(let id): return .ok("info", .object(JSONObject(startInfo(id))))
    case .addedAndStarted(let id):
      return .ok(startInfo(id).map { Reply.Member($0.0, $0.1) })
    case .replaced(let id):
      let now = Set(pids(id))
      let gone = entry.before.filter { !now.contains($0) }.sorted()
      return .ok(
        "info", .object(JSONObject([("stopped", list(gone))] + startInfo(id))))
    }
  }
}

extension Reply {
  /// With what is told of others.
  fileprivate func telling(_ told: [Member]) -> Reply {
    guard !told.isEmpty, case .ok(let members) = self else { return self }
    return .ok(members + told)
  }

  /// Names of watchers under a key; none without a name.
  static func names(_ key: String, _ names: [String]) -> [Member] {
    names.isEmpty ? [] : [Member(key, .array(names.map { .string($0) }))]
  }
}
