/// Who runs it, and with what environment and limits.
extension WatcherOption {
  static let identity: [WatcherOption] = [
    WatcherOption(
      circus: .init("uid", .identity, listed: .null),
      supervisor: .init("user", .text, listed: .null),
      .identity(\.user), .rolling, [.settable, .shown], help: "User, by name or number"),
    WatcherOption(
      circus: .init("gid", .identity, listed: .null), .identity(\.userGroup), .rolling,
      [.settable, .shown], help: "Group, by name or number; else those of the user",
      elsewhere: "the program gets the groups of its user"),
    WatcherOption(
      supervisor: .init("umask", .octal, listed: .null),
      Field(\.umask, read: { $0.map { .int($0) } ?? .null }, write: { $0 = $1.int }), .restart,
      help: "File mode mask, octal", elsewhere: "circus has one for all, [circus] umask"),
    WatcherOption(
      circus: .init("copy_env", .boolean, listed: .bool(false)), .boolean(\.copiesEnvironment),
      .rolling, [.settable, .shown], help: "Begin with the daemon's environment instead of none",
      elsewhere: "supervisor's programs always have its environment"),
    WatcherOption(
      circus: .init("copy_path", .boolean, listed: .bool(false)), nil, .restart, [.idle],
      help: "Python's own path, which there is none of here; needs copy_env",
      elsewhere: "names Python's own path, which supervisor does not hand on"),
    WatcherOption(
      circus: .init("env", .composite), supervisor: .init("environment", .composite), nil, .rolling,
      [.settable, .shown, .perProcess], help: "Variables of the environment"),
    WatcherOption(
      circus: .init("rlimits", .composite, listed: .map([:])), nil, .rolling, [.settable],
      help: "Resource limits, as rlimit_NAME; empty: unlimited",
      elsewhere: "start the program through `prlimit` or a shell"),
    WatcherOption(
      supervisor: .init("serverurl", .text, listed: .null), .optionalText(\.serverURL), .restart,
      help: "SUPERVISOR_SERVER_URL of the processes", elsewhere: "SUPERVISOR_SERVER_URL is not set"),
  ]
}
