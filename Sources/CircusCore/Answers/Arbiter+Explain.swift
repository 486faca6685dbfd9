import CircusConfig
import CircusModel
import CircusWire
import JSON

/// `explain`: why a watcher is as it is, and what would change that.
extension Arbiter {
  func explanation(of name: String, _ now: Moment) throws(RequestError) -> Reply {
    let watcher = watchers[try self.watcher(named: name)]
    let slots = watcher.slots.sorted { $0.number < $1.number }
    var members: [Reply.Member] = [
      .init("name", .string(watcher.spec.name)),
      .init("state", .string(watcher.status.rawValue)),
      .init("condition", .string(watcher.condition(now))),
      .init("wanted", watcher.wish),
      .init("depends_on", .array(edges(from: watcher, now))),
      .init("needed_by", .array(edges(to: watcher, now))),
    ]
    if let since = watcher.since {
      members.append(
        .init("since", ["time": .double(since), "text": .string(Watcher.span(now.wall - since))]))
    }
    if let start = watcher.lastStart {
      var told = start.record.object ?? [:]
      told["text"] = .string(start.text(watcher.spec.ready, now))
      members.append(.init("start", .object(told)))
    }
    members += [
      .init("processes", .array(slots.map { .object(details(watcher, $0, now)) })),
      .init("probes", .array(probeLines(of: watcher, now))),
      .init("next", .array(prospects(of: watcher, now).map { .string($0) })),
      .init("changes", .array(changes(of: watcher, now))),
    ]
    return .ok(members)
  }

  private func edges(from watcher: Watcher, _ now: Moment) -> [JSON] {
    let known = needs.of(watcher.id).compactMap { edge -> JSON? in
      guard let index = index(of: edge.watcher) else { return nil }
      var object = edge.kind.object
      object["name"] = .string(watchers[index].spec.name)
      object["holds"] = .bool(watchers[index].satisfies(edge.kind))
      object["text"] = .string(
        "\(watchers[index].spec.name) (\(edge.kind.words)): \(watchers[index].condition(now))")
      return .object(object)
    }
    let missing = needs.missing(of: watcher.id).map { entry -> JSON in
      [
        "name": .string(entry.name), "holds": false,
        "text": .string("\(entry.name), which does not exist"),
      ]
    }
    return known + missing
  }

  private func edges(to watcher: Watcher, _ now: Moment) -> [JSON] {
    needs.dependents(of: watcher.id).compactMap { edge in
      guard let index = index(of: edge.watcher) else { return nil }
      var object = edge.kind.object
      object["name"] = .string(watchers[index].spec.name)
      object["text"] = .string(
        "\(watchers[index].spec.name) (\(edge.kind.words)): \(watchers[index].condition(now))")
      return .object(object)
    }
  }

  /// The last things that happened to it, oldest first.
  private func changes(of watcher: Watcher, _ now: Moment) -> [JSON] {
    ledger.ring.last(5) { $0.watcher == watcher.spec.topicName }.map { event in
      var object = event.payload
      object["event"] = .string(event.name.rawValue)
      var text = "\(Watcher.ago(event.time, now)): \(event.name.rawValue)"
      if let pid = event.pid { text += " \(pid)" }
      if let code = event.exitCode { text += ", exit \(code)" }
      if let cause = event.cause { text += " (\(cause.rawValue))" }
      if let reason = event.reason ?? event.error { text += ": \(reason)" }
      object["text"] = .string(text)
      return .object(object)
    }
  }
}

extension Watcher {
  /// What is wanted of it, and for what reason.
  fileprivate var wish: JSON {
    switch desired {
    case .running:
      [
        "state": "running", "cause": .string(startCause.rawValue),
        "text": .string("running (\(startCause.rawValue))"),
      ]
    case .stopped(let cause):
      [
        "state": "stopped", "cause": .string(cause.rawValue),
        "text": .string("stopped (\(cause.rawValue))"),
      ]
    }
  }

  /// Since when it is as it is, in seconds since the epoch; nil: since before the daemon was there.
  fileprivate var since: Double? {
    if isWaiting { return waiting?.since }
    switch phase {
    case .starting: return lastStart?.begun
    case .active:
      return standing.since > 0 && !standing.isReady ? standing.since : lastStart?.complete
    case .stopping: return nil
    // The result of a oneshot has its own time.
    case .stopped: return result != nil ? nil : lives.values.compactMap(\.lastExit?.wall).max()
    }
  }

  /// `42 s ago`.
  static func ago(_ time: Double, _ now: Moment) -> String { "\(span(now.wall - time)) ago" }
}

extension StartTimes {
  /// `waited 3.20 s for db, ready after 1.10 s (notify)`.
  func text(_ ready: Readiness, _ now: Moment) -> String {
    guard let waited else { return "wanted \(Watcher.ago(wanted, now)), not begun yet" }
    var text = "waited \(StartTime.text(waited))"
    if let awaited { text += " for \(awaited)" }
    guard let took else { return text + ", not complete yet" }
    text += ", complete after \(StartTime.text(took))"
    if ready.isExplicit { text += " (\(ready.text))" }
    return text
  }
}

extension Dependency {
  /// As answers have it.
  var object: JSONObject {
    [
      "condition": .string(condition.rawValue), "reaction": .string(reaction.rawValue),
      "optional": .bool(isOptional),
    ]
  }

  /// `ready, restart, optional`.
  var words: String {
    var words = [condition.rawValue]
    if reaction != .ignore, !condition.isCompletion { words.append(reaction.rawValue) }
    if isOptional { words.append("optional") }
    return words.joined(separator: ", ")
  }
}
