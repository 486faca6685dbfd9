import CircusWire

/// What a daemon can be asked.
extension Client {
  /// The names of all watchers, in lower case, sorted.
  public func watchers() throws(ClientError) -> [String] {
    (try call(List.verb)["watchers"]?.array ?? []).compactMap(\.string)
  }

  /// The live processes of a watcher, oldest first.
  public func processes(of watcher: String) throws(ClientError) -> [Int32] {
    (try call(List.verb, ["name": .string(watcher)])["pids"]?.array ?? [])
      .compactMap { $0.int.map(Int32.init(truncatingIfNeeded:)) }
  }

  /// Every watcher's status by its name as written.
  public func status() throws(ClientError) -> [String: WatcherStatus] {
    (try call(Status.verb)["statuses"]?.object ?? [:]).mapValues { WatcherStatus($0.string ?? "") }
  }

  /// One watcher's status.
  public func status(of watcher: String) throws(ClientError) -> WatcherStatus {
    WatcherStatus(try call(Status.verb, ["name": .string(watcher)])["status"]?.string ?? "")
  }

  /// A watcher's options as the daemon holds them.
  public func options(of watcher: String) throws(ClientError) -> [String: Value] {
    try call(Options.verb, ["name": .string(watcher)])["options"]?.object ?? [:]
  }

  /// The daemon's endpoints and periods.
  public func globalOptions() throws(ClientError) -> [String: Value] {
    try call(GlobalOptions.verb)["options"]?.object ?? [:]
  }

  /// Figures of a watcher's processes; `extended` adds what its `extended_stats` hook measures.
  public func statistics(
    ofProcessesOf watcher: String, extended: Bool = false
  ) throws(ClientError) -> [ProcessFigures] {
    let reply = try call(
      Stats.verb, ["name": .string(watcher), "extended": .bool(extended)])
    return (reply["info"]?.object ?? [:]).values.compactMap(ProcessFigures.init)
      .sorted { $0.pid < $1.pid }
  }

  /// The sockets the daemon holds for its watchers.
  public func sockets() throws(ClientError) -> [[String: Value]] {
    (try call(ListSockets.verb)["sockets"]?.array ?? []).compactMap(\.object)
  }

  /// The last lines watchers printed, oldest first; no name means all of them. Not known to circus
  /// 0.19, which refuses.
  public func logs(
    of watchers: [String] = [], lines: Int = 100
  ) throws(ClientError) -> [LogLine] {
    let reply = try call(
      Logs.verb, ["names": .array(watchers.map { .string($0) }), "lines": .int(lines)])
    return (reply["lines"]?.array ?? []).map(LogLine.init)
  }
}

/// How far a watcher is.
public enum WatcherStatus: Hashable, Sendable {
  /// Not running and not about to.
  case stopped
  /// On its way up.
  case starting
  /// Running.
  case active
  /// On its way down.
  case stopping
  /// A word this client does not know.
  case other(String)

  init(_ word: String) {
    switch word {
    case "stopped": self = .stopped
    case "starting": self = .starting
    case "active": self = .active
    case "stopping": self = .stopping
    default: self = .other(word)
    }
  }
}

/// One line a process printed.
public struct LogLine: Hashable, Sendable {
  /// Whose line it is.
  public let watcher: String
  /// `stdout` or `stderr`.
  public let stream: String
  /// Nil for a line that was read from a file.
  public let pid: Int32?
  /// Seconds since the epoch; nil for a line of a file that does not tell.
  public let time: Double?
  /// The line without its end.
  public let text: String

  init(_ value: Value) {
    watcher = value["watcher"]?.string ?? ""
    stream = value["stream"]?.string ?? ""
    pid = value["pid"]?.int.map(Int32.init(truncatingIfNeeded:))
    time = value["time"]?.number
    text = value["text"]?.string ?? ""
  }
}
