extension SectionTable {
  /// `[supervisord]` (supervisor.md 1.5); the last three are ours.
  package static let supervisord = SectionTable([
    SectionOption(
      "minfds", .integer, listed: .int(1_024),
      elsewhere: "set rlimit_nofile in the watchers, or the limit of circusd itself"),
    SectionOption(
      "minprocs", .integer, listed: .int(200),
      elsewhere: "set rlimit_nproc in the watchers, or the limit of circusd itself"),
    SectionOption(
      "directory", .text, listed: .null, .home,
      elsewhere: "start circusd there, or set working_dir in each watcher"),
    SectionOption(
      "user", .text, listed: .null,
      elsewhere: "start circusd as that user; it is written as the uid of each watcher"),
    SectionOption("umask", .octal, listed: .int(0o22)),
    SectionOption("logfile", .text, listed: .string("supervisord.log"), .file(except: ["syslog"])),
    SectionOption(
      "logfile_maxbytes", .bytes, listed: .int(50 << 20),
      elsewhere: "circusd's own log is rotated by logrotate and SIGUSR2 alone"),
    SectionOption(
      "logfile_backups", .integer, listed: .int(10),
      elsewhere: "circusd's own log is rotated by logrotate and SIGUSR2 alone"),
    SectionOption("loglevel", .composite, listed: .int(20)),
    SectionOption("pidfile", .text, listed: .string("supervisord.pid"), .file(except: [])),
    SectionOption(
      "identifier", .text, listed: .string("supervisor"),
      elsewhere: "names AUTO logs and event headers only"),
    SectionOption("nodaemon", .boolean, listed: .bool(false)),
    SectionOption(
      "silent", .boolean, listed: .bool(false), elsewhere: "circusd logs to one place only"),
    SectionOption(
      "nocleanup", .boolean, listed: .bool(false), elsewhere: "circus has no AUTO logs"),
    SectionOption(
      "strip_ansi", .boolean, listed: .bool(false), elsewhere: "circus has no such filter"),
    SectionOption("childlogdir", .text, .home, elsewhere: "is for AUTO logs only"),
    SectionOption("environment", .text),
    SectionOption("state_dir", .text, .home),
    SectionOption("saved_file", .text, .home),
    SectionOption("on_boot", .words(of: BootState.self)),
    SectionOption("exit_code_from", .text), SectionOption("termination_log", .text, .home),
    SectionOption("env_dir", .text, .home),
    SectionOption("stop_timeout", .seconds(isWhole: false)),
    SectionOption("pre_stop_delay", .seconds(isWhole: false)),
    SectionOption("on_idle", .words(of: IdleAction.self)),
    SectionOption("forward_signals", .grammar(.forwardedSignals)),
  ])

  /// `[unix_http_server]` (supervisor.md 1.3).
  package static let unixServer = SectionTable([
    SectionOption("file", .text), SectionOption("chmod", .octal, listed: .int(0o700)),
    SectionOption("chown", .text), SectionOption("username", .text),
    SectionOption("password", .text),
  ])

  /// `[inet_http_server]` (supervisor.md 1.4).
  package static let inetServer = SectionTable([
    SectionOption("port", .composite), SectionOption("username", .text),
    SectionOption("password", .text),
  ])

  /// `[supervisorctl]`.
  package static let control = SectionTable([
    SectionOption("serverurl", .text), SectionOption("username", .text),
    SectionOption("password", .text), SectionOption("prompt", .text),
    SectionOption("history_file", .text),
  ])

  /// What `[fcgi-program:x]` has beyond a program.
  package static let fcgi = SectionTable([
    SectionOption("socket", .composite), SectionOption("socket_backlog", .integer),
    SectionOption("socket_owner", .text), SectionOption("socket_mode", .octal),
  ])

  /// What `[eventlistener:x]` has beyond a program.
  package static let listener = SectionTable([
    SectionOption("events", .composite), SectionOption("buffer_size", .integer),
    SectionOption("result_handler", .composite),
  ])

  /// `[group:x]`.
  package static let group = SectionTable([
    SectionOption("programs", .composite), SectionOption("priority", .integer),
    SectionOption("depends_on", .text),
    SectionOption("on_dependency", .words(of: Dependency.Reaction.self)),
  ])

  /// `[include]` of supervisor.
  package static let include = SectionTable([SectionOption("files", .composite)])

  /// `[socket:x]` of circus (circus.md 8).
  package static let socket = SectionTable([
    SectionOption("host", .text), SectionOption("port", .integer),
    SectionOption("family", .composite), SectionOption("type", .composite),
    SectionOption("proto", .composite), SectionOption("backlog", .integer),
    SectionOption("path", .text), SectionOption("umask", .octal),
    SectionOption("replace", .boolean), SectionOption("interface", .text),
    SectionOption("so_reuseport", .boolean), SectionOption("blocking", .boolean),
    SectionOption("name", .text),
  ])
}
