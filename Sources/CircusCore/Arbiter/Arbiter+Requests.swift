import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Commands: each is an edit of what is wanted and a reply, now or later.
extension Arbiter {
  mutating func handle(
    _ request: Request, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) {
    do {
      try perform(request, ticket, now, &effects)
    } catch {
      if let ticket { effects.append(.reply(ticket, .error(error))) }
    }
  }

  private mutating func perform(
    _ request: Request, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    switch request {
    case .add(let command): try add(command, ticket, now, &effects)
    case .decr(let command):
      try scale(command.name, -command.count, command.isWaiting, ticket, now, &effects)
    case .incr(let command):
      try scale(command.name, command.count, command.isWaiting, ticket, now, &effects)
    case .kill(let command): try kill(command, ticket, now, &effects)
    case .quit(let command):
      answer(ticket, waits: command.isWaiting, .allStopped, .plain, &effects)
      shutDown(delays: true, now, &effects)
    case .reload(let command): try reload(command, ticket, now, &effects)
    case .reloadConfig(let command):
      try refuseWhileEnding()
      if !command.isWaiting, let ticket { effects.append(.reply(ticket, .plain)) }
      effects.append(.loadConfiguration(.reload(command.isWaiting ? ticket : nil)))
    case .restart(let command): try restart(command, ticket, now, &effects)
    case .probe(let command): try probe(command, ticket, now, &effects)
    case .run(let command): try run(command, ticket, now, &effects)
    case .rm(let command): try remove(command, ticket, now, &effects)
    case .set(let command): try set(command, ticket, now, &effects)
    case .signal(let command): try signal(command, ticket, now, &effects)
    case .start(let command): try start(command, ticket, now, &effects)
    case .stop(let command): try stop(command, ticket, now, &effects)
    case .save(let command): try save(command, ticket, &effects)
    case .upgrade(let command):
      try refuseWhileEnding()
      effects.append(.upgrade(command.program, ticket))
    case .wait(let command):
      if let ticket { try wait(command, ticket, now, &effects) }
    case .blame, .healthCheck, .criticalChain, .dstats, .env, .events, .explain, .get, .graph,
      .globalOptions, .ipython,
      .list, .listen, .listSockets, .logs,
      .numProcesses, .numWatchers, .options, .schedule, .stats, .status:
      if let ticket { try query(request, ticket, now, &effects) }
    }
  }

  // MARK: finding watchers

  func watcher(named name: String) throws(RequestError) -> Int {
    guard let index = index(named: name) else { throw .watcherNotFound(name) }
    return index
  }

  /// The watchers a name or pattern means; none is an error.
  func matching(_ name: String, _ match: NameMatch) throws(RequestError) -> [WatcherID] {
    let pattern = name.lowercased()
    var found: [WatcherID]
    switch match {
    case .simple: found = index(named: name).map { [watchers[$0].id] } ?? []
    case .glob:
      found = startOrder.filter { id in
        guard let index = index(of: id), !watchers[index].isDoomed else { return false }
        return Pattern.matches(watchers[index].spec.name.lowercased(), pattern)
      }
    case .regex:
      found = []
      for id in startOrder {
        guard let index = index(of: id), !watchers[index].isDoomed else { continue }
        guard let matches = matchesRegex(pattern, watchers[index].spec.name.lowercased()) else {
          throw .invalid("'\(pattern)' isn't a valid regular expression")
        }
        if matches { found.append(id) }
      }
    }
    if found.isEmpty, match == .glob, let index = index(named: name) { return [watchers[index].id] }
    guard !found.isEmpty else { throw .watcherNotFound(name) }
    return found
  }

  func refuseWhileEnding() throws(RequestError) {
    if mode == .stopping || mode == .finished { throw .refused("arbiter is stopping...") }
    if mode == .restarting || mode == .booting { throw .refused("arbiter is restarting...") }
  }

}
