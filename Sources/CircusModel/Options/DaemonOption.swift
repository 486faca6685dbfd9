/// One option of `[circus]`: the only place that names it.
package struct DaemonOption: Sendable {
  package var spelling: WatcherOption.Spelling
  /// Where the settings have it; nil: nowhere, or code of its own reads it.
  package var field: OptionField<DaemonSettings>?
  package var traits: WatcherOption.Traits
  /// What supervisor has instead, for those who convert a file; nil: the same, or nothing.
  package var elsewhere: String?

  init(
    _ key: String, _ kind: WatcherOption.Kind, listed: ConfigValue? = nil,
    _ field: OptionField<DaemonSettings>? = nil, _ traits: WatcherOption.Traits = [],
    elsewhere: String? = nil
  ) {
    spelling = .init(key, kind, listed: listed)
    self.field = field
    self.traits = traits
    self.elsewhere = elsewhere
  }

  package var key: String { spelling.key }

  /// By name.
  package static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
  /// Those that `[supervisord]` has in the same words.
  package static let shared = [
    "state_dir", "saved_file", "on_boot", "exit_code_from", "termination_log", "env_dir",
    "stop_timeout", "pre_stop_delay",
    "on_idle", "forward_signals",
  ]
  /// What circus's reader lists where the file says nothing.
  package static let listed = byKey.compactMapValues(\.spelling.listed)

  /// Every option of the section.
  package static let all: [DaemonOption] = endpoints + running + web + own + idle

  private static let endpoints = [
    DaemonOption(
      "endpoint", .text, listed: .string("tcp://127.0.0.1:5555"), .address(\.endpoint),
      elsewhere: "supervisorctl uses the unix socket /tmp/supervisor.sock"),
    DaemonOption("endpoint_owner", .text, listed: .null, .filledText(\.endpointOwner)),
    DaemonOption(
      "pubsub_endpoint", .text, listed: .string("tcp://127.0.0.1:5556"), .address(\.pubsubEndpoint),
      elsewhere: "supervisor tells its events to event listeners only"),
    DaemonOption(
      "multicast_endpoint", .text, listed: .string("udp://237.219.251.97:12027"),
      .text(\.multicastEndpoint), elsewhere: "supervisor cannot be discovered"),
    DaemonOption(
      "stats_endpoint", .text, listed: .null, .address(\.statsEndpoint),
      elsewhere: "supervisor has no statistics; the console of this daemon shows them"),
    DaemonOption(
      "statsd", .boolean, listed: .bool(false), .boolean(\.publishesStats),
      elsewhere: "supervisor has no statistics; the console of this daemon shows them"),
  ]

  private static let running = [
    DaemonOption(
      "check_delay", .seconds(isWhole: false), listed: .float(5), .seconds(\.checkDelay),
      elsewhere: "supervisor looks at its processes once a second"),
    DaemonOption(
      "warmup_delay", .seconds(isWhole: true), listed: .int(0), .seconds(\.warmup),
      elsewhere: "supervisor starts everything at once"),
    DaemonOption(
      "umask", .octal, listed: .null,
      .init(\.umask, read: { $0.map { .int($0) } ?? .null }, write: { $0 = $1.int })),
    DaemonOption("pidfile", .text, listed: .null, .filledText(\.pidFile)),
    DaemonOption("loglevel", .text, listed: .null, .filledText(\.logLevel)),
    DaemonOption("logoutput", .text, listed: .null, .filledText(\.logOutput)),
    DaemonOption(
      "loggerconfig", .text, listed: .null, .filledText(\.loggerConfig),
      elsewhere: "supervisor has no logging file"),
    DaemonOption("debug", .boolean, listed: .bool(false)),
    DaemonOption("include", .text), DaemonOption("include_dir", .text),
  ]

  private static let web = [
    DaemonOption("httpd", .boolean, listed: .bool(false)),
    DaemonOption("httpd_host", .text, listed: .string("localhost")),
    DaemonOption("httpd_port", .integer, listed: .int(8080)),
    DaemonOption("httpd_username", .text, nil, .ours),
    DaemonOption("httpd_password", .text, nil, .ours),
  ]

  private static let own = [
    DaemonOption("state_dir", .text, .filledText(\.stateDirectory), .ours),
    DaemonOption("saved_file", .text, .filledText(\.savedFile), .ours),
    DaemonOption("on_boot", .words(of: BootState.self), .choice(\.onBoot), .ours),
    DaemonOption("exit_code_from", .text, .filledText(\.exitCodeFrom), .ours),
    DaemonOption("termination_log", .text, .filledText(\.terminationLog), .ours),
    DaemonOption("env_dir", .text, .filledText(\.environmentDirectory), .ours),
    DaemonOption(
      "stop_timeout", .seconds(isWhole: false),
      .init(
        \.stopTimeout, read: { $0.map { .float($0.seconds) } ?? .null },
        write: { $0 = $1.number.map { .seconds($0) } }), .ours),
    DaemonOption("pre_stop_delay", .seconds(isWhole: false), .seconds(\.preStopDelay), .ours),
    DaemonOption("on_idle", .words(of: IdleAction.self), .choice(\.onIdle), .ours),
    DaemonOption(
      "forward_signals", .grammar(.forwardedSignals),
      .init(
        \.forwardedSignals, read: { .string($0.text) },
        write: { $0 = ForwardedSignals(text: $1.string ?? "") ?? $0 }), .ours),
    DaemonOption("supervisor_events", .boolean, .boolean(\.publishesSupervisorEvents), .ours),
  ]

  /// Accepted, and of no effect. circus documents those at the end, and no release reads them.
  private static let idle =
    [
      DaemonOption(
        "debug_gc", .boolean, listed: .bool(false), nil, .idle,
        elsewhere: "is for circus's own Python"),
      DaemonOption(
        "fqdn_prefix", .text, listed: .null, nil, .idle,
        elsewhere: "supervisor has no names of nodes"),
    ]
    + [
      "stream_backend", "statsd_close_outputs", "httpd_close_outputs", "ssh_server", "proc_name",
    ].map {
      DaemonOption($0, .composite, nil, .idle, elsewhere: "no release of circus reads it")
    }
}
