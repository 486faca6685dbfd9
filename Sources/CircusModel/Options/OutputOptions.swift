/// Where output goes, and what stands at the other descriptors.
extension WatcherOption {
  static let output: [WatcherOption] =
    [
      WatcherOption(
        circus: .init("output_prefix", .boolean), supervisor: .init("output_prefix", .boolean),
        .boolean(\.prefixesOutput), .rolling, [.settable, .shown, .ours],
        help:
          "Lines have the name of their process before them where several print, as `web-1 | `; JSON stays as it is"
      ),
      WatcherOption(
        circus: .init("use_sockets", .boolean, listed: .bool(false)), .boolean(\.usesSockets),
        .restart, [.shown], help: "The processes get the daemon's sockets",
        elsewhere: "supervisor holds no sockets for programs"),
      WatcherOption(
        circus: .init("listen_fds", .words(of: SocketActivation.self)), .choice(\.listenFDs),
        .rolling, [.settable, .shown, .ours],
        help: "Whether LISTEN_FDS names the sockets to processes: auto, yes or no",
        elsewhere: "supervisor holds no sockets for programs"),
      WatcherOption(
        circus: .init("stdin_socket", .text),
        Field(
          \.stdinSocket, read: { $0.map { .string($0) } ?? .null },
          write: { $0 = $1.string?.lowercased() }), .restart, help: "Socket at descriptor 0",
        elsewhere: "supervisor holds sockets for fcgi programs alone"),
      WatcherOption(
        circus: .init("close_child_stdin", .boolean), .boolean(\.closesStdin), .rolling,
        [.settable, .shown], help: "Standard input is /dev/null",
        elsewhere: "supervisor gives its programs a pipe that nothing writes to"),
      WatcherOption(
        supervisor: .init("redirect_stderr", .boolean, listed: .bool(false)), nil, .restart,
        help: "Standard error goes where standard output goes"),
    ] + of("stdout", \.stdout, \.stdoutOnFull) + of("stderr", \.stderr, \.stderrOnFull)

  /// The options of one output.
  private static func of(
    _ name: String, _ stream: Field.Path<StreamSpec>,
    _ policy: Field.Path<FullPolicy?>
  ) -> [WatcherOption] {
    let logfile = "\(name)_logfile"
    return [
      WatcherOption(
        circus: .init("\(name)_stream", .composite, listed: .map([:])), nil, .streams, [.settable],
        help: "Where it goes: class and its options"),
      WatcherOption(
        circus: .init("close_child_\(name)", .boolean),
        Field(stream, read: { .bool($0 == .null) }, write: { _, _ in }), .rolling,
        [.settable, .shown], help: "It goes to /dev/null, whatever stream is set"),
      WatcherOption(
        supervisor: .init(logfile, .composite), nil, .restart, [.perProcess],
        help: "Log file: a path, AUTO, NONE or syslog"),
      WatcherOption(
        supervisor: .init("\(logfile)_maxbytes", .bytes), nil, .restart, [.perProcess],
        help: "Size at which the log is rotated; 0: never"),
      WatcherOption(
        supervisor: .init("\(logfile)_backups", .integer), nil, .restart, [.perProcess],
        help: "Rotated logs that are kept"),
      WatcherOption(
        supervisor: .init("\(name)_syslog", .boolean), nil, .restart, [.perProcess],
        help: "Lines go to syslog, too"),
      WatcherOption(
        supervisor: .init("\(name)_capture_maxbytes", .bytes, listed: .int(0)), nil, .restart,
        help: "Bytes kept of what stands between the capture tokens; 0: no capture mode",
        elsewhere: "circus has no capture mode"),
      WatcherOption(
        supervisor: .init("\(name)_events_enabled", .boolean, listed: .bool(false)), nil, .restart,
        help: "Output is published as PROCESS_LOG events",
        elsewhere: "a stream class of your own can tell what was printed"),
      WatcherOption(
        supervisor: .init("\(name)_on_full", .words(of: FullPolicy.self)),
        Field(
          policy, read: { $0.map { .string($0.rawValue) } ?? .null },
          write: { $0 = $1.string.flatMap(FullPolicy.init(rawValue:)) }), .restart, [.ours],
        help: "Output that cannot be written now: drop or block"),
    ]
  }
}
