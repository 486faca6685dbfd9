import CircusModel
import LinuxSystem
import XMLRPC

/// The structs of `getAllConfigInfo` (supervisor.md 4.6).
enum ConfigInfo {
  /// `logs`: the paths of a process that there is, by its name.
  static func rows(
    _ spec: WatcherSpec, isActive: Bool, logs: (String) -> LogPaths?
  ) -> [(name: String, value: XMLRPCValue)] {
    guard case .list(let processes)? = spec.definition["processes"] else {
      return circus(spec, isActive: isActive)
    }
    return processes.map { entry in
      let options = entry.map ?? [:]
      let name = options["name"]?.string ?? spec.name
      return (name, row(spec, name, options, isActive: isActive, logs(name)))
    }
  }

  private static func row(
    _ spec: WatcherSpec, _ name: String, _ options: [String: ConfigValue], isActive: Bool,
    _ logs: LogPaths? = nil
  ) -> XMLRPCValue {
    func int(_ key: String) -> XMLRPCValue { .int(options[key]?.int ?? 0) }
    func bool(_ key: String) -> XMLRPCValue { .bool(options[key]?.bool ?? false) }
    func text(_ key: String) -> XMLRPCValue { .string(options[key]?.string ?? "none") }
    func log(_ key: String) -> XMLRPCValue {
      let path = options[key]?.string ?? "none"
      guard path == "AUTO" else { return .string(path) }
      // Of a process that there is, the file that was made for it.
      let made = key.hasPrefix("stdout") ? logs?.stdout : logs?.stderr
      return .string(made.flatMap { $0.isEmpty ? nil : $0 } ?? "auto")
    }
    var members: [XMLRPCValue.Member] = [
      .init("autostart", bool("autostart")), .init("autorestart", restart(spec.restart)),
      .init("directory", text("directory")), .init("uid", uid(options["user"]?.string)),
      .init("command", .string(options["command"]?.string ?? "")),
      .init("exitcodes", .array(spec.exitCodes.map { .int($0) })),
      .init("group", .string(spec.group)), .init("group_prio", .int(spec.groupPriority)),
      .init("inuse", .bool(isActive)), .init("killasgroup", bool("killasgroup")),
      .init("name", .string(name)), .init("process_prio", int("priority")),
      .init("redirect_stderr", bool("redirect_stderr")),
      .init("startretries", int("startretries")), .init("startsecs", int("startsecs")),
      .init("stopsignal", int("stopsignal")), .init("stopwaitsecs", int("stopwaitsecs")),
      .init("serverurl", text("serverurl")),
    ]
    for stream in ["stdout", "stderr"] {
      members += [
        .init("\(stream)_capture_maxbytes", int("\(stream)_capture_maxbytes")),
        .init("\(stream)_events_enabled", bool("\(stream)_events_enabled")),
        .init("\(stream)_logfile", log("\(stream)_logfile")),
        .init("\(stream)_logfile_backups", int("\(stream)_logfile_backups")),
        .init("\(stream)_logfile_maxbytes", int("\(stream)_logfile_maxbytes")),
        .init("\(stream)_syslog", bool("\(stream)_syslog")),
      ]
    }
    return .structure(members)
  }

  private static func restart(_ policy: RestartPolicy) -> XMLRPCValue {
    switch policy {
    case .always: true
    case .never: false
    case .unexpected: "unexpected"
    }
  }

  private static func uid(_ user: String?) -> XMLRPCValue {
    guard let user else { return "none" }
    return Users.find(user).map { .int(Int($0.uid)) } ?? .string(user)
  }

  /// A circus watcher in the same words.
  private static func circus(
    _ spec: WatcherSpec, isActive: Bool
  ) -> [(name: String, value: XMLRPCValue)] {
    (0..<spec.processCount).map { index in
      let name = "\(spec.name)-\(index + 1)"
      let options: [String: ConfigValue] = [
        "autostart": .bool(spec.autostart), "command": .string(spec.command),
        "directory": spec.directory.isEmpty ? .null : .string(spec.directory),
        "priority": .int(spec.priority), "startretries": .int(spec.maxRetry),
        "stopsignal": .int(Int(spec.stop.signal.number)),
        "stopwaitsecs": .int(Int(spec.stop.grace.seconds)),
        "user": spec.user.map(ConfigValue.string) ?? .null,
      ]
      return (name, row(spec, name, options, isActive: isActive))
    }
  }
}
