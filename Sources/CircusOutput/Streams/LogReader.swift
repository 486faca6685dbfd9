import CircusCore
import CircusModel
import CircusWire
import EventLoop
import JSON
import LinuxSystem

/// Answers `logs`: from the lines kept in memory, and from the files where they reach back further.
/// A client that follows is answered as soon as there are lines for it.
package final class LogReader {
  private struct Follower {
    var query: LogQuery
    var expiry: Registration
    var reply: (Reply) -> Void
  }

  private let streams: Streams
  private let loop: EventLoop
  private var followers: [Int: Follower] = [:]
  private var lastFollower = 0
  private static let longestWait = 20_000

  package init(streams: Streams, loop: EventLoop) {
    self.streams = streams
    self.loop = loop
  }

  /// Replies at once. One that follows waits until there are lines, for 20 seconds at most.
  package func answer(_ query: LogQuery, _ reply: @escaping (Reply) -> Void) {
    let found = read(query)
    guard found.isEmpty, query.request.isWaiting, query.request.after != nil else {
      return reply(render(found, query))
    }
    lastFollower += 1
    let number = lastFollower
    let expiry = loop.after(milliseconds: Self.longestWait) { [unowned self] in
      guard let follower = followers.removeValue(forKey: number) else { return }
      follower.reply(render([], follower.query))
    }
    followers[number] = Follower(query: query, expiry: expiry, reply: reply)
  }

  /// Another program is about to take over: followers ask it again.
  package func dismissFollowers() {
    let waiting = followers.values
    followers = [:]
    for follower in waiting { follower.reply(render([], follower.query)) }
  }

  /// The daemon ends: all followers are refused.
  package func finish() {
    for follower in followers.values {
      follower.reply(.error(.refused("arbiter is stopping...")))
    }
    followers = [:]
  }

  /// Called once a turn: something may have been printed.
  package func serveFollowers() {
    guard streams.takeNews(), !followers.isEmpty else { return }
    for (number, follower) in followers {
      let found = read(follower.query)
      guard !found.isEmpty else { continue }
      followers[number] = nil
      follower.reply(render(found, follower.query))
    }
  }

  // MARK: reading

  private struct Line {
    var source: LogQuery.Source
    /// Nil for a line of a file that does not tell.
    var time: Double?
    var pid: Int?
    var text: String
  }

  private func read(_ query: LogQuery) -> [Line] {
    var found: [Line] = []
    // Both outputs may go to one file, which is read once.
    var files: Set<String> = []
    for source in query.sources {
      let ring = streams.ring(source.watcher, source.output)
      let after = position(source, query, ring)
      let lines =
        ring?.lines(after: after, since: query.request.since, limit: query.request.limit) ?? []
      if query.request.after == nil, lines.count < query.request.limit,
        let (path, older) = fromFile(source, query.request, atLeast: lines.count)
      {
        if files.insert(path).inserted { found += older }
      } else {
        found += lines.map { Line(source: source, time: $0.time, pid: Int($0.pid), text: $0.text) }
      }
    }
    // Those without a time come first: they are older than what is still in memory.
    let ordered = found.enumerated().sorted { a, b in
      (a.element.time ?? 0, a.offset) < (b.element.time ?? 0, b.offset)
    }.map(\.element)
    return Array(ordered.suffix(query.request.limit))
  }

  private func position(
    _ source: LogQuery.Source, _ query: LogQuery, _ ring: LineRing?
  ) -> Int {
    let after = query.request.after?[source.key] ?? 0
    guard let ring else { return after }
    // A number outside is of an earlier life of the daemon.
    return (ring.base...max(ring.base, ring.last)).contains(after) ? after : ring.base
  }

  /// Lines a follower cannot have any more: more was printed than memory holds.
  private func missed(_ query: LogQuery) -> Int {
    guard query.request.after != nil else { return 0 }
    return query.sources.reduce(0) { sum, source in
      guard let ring = streams.ring(source.watcher, source.output) else { return sum }
      return sum + max(0, ring.first - position(source, query, ring) - 1)
    }
  }

  /// The end of the file, if it holds more than memory does.
  private func fromFile(_ source: LogQuery.Source, _ request: Logs, atLeast known: Int) -> (
    path: String, lines: [Line]
  )? {
    guard case .file(let file) = source.stream, !file.path.isEmpty else { return nil }
    let path = Files.absolute(file.path)
    let lines = LogTail.lines(path, limit: request.limit).map { text -> Line in
      guard let format = file.timeFormat, !format.isEmpty,
        let parts = LogTail.parse(text, timeFormat: format)
      else { return Line(source: source, time: nil, pid: nil, text: text) }
      return Line(source: source, time: parts.time, pid: parts.pid, text: parts.text)
    }
    // A line without a time counts as too old.
    let wanted = request.since > 0 ? lines.filter { ($0.time ?? 0) >= request.since } : lines
    return wanted.count > known ? (path, wanted) : nil
  }

  private func render(_ lines: [Line], _ query: LogQuery) -> Reply {
    let list = lines.map { line -> JSON in
      [
        "watcher": .string(line.source.name), "stream": .string(line.source.output),
        "pid": line.pid.map { .int($0) } ?? .null, "time": line.time.map { .double($0) } ?? .null,
        "text": .string(line.text),
      ]
    }
    let next = query.sources.map { source in
      (source.key, JSON.int(streams.ring(source.watcher, source.output)?.last ?? 0))
    }
    let uncaptured = query.sources.filter { !$0.stream.isCaptured }.map { JSON.string($0.key) }
    return .ok([
      .init("lines", .array(list)), .init("next", .object(JSONObject(next))),
      .init("missed", .int(missed(query))), .init("not_captured", .array(uncaptured)),
    ])
  }
}
