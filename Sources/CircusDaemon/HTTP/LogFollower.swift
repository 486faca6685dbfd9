import CircusCore
import CircusLog
import EventLoop
import HTTPServer
import LinuxSystem

/// `/logtail` and `/mainlogtail`: the end of a log file, and then whatever is added to it
/// (supervisor.md 4.10). Survives rotation, and a file that becomes shorter.
final class LogFollower {
  private final class Follow {
    let path: String
    let stream: HTTPStream
    /// Held open, so that a new file at the path cannot look like this one.
    var file: OpenedFile
    var position: Int

    init(_ path: String, _ stream: HTTPStream, _ file: OpenedFile, _ position: Int) {
      self.path = path
      self.stream = stream
      self.file = file
      self.position = position
    }
  }

  private unowned let daemon: Daemon
  private var follows: [ObjectIdentifier: Follow] = [:]
  private var timer: Registration?
  /// Milliseconds between two looks at the files.
  private static let pause = 100
  private static let history = 1_024
  private static let mostFollowers = 300
  private static let chunk = 256 << 10
  /// A reader that has so much before it is not sent more until it has caught up.
  private static let mostBacklog = 256 << 10

  init(_ daemon: Daemon) { self.daemon = daemon }

  func followProcess(_ request: HTTPRequest) {
    guard request.method == "GET" else { return request.refuse(400) }
    // Split before it is decoded: a process's name may have a slash.
    let path = request.target.split(separator: "?", omittingEmptySubsequences: false)[0]
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).map {
      Percent.decode(String($0))
    }
    let channel = parts.count > 1 ? parts[1] : "stdout"
    guard let name = parts.first, ["stdout", "stderr"].contains(channel),
      case .process(let view)? = daemon.arbiter.find(name)
    else { return request.refuse(404) }
    let paths = daemon.logPaths(of: view)
    follow(channel == "stdout" ? paths.stdout : paths.stderr, request, isChild: true)
  }

  func followMainLog(_ request: HTTPRequest) {
    guard request.method == "GET" else { return request.refuse(400) }
    follow(daemon.log.path ?? "", request, isChild: false)
  }

  private func follow(_ path: String, _ request: HTTPRequest, isChild: Bool) {
    guard follows.count < Self.mostFollowers else { return request.refuse(503) }
    guard !path.isEmpty, let file = OpenedFile(path) else { return request.refuse(404) }
    var headers = [
      ("Last-Modified", Calendar.httpDate(Files.modificationTime(path) ?? 0)),
      ("Content-Type", "text/plain;charset=utf-8"),
    ]
    // Or a proxy in front of us collects until it has enough.
    if isChild { headers.append(("X-Accel-Buffering", "no")) }
    let stream = request.stream(headers)
    let follow = Follow(path, stream, file, max(0, file.size - Self.history))
    let key = ObjectIdentifier(follow)
    stream.onClose = { [unowned self] in follows[key] = nil }
    follows[key] = follow
    look(follow)
    schedule()
  }

  private func schedule() {
    guard timer == nil, !follows.isEmpty else { return }
    timer = daemon.loop.after(milliseconds: Self.pause) { [unowned self] in
      timer = nil
      for follow in follows.values { look(follow) }
      schedule()
    }
  }

  /// Sends what is new.
  private func look(_ follow: Follow) {
    guard follow.stream.backlog < Self.mostBacklog else { return }
    let size = follow.file.size
    if size <= follow.position, !follow.file.isAt(follow.path),
      let fresh = OpenedFile(follow.path)
    {
      // Rotated away or cleared; what came to the old one is sent.
      follow.file = fresh
      follow.position = 0
      return look(follow)
    }
    if size < follow.position {
      follow.stream.send(Array("==> File truncated <==\n".utf8))
      follow.position = size
    }
    guard size > follow.position else { return }
    let count = min(size - follow.position, Self.chunk)
    let bytes = follow.file.read(from: follow.position, count: count)
    follow.position += bytes.count
    follow.stream.send(bytes)
  }

  func closeAll() {
    timer = nil
    let ending = follows
    follows = [:]
    for follow in ending.values { follow.stream.end() }
  }
}
