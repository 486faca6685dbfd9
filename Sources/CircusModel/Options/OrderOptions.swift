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
      circus: .init("on_dependency", .words(of: Dependency.Reaction.self)),
      supervisor: .init("on_dependency", .words(of: Dependency.Reaction.self)),
      .choice(\.onDependency), .live, [.settable, .shown, .ours],
      help:
        "When one of them is lost: ignore, reload or restart once it is back, or stop until then"),
    WatcherOption(
      supervisor: .init(DependentStart.key, .composite), nil, .live, [.ours],
      help:
        "Started once, at the daemon's start, when what it waits for has been in the states it names; needs `autostart=false`. As the plugin supervisord-dependent-startup has it",
      elsewhere: "a watcher has `depends_on`"),
    WatcherOption(
      supervisor: .init(DependentStart.waitsKey, .composite), nil, .live, [.ours],
      help: "What it waits for: `NAME:state,state NAME`; without a state, running",
      elsewhere: "a watcher has `depends_on`"),
    WatcherOption(
      supervisor: .init(DependentStart.priorityKey, .composite), nil, .live, [.ours],
      help: "It is started as early as the most urgent of those it waits for",
      elsewhere: "a watcher has `depends_on`"),
    WatcherOption(
      circus: .init("type", .choice(["service", "oneshot"], aliases: [:])),
      supervisor: .init("type", .choice(["service", "oneshot"], aliases: [:])),
      Field(
        \.isOneshot, read: { .string($0 ? "oneshot" : "service") },
        write: { $0 = $1.string == "oneshot" }), .restart, [.shown, .ours],
      help: "service, or oneshot: its processes run to their end, once for each start"),
    WatcherOption(
      circus: .init("run_timeout", .seconds(isWhole: false)),
      supervisor: .init("run_timeout", .seconds(isWhole: true)),
      .seconds(\.runTimeout), .live, [.settable, .shown, .ours],
      help: "Seconds a process of a oneshot may run; 0: any time"),
    WatcherOption(
      circus: .init("ready", .grammar(.readiness)),
      supervisor: .init("ready", .grammar(.readiness)),
      Field(
        \.ready, read: { .string($0.text) },
        write: { $0 = $1.text.flatMap(Readiness.init(text:)) ?? $0 }), .restart,
      [.shown, .ours],
      help:
        "How a process says that its start is complete: started, notify, s6:FD, pipe, log:EXPRESSION or seconds:N; or how it is asked: probe (its readiness probe), tcp://HOST:PORT, unix:/PATH, http://... or exec:COMMAND"
    ),
    WatcherOption(
      circus: .init("ready_timeout", .seconds(isWhole: false)),
      supervisor: .init("ready_timeout", .seconds(isWhole: true)),
      .seconds(\.readyTimeout), .live, [.settable, .shown, .ours],
      help: "Seconds in which it has to say so, else the start has failed; 0: any time"),
    WatcherOption(
      circus: .init("essential", .choice(["no", "failed", "exit"], aliases: ["yes": "failed"])),
      supervisor: .init(
        "essential", .choice(["no", "failed", "exit"], aliases: ["yes": "failed"])),
      Field(
        \.essential, read: { .string($0.rawValue) },
        write: { $0 = $1.string.flatMap(Essential.init(rawValue:)) ?? $0 }), .live,
      [.settable, .shown, .ours],
      help:
        "The daemon ends with it, as a container does: never (no), when it is given up (failed), with any end of a process that was not ordered (exit)"
    ),
    WatcherOption(
      circus: .init("notify_access", .choice(["tree", "main", "all"], aliases: [:])),
      supervisor: .init("notify_access", .choice(["tree", "main", "all"], aliases: [:])),
      Field(
        \.notifyAccess, read: { .string($0.rawValue) },
        write: { $0 = $1.string.flatMap(NotifyAccess.init(rawValue:)) ?? $0 }), .restart,
      [.shown, .ours],
      help:
        "With `ready = notify`: whose messages count beside its own: those of its descendants (tree), of none (main), or of all processes of its user (all)"
    ),
    WatcherOption(
      circus: .init("watchdog", .seconds(isWhole: false)),
      supervisor: .init("watchdog", .seconds(isWhole: false)), .seconds(\.watchdog), .restart,
      [.shown, .ours],
      help:
        "Seconds in which each process must say that it lives, by WATCHDOG=1 on its NOTIFY_SOCKET; else it is started again. 0: never"
    ),
    WatcherOption(
      circus: .init("watchdog_signal", .signal), supervisor: .init("watchdog_signal", .signal),
      Field(
        \.watchdogSignal, read: { .int(Int($0.number)) },
        write: { $0 = Signal(Int32(truncatingIfNeeded: $1.int ?? 6)) }), .live,
      [.settable, .shown, .ours], help: "The signal for a process that does not; ABRT"),
    WatcherOption(
      circus: .init("reload_notify", .boolean), .boolean(\.confirmsReload), .live,
      [.settable, .shown, .ours],
      help:
        "With `send_hup` and `ready = notify`: a reload is over when each process says so, within `ready_timeout`",
      elsewhere: "`supervisorctl signal HUP` waits for nothing"),
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
