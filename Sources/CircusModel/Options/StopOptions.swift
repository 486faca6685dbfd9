/// How it is brought down, and when it is replaced.
extension WatcherOption {
  static let stop: [WatcherOption] = [
    WatcherOption(
      circus: .init("stop_signal", .signal, listed: .int(15)),
      supervisor: .init("stopsignal", .signal, listed: .int(15)),
      Field(
        \.stop.signal, read: { .int(Int($0.number)) },
        write: { $0 = Signal(Int32(truncatingIfNeeded: $1.int ?? 15)) }), .live,
      [.settable, .shown], help: "The first signal of a stop"),
    WatcherOption(
      circus: .init("stop_children", .boolean, listed: .bool(false)),
      Field(
        \.stop.scope, read: { .bool($0 == .processAndChildren) },
        write: { $0 = $1.bool == true ? .processAndChildren : .process }), .live,
      [.settable, .shown], help: "Direct children get the stop signal, too"),
    WatcherOption(
      supervisor: .init("stopasgroup", .boolean, listed: .bool(false)),
      Field(
        \.stop.scope, read: { .bool($0 == .group) },
        write: { $0 = $1.bool == true ? .group : .process }), .live,
      help: "The stop signal goes to the whole process group"),
    WatcherOption(
      supervisor: .init("killasgroup", .boolean, listed: .bool(false)), nil, .live,
      help:
        "SIGKILL goes to the whole process group; written as false: only the main process is ended",
      elsewhere: "circus ends the process and what its session left behind"),
    WatcherOption(
      circus: .init("graceful_timeout", .seconds(isWhole: false), listed: .int(30)),
      supervisor: .init("stopwaitsecs", .seconds(isWhole: true), listed: .int(10)),
      Field(
        \.stop.grace, read: { .float($0.seconds) },
        write: { $0 = .seconds(max(0, $1.number ?? $0.seconds)) }), .live, [.settable, .shown],
      help: "Seconds from the stop signal to SIGKILL"),
    WatcherOption(
      circus: .init("stop_descendants", .descendants),
      supervisor: .init("stop_descendants", .descendants), .choice(\.stop.descendants), .live,
      [.settable, .shown, .ours],
      help: "Which descendants a stop ends besides the process: session, all or none"),
    WatcherOption(
      circus: .init("on_daemon_exit", .words(of: DaemonExit.self)),
      supervisor: .init("on_daemon_exit", .words(of: DaemonExit.self)), .choice(\.daemonExit),
      .rolling, [.settable, .shown, .ours],
      help: "What the daemon's death means for processes: keep, or kill by the kernel"),
    WatcherOption(
      circus: .init("send_hup", .boolean, listed: .bool(false)), .boolean(\.sendsHangup), .live,
      [.settable, .shown], help: "A reload is a SIGHUP",
      elsewhere: "`supervisorctl signal HUP` does it"),
    WatcherOption(
      circus: .init("max_age", .integer), supervisor: .init("max_age", .integer),
      .integer(\.maxAge, least: 0), .rolling,
      affectsLaunch: false, [.settable, .shown, .textInFiles, .ours], range: 0...Int.max,
      help: "Seconds after which a process is replaced; 0: never"),
    WatcherOption(
      circus: .init("max_age_variance", .integer),
      supervisor: .init("max_age_variance", .integer), .integer(\.maxAgeVariance, least: 0),
      .rolling,
      affectsLaunch: false, [.settable, .shown, .textInFiles, .ours], range: 0...Int.max,
      help: "Most seconds added to max_age at random"),
  ]
}

extension WatcherOption.Kind {
  static func words<Choice: RawRepresentable & CaseIterable>(
    of type: Choice.Type
  ) -> WatcherOption.Kind where Choice.RawValue == String {
    .choice(Choice.allCases.map(\.rawValue), aliases: [:])
  }

  static let descendants = WatcherOption.Kind.choice(
    DescendantPolicy.allCases.map(\.rawValue), aliases: DescendantPolicy.aliases)
}
