/// How its processes are replaced, one after the other.
extension WatcherOption {
  static let rollout: [WatcherOption] = [
    WatcherOption(
      circus: .init("max_surge", .grammar(.rolloutShare)),
      Field(
        \.pace.surge, read: { $0.map { .string($0.text) } ?? .null },
        write: { $0 = $1.text.flatMap(RolloutShare.init(text:)) }), .live,
      [.settable, .shown, .ours],
      help:
        "In a reload, processes on top of those wanted: a number or a percentage; by default all at once",
      elsewhere: "a program's processes are replaced in their places"),
    WatcherOption(
      circus: .init("max_unavailable", .grammar(.rolloutShare)),
      supervisor: .init("max_unavailable", .grammar(.rolloutShare)),
      Field(
        \.pace.unavailable, read: { $0.map { .string($0.text) } ?? .null },
        write: { $0 = $1.text.flatMap(RolloutShare.init(text:)) }), .live,
      [.settable, .shown, .ours],
      help:
        "In a reload, processes that may be missing: a number or a percentage; 0, or 1 without a surge"
    ),
    WatcherOption(
      circus: .init("min_ready_seconds", .seconds(isWhole: false)),
      supervisor: .init("min_ready_seconds", .seconds(isWhole: false)),
      .seconds(\.pace.settling), .live, [.settable, .shown, .ours],
      help: "In a reload, seconds a new process must be ready and healthy before it counts"),
    WatcherOption(
      circus: .init("reload_timeout", .seconds(isWhole: false)),
      supervisor: .init("reload_timeout", .seconds(isWhole: false)),
      .seconds(\.pace.timeout), .live, [.settable, .shown, .ours],
      help: "Seconds without progress after which a reload is given up; 600, 0: never"),
    WatcherOption(
      circus: .init("drain_seconds", .seconds(isWhole: false)),
      supervisor: .init("drain_seconds", .seconds(isWhole: false)),
      .seconds(\.stop.drain), .live, [.settable, .shown, .ours],
      help:
        "Seconds from a stop to its signal, in which a process that is ready finishes what it has; it counts as not ready"
    ),
  ]
}
