import CircusModel
import CircusWire
import JSON

/// `healthcheck`: whether what matters is ready.
extension Arbiter {
  func health(_ command: HealthCheck, _ now: Moment) throws(RequestError) -> Reply {
    var chosen: Set<WatcherID> = []
    for name in command.names { chosen.formUnion(try matching(name, .glob)) }
    let essential = watchers.filter { $0.spec.essential != .no && !$0.isDoomed }.map(\.id)
    if command.names.isEmpty, !essential.isEmpty { chosen = Set(essential) }
    var problems = watchers.compactMap { watcher -> String? in
      let isAsked =
        chosen.isEmpty ? watcher.matters : chosen.contains(watcher.id)
      guard isAsked, !watcher.isWell(now) else { return nil }
      return "\(watcher.spec.name): \(watcher.condition(now))"
    }
    if mode == .stopping { problems.append("the daemon stops") }
    return .ok([
      .init("healthy", .bool(problems.isEmpty)),
      .init("problems", .array(problems.map { .string($0) })),
    ])
  }

  /// How it all goes, in one line: `7 processes of 4 watchers; web: gave up after 5 tries`.
  package func summary(_ now: Moment) -> String {
    let problems = watchers.filter { $0.matters && !$0.isWell(now) }.map {
      "\($0.spec.name): \($0.condition(now))"
    }
    let living = watchers.reduce(0) { $0 + $1.pids.count }
    let few = problems.prefix(3) + (problems.count > 3 ? ["\(problems.count - 3) more"] : [])
    return (["\(living) processes of \(watchers.count) watchers"] + few).joined(separator: "; ")
  }
}

extension Watcher {
  /// It is to run, or would if it could; what an operator has stopped does not.
  fileprivate var matters: Bool {
    guard !isDoomed, !spec.onDemand else { return false }
    switch desired {
    case .running: return target > 0
    case .stopped(let cause): return cause == .spawnFailure || cause == .hook
    }
  }

  /// It is ready, or done.
  fileprivate func isWell(_ now: Moment) -> Bool {
    let standing = currentStanding(now)
    return spec.isOneshot ? standing.completion == .success : standing.isReady
  }
}
