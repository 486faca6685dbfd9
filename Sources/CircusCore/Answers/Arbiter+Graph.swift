import CircusModel
import CircusWire
import JSON

/// `graph`: which watcher depends on which, and how it stands with each edge.
extension Arbiter {
  func graph(_ command: Graph, _ now: Moment) throws(RequestError) -> Reply {
    let chosen: [WatcherID]
    var roots: [WatcherID]
    if let name = command.name {
      let id = watchers[try watcher(named: name)].id
      chosen = reachable(from: id, isReverse: command.isReverse)
      roots = [id]
    } else {
      chosen = startOrder.filter(needs.isLinked)
      roots = chosen.filter { id in
        (command.isReverse ? needs.of(id) : needs.dependents(of: id)).isEmpty
      }
    }
    // Where there are only circles, each watcher has a dependent.
    if roots.isEmpty { roots = chosen }
    let included = Set(chosen)
    let edges = chosen.flatMap { id in
      needs.of(id).filter { included.contains($0.watcher) }.compactMap { edge(from: id, $0) }
    }
    return .ok([
      .init("nodes", .array(chosen.compactMap { node($0, now) })),
      .init("edges", .array(edges)),
      .init("roots", .array(names(of: roots).map { .string($0) })),
      .init("reverse", .bool(command.isReverse)),
    ])
  }

  /// A watcher and all it depends on, or all that depends on it.
  private func reachable(from id: WatcherID, isReverse: Bool) -> [WatcherID] {
    var found = [id]
    var seen: Set<WatcherID> = [id]
    var next = 0
    while next < found.count {
      let edges = isReverse ? needs.dependents(of: found[next]) : needs.of(found[next])
      for edge in edges where seen.insert(edge.watcher).inserted { found.append(edge.watcher) }
      next += 1
    }
    return found
  }

  private func node(_ id: WatcherID, _ now: Moment) -> JSON? {
    guard let index = index(of: id) else { return nil }
    let watcher = watchers[index]
    let standing = watcher.currentStanding(now)
    let mark =
      standing.isReady || standing.completion == .success
      ? "up" : standing.obstacle == nil || standing.obstacle == .stopped ? "down" : "failed"
    return [
      "name": .string(watcher.spec.name), "status": .string(watcher.status.rawValue),
      "mark": .string(standing.obstacle == nil && mark == "down" ? "coming" : mark),
      "condition": .string(watcher.condition(now)),
    ]
  }

  private func edge(from id: WatcherID, _ edge: Needs.Edge) -> JSON? {
    guard let from = index(of: id), let to = index(of: edge.watcher) else { return nil }
    var object: JSONObject = [
      "from": .string(watchers[from].spec.name), "to": .string(watchers[to].spec.name),
    ]
    for member in edge.kind.object.members { object[member.key] = member.value }
    object["holds"] = .bool(watchers[to].satisfies(edge.kind))
    object["text"] = .string(edge.kind.words)
    return .object(object)
  }
}
