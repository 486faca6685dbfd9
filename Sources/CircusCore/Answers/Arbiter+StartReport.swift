import CircusModel
import CircusWire
import JSON

extension StartTimes {
  /// When it was complete; of two at the same moment, the one that began last is the later one.
  fileprivate var end: (Double, Double) { (complete ?? 0, begun ?? 0) }
}

/// `critical-chain` and `blame`: where the time of a start went.
extension Arbiter {
  /// How long each watcher took to come up the last time, the slowest first.
  func blame(_ now: Moment) -> Reply {
    let rows = watchers.filter { !$0.isDoomed && $0.lastStart?.took != nil }.sorted {
      ($1.lastStart?.took ?? 0, $0.spec.name) < ($0.lastStart?.took ?? 0, $1.spec.name)
    }
    return .ok("starts", .array(rows.compactMap { row($0, from: nil).map { .object($0) } }))
  }

  /// What a watcher came up after, back to what waited for nothing. Without a name: the one that was complete last.
  func criticalChain(_ name: String?) throws(RequestError) -> Reply {
    let last: Watcher?
    if let name {
      last = watchers[try watcher(named: name)]
    } else {
      last = watchers.filter { !$0.isDoomed && $0.lastStart?.complete != nil }.max {
        $0.lastStart?.end ?? (0, 0) < $1.lastStart?.end ?? (0, 0)
      }
    }
    guard let last, last.lastStart?.begun != nil else {
      throw .refused(
        name.map { "\($0) has not been started yet" } ?? "nothing has been started yet")
    }
    var chain = [last]
    var seen: Set<WatcherID> = [last.id]
    while let start = chain[chain.count - 1].lastStart, let before = start.awaited,
      let index = index(named: before), seen.insert(watchers[index].id).inserted,
      // One that was started again since tells nothing about this start.
      let complete = watchers[index].lastStart?.complete, complete <= start.begun ?? complete
    {
      chain.append(watchers[index])
    }
    let first = chain.compactMap(\.lastStart?.wanted).min() ?? 0
    return .ok([
      .init("from", .double(first)),
      .init("chain", .array(chain.compactMap { row($0, from: first).map { .object($0) } })),
    ])
  }

  /// `origin`: what the moments are told from, in seconds since the epoch.
  private func row(_ watcher: Watcher, from origin: Double?) -> JSONObject? {
    guard let start = watcher.lastStart, let begun = start.begun else { return nil }
    var row: JSONObject = [
      "name": .string(watcher.spec.name), "waited": .double(start.waited ?? 0),
      "took": start.took.map { .double($0) } ?? .null, "begun": .double(begun),
      "complete": start.complete.map { .double($0) } ?? .null,
      "ready_by": .string(watcher.spec.isOneshot ? "oneshot" : watcher.spec.ready.text),
      "retries": .int(max(0, start.spawns - max(1, watcher.target))),
    ]
    if let awaited = start.awaited { row["awaited"] = .string(awaited) }
    if let origin, let complete = start.complete { row["at"] = .double(complete - origin) }
    let says = watcher.slots.lazy.compactMap { $0.state.life?.status }.first { !$0.isEmpty }
    if let says { row["says"] = .string(says) }
    return row
  }
}
