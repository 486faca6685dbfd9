import CircusCore
import CircusLog
import CircusOutput
import CircusShell
import EventLoop
import HTTPServer
import LinuxSystem

/// `/logtail` and `/mainlogtail`: the end of a log, and then what is added to it
/// (supervisor.md 4.10). Survives rotation, and a file that becomes shorter.
package final class LogFollower {
  private final class Follow {
    /// What is followed. A file is held open, so that a new one at its path cannot look like it.
    enum Source {
      case file(String, OpenedFile)
      case memory(() -> LineRing?)
    }

    var source: Source
    let stream: HTTPStream
    var position: Int

    init(_ source: Source, _ stream: HTTPStream, _ position: Int) {
      self.source = source
      self.stream = stream
      self.position = position
    }
  }

  private unowned let daemon: any DaemonAccess
  private var follows: [ObjectIdentifier: Follow] = [:]
  private var timer: Registration?
  /// Milliseconds between two looks at the files.
  private static let pause = 100
  private static let history = 1_024
  private static let mostFollowers = 300
  private static let chunk = 256 << 10
  /// A reader that has so much before it is not sent more until it has caught up.
  private static let mostBacklog = 256 << 10

  package init(_ daemon: any DaemonAccess) { self.daemon = daemon }

  func followProcess(_ request: HTTPRequest) {
    // Split before it is decoded: a process's name may have a slash.
    let path = request.target.split(separator: "?", omittingEmptySubsequences: false)[0]
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).map {
      Percent.decode(String($0))
    }
    let channel = parts.count > 1 ? parts[1] : "stdout"
    guard let name = parts.first, ["stdout", "stderr"].contains(channel),
      case .process(let view)? = daemon.arbiter.find(name)
    else { return request.refuse(404) }
    follow(daemon.logSource(of: view, channel), request, isChild: true)
  }

  func followMainLog(_ request: HTTPRequest) {
    follow(daemon.logPath.map(LogSource.file), request, isChild: false)
  }

  private func follow(_ log: LogSource?, _ request: HTTPRequest, isChild: Bool) {
    guard follows.count < Self.mostFollowers else { return request.refuse(503) }
    let source: Follow.Source
    let size: Int
    var modified = Clock.wall
    switch log {
    case .file(let path)?:
      guard let file = OpenedFile(path) else { return request.refuse(404) }
      source = .file(path, file)
      size = file.size
      modified = Files.modificationTime(path) ?? 0
    case .memory(let ring)?:
      source = .memory(ring)
      size = ring()?.end ?? 0
    case nil: return request.refuse(404)
    }
    var headers = [
      ("Last-Modified", Calendar.httpDate(modified)),
      ("Content-Type", "text/plain;charset=utf-8"),
    ]
    // Or a proxy in front of us collects until it has enough.
    if isChild { headers.append(("X-Accel-Buffering", "no")) }
    let stream = request.stream(headers)
    let follow = Follow(source, stream, max(0, size - Self.history))
    let key = ObjectIdentifier(follow)
    stream.onClose = { [unowned self] in follows[key] = nil }
    follows[key] = follow
    look(follow)
    schedule()
  }

  private func schedule() {
    guard timer == nil, !follows.isEmpty else { return }
    timer = daemon.after(milliseconds: Self.pause) { [unowned self] in
      timer = nil
      for follow in follows.values { look(follow) }
      schedule()
    }
  }

  /// Sends what is new.
  private func look(_ follow: Follow) {
    guard follow.stream.backlog < Self.mostBacklog else { return }
    switch follow.source {
    case .file(let path, let file): look(follow, path, file)
    case .memory(let ring): if let ring = ring() { look(follow, ring) }
    }
  }

  private func look(_ follow: Follow, _ ring: LineRing) {
    let start = max(follow.position, ring.dropped)
    guard ring.end > start else { return }
    follow.position = ring.end
    follow.stream.send(ring.bytes(from: start, count: ring.end - start))
  }

  private func look(_ follow: Follow, _ path: String, _ file: OpenedFile) {
    let size = file.size
    if size <= follow.position, !file.isAt(path), let fresh = OpenedFile(path) {
      // Rotated away or cleared; what came to the old one is sent.
      follow.source = .file(path, fresh)
      follow.position = 0
      return look(follow)
    }
    if size < follow.position {
      follow.stream.send(Array("==> File truncated <==\n".utf8))
      follow.position = size
    }
    guard size > follow.position else { return }
    let count = min(size - follow.position, Self.chunk)
    let bytes = file.read(from: follow.position, count: count)
    follow.position += bytes.count
    follow.stream.send(bytes)
  }

  /// Ends all answers that go on.
  package func closeAll() {
    timer = nil
    let ending = follows
    follows = [:]
    for follow in ending.values { follow.stream.end() }
  }
}
