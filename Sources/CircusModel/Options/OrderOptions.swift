/// What it waits for, and when others may count on it.
extension WatcherOption {
  static let order: [WatcherOption] = [
    WatcherOption(
      circus: .init("depends_on", .text), supervisor: .init("depends_on", .text),
      Field(
        \.dependsOn, read: { .string($0.joined(separator: ", ")) },
        write: { $0 = WatcherSpec.dependencies(in: $1.string ?? "") }), .live,
      [.settable, .shown, .ours],
      help: "Started after these, and stopped before them: `db, cache:started, metrics?`"),
    WatcherOption(
      circus: .init("ready", .grammar(.readiness)),
      supervisor: .init("ready", .grammar(.readiness)),
      Field(
        \.ready, read: { .string($0.text) },
        write: { $0 = $1.text.flatMap(Readiness.init(text:)) ?? $0 }), .restart,
      [.shown, .ours],
      help:
        "How a process says that its start is complete: started, notify, s6:FD, pipe, log:EXPRESSION or seconds:N"
    ),
    WatcherOption(
      circus: .init("ready_timeout", .seconds(isWhole: false)),
      supervisor: .init("ready_timeout", .seconds(isWhole: true)),
      .seconds(\.readyTimeout), .live, [.settable, .shown, .ours],
      help: "Seconds in which it has to say so, else the start has failed; 0: any time"),
    WatcherOption(
      circus: .init("min_ready", .grammar(.readyFloor)),
      supervisor: .init("min_ready", .grammar(.readyFloor)),
      Field(
        \.minReady, read: { $0.map { .string($0.text) } ?? .null },
        write: { $0 = $1.text.flatMap(ReadyFloor.init(text:)) }), .live,
      [.settable, .shown, .ours],
      help:
        "Processes that must be ready for the watcher to be: all, a number or a percentage; by default all to become ready, one to stay so"
    ),
  ]
}
