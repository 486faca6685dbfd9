/// What is run, where, and how often.
extension WatcherOption {
  static let command: [WatcherOption] = [
    WatcherOption(
      circus: .init("cmd", .text, listed: .string("")), supervisor: .init("command", .text),
      .text(\.command), .rolling, [.settable, .shown, .perProcess],
      help: "Command line, split like a shell splits words"),
    WatcherOption(
      circus: .init("args", .composite, listed: .string("")), nil, .rolling, [.settable, .shown],
      help: "More words of the command line"),
    WatcherOption(
      circus: .init("shell", .boolean, listed: .bool(false)), .boolean(\.shell), .rolling,
      [.settable, .shown], help: "Run through /bin/sh -c"),
    WatcherOption(
      circus: .init("shell_args", .text), .optionalText(\.shellArguments), .restart, [.shown],
      help: "Words after the command of a shell"),
    WatcherOption(
      circus: .init("executable", .text, listed: .null), nil, .restart, [.shown, .idle],
      help: "Of no effect in any release of circus", elsewhere: "name the program in the command"),
    WatcherOption(
      circus: .init("working_dir", .text, listed: .null), supervisor: .init("directory", .text),
      .text(\.directory), .rolling, [.settable, .shown, .perProcess],
      help: "Directory the process starts in"),
    WatcherOption(
      circus: .init("virtualenv", .text), .optionalText(\.virtualenv), .restart,
      help: "Python virtualenv in front of PATH; needs copy_env",
      elsewhere: "name its python in the command"),
    WatcherOption(
      circus: .init("virtualenv_py_ver", .text), .optionalText(\.virtualenvPython), .restart,
      help: "X.Y of the virtualenv's library directory", elsewhere: "name its python in the command"
    ),
    WatcherOption(
      supervisor: .init("process_name", .text), nil, .restart, [.perProcess],
      help: "What each process is called"),
    WatcherOption(
      circus: .init("numprocesses", .integer, listed: .int(1)),
      supervisor: .init("numprocs", .integer), .integer(\.processCount, least: 0), .live,
      [.settable, .shown], range: 0...100_000, help: "How many processes"),
    WatcherOption(
      supervisor: .init("numprocs_start", .integer), nil, .restart,
      help: "Number of the first process", elsewhere: "circus counts processes from 1"),
    WatcherOption(
      circus: .init("singleton", .boolean, listed: .bool(false)), .boolean(\.singleton), .live,
      affectsLaunch: true, [.settable, .shown], help: "At most one process, also during reloads",
      elsewhere: "numprocs=1 says it"),
    WatcherOption(
      circus: .init("warmup_delay", .seconds(isWhole: true), listed: .int(0)), .seconds(\.warmup),
      .live, [.settable, .shown], help: "Pause after each process that is started, in seconds",
      elsewhere: "supervisor starts all processes at once"),
  ]
}
