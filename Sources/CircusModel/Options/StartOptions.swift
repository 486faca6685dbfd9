/// When it is started, and started again.
extension WatcherOption {
  static let start: [WatcherOption] = [
    WatcherOption(
      circus: .init("autostart", .boolean, listed: .bool(true)),
      supervisor: .init("autostart", .boolean, listed: .bool(true)), .boolean(\.autostart), .live,
      [.settable, .shown], help: "Started with the daemon"),
    WatcherOption(
      circus: .init("priority", .integer, listed: .int(0)),
      supervisor: .init("priority", .integer, listed: .int(999)), .integer(\.priority), .live,
      [.settable, .shown],
      help: "Order of the start: circus begins with the largest, supervisor with the smallest"),
    WatcherOption(
      circus: .init("on_demand", .boolean, listed: .bool(false)), .boolean(\.onDemand), .restart,
      [.shown], help: "Started when something arrives at its socket",
      elsewhere: "supervisor starts nothing on demand"),
    WatcherOption(
      supervisor: .init("startsecs", .seconds(isWhole: true), listed: .int(1)),
      .seconds(\.startSeconds), .live, help: "Alive so many seconds: it is RUNNING",
      elsewhere: "circus counts a process as started when it is there"),
    WatcherOption(
      circus: .init("max_retry", .integer, listed: .int(5)), counterpart: "startretries",
      .integer(\.maxRetry, least: -1), .live,
      [.settable, .shown], help: "Starts in a row that may fail at once; -1 for ever"),
    WatcherOption(
      supervisor: .init("startretries", .integer, listed: .int(3)),
      .integer(\.startRetries, least: 0), .live, help: "Attempts after a failed start"),
    WatcherOption(
      circus: .init("respawn", .boolean, listed: .bool(true)), counterpart: "autorestart",
      Field(
        \.restart, read: { .bool($0 != .never) },
        write: { if let flag = $1.bool { $0 = flag ? .always : .never } }), .live,
      [.settable, .shown], help: "Replace a process that ends"),
    WatcherOption(
      supervisor: .init("autorestart", .restartPolicy, listed: .string("unexpected")),
      Field(
        \.restart, read: { .string($0.word) },
        write: { $0 = $1.string.flatMap(RestartPolicy.init(word:)) ?? $0 }), .live,
      help: "false, true, or unexpected: after an exit status that is not in exitcodes"),
    WatcherOption(
      supervisor: .init("exitcodes", .exitCodes, listed: .list([.int(0)])),
      Field(
        \.exitCodes, read: { .list($0.map { .int($0) }) },
        write: { if case .list(let codes) = $1 { $0 = codes.compactMap(\.int) } }), .live,
      help: "Exit statuses that are expected",
      elsewhere: "circus restarts whatever the exit status was"),
    WatcherOption(
      circus: .init("on_exit", .grammar(.exitActions)),
      supervisor: .init("on_exit", .grammar(.exitActions)),
      Field(
        \.exitActions, read: { .string($0.text) },
        write: { $0 = $1.text.flatMap(ExitActions.init(text:)) ?? ExitActions() }), .live,
      [.settable, .shown, .ours],
      help:
        "What follows from an exit status, whatever else is said: `75: stop, 100-110: restart`; also `on_exit.75 = stop`"
    ),
    WatcherOption(
      circus: .init("check_flapping", .boolean), nil, .live, [.idle, .freeform],
      help: "Read by no release of circus", elsewhere: "no release of circus reads it"),
    WatcherOption(
      circus: .init("retry_in", .seconds(isWhole: false)), nil, .live,
      [.settable, .idle, .freeform, .textInFiles], help: "Read by no release of circus"),
  ]
}
