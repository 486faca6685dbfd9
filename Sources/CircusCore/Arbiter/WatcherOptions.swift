import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Options as the protocol shows and sets them.
enum WatcherOptions {
  /// What `options` and `get` tell, sorted by key.
  static func report(_ watcher: Watcher, _ ledger: Ledger) -> [(String, JSON)] {
    let spec = watcher.spec
    var out: [(String, JSON)] = [
      ("numprocesses", .int(watcher.target)),
      ("warmup_delay", number(spec.definition["warmup_delay"], spec.warmup)),
      (
        "working_dir",
        .string(spec.directory.isEmpty ? ledger.workingDirectory : spec.directory)
      ), ("uid", identity(spec.user)), ("gid", identity(spec.userGroup)),
      ("send_hup", .bool(spec.sendsHangup)),
      ("stop_signal", .int(Int(spec.stop.signal.number))),
      ("stop_children", .bool(spec.stop.scope == .processAndChildren)),
      ("shell", .bool(spec.shell)),
      ("shell_args", spec.shellArguments.map { .string($0) } ?? .null),
      ("env", .object(JSONObject(environment(spec).map { ($0, .string($1)) }))),
      ("max_retry", .int(spec.maxRetry)), ("cmd", .string(spec.command)),
      ("args", arguments(spec)), ("respawn", .bool(spec.restart != .never)),
      ("graceful_timeout", .double(spec.stop.grace.seconds)), ("executable", .null),
      ("use_sockets", .bool(spec.usesSockets)), ("priority", .int(spec.priority)),
      ("copy_env", .bool(spec.copiesEnvironment)), ("singleton", .bool(spec.singleton)),
      ("stdout_stream_conf", stream(spec.definition["stdout_stream"])),
      ("on_demand", .bool(spec.onDemand)),
      ("stderr_stream_conf", stream(spec.definition["stderr_stream"])),
      ("max_age", .int(spec.maxAge)), ("max_age_variance", .int(spec.maxAgeVariance)),
      ("close_child_stdin", .bool(spec.closesStdin)),
      ("close_child_stdout", .bool(spec.stdout == .null)),
      ("close_child_stderr", .bool(spec.stderr == .null)),
    ]
    out += spec.freeform.map { ($0.key, JSON($0.value)) }
    return out.sorted { $0.0 < $1.0 }
  }

  private static func environment(_ spec: WatcherSpec) -> [(String, String)] {
    spec.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func number(_ raw: ConfigValue?, _ interval: Interval) -> JSON {
    if case .int(let n)? = raw { return .int(n) }
    return .double(interval.seconds)
  }

  private static func identity(_ text: String?) -> JSON {
    guard let text else { return .null }
    return Int(text).map { .int($0) } ?? .string(text)
  }

  private static func arguments(_ spec: WatcherSpec) -> JSON {
    switch spec.arguments {
    case .text(let text): .string(text)
    case .list(let list): .array(list.map { .string($0) })
    }
  }

  /// circus has used up `class` by the time it shows this.
  private static func stream(_ value: ConfigValue?) -> JSON {
    guard let value else { return [:] }
    guard case .map(var map) = value else { return JSON(value) }
    map["class"] = nil
    return JSON(.map(map))
  }

  // MARK: add

  /// The definition an `add` command amounts to: the constructor's defaults and what was given.
  static func definition(of command: Add) -> [String: ConfigValue] {
    var definition: [String: ConfigValue] = [
      "warmup_delay": .float(0), "graceful_timeout": .float(30), "respawn": .bool(true),
      "autostart": .bool(true),
    ]
    for member in command.options.members { apply(member.key, member.value, to: &definition) }
    definition["name"] = .string(command.name)
    definition["cmd"] = .string(command.command)
    if command.arguments != .null { definition["args"] = command.arguments }
    return definition
  }

  // MARK: set

  /// Puts one option into a definition; dotted and `rlimit_` keys go into their maps.
  static func apply(_ key: String, _ value: JSON, to definition: inout [String: ConfigValue]) {
    for stream in ["stdout_stream", "stderr_stream"] where key.hasPrefix(stream + ".") {
      var map = definition[stream]?.map ?? [:]
      map[String(key.dropFirst(stream.count + 1))] = value.value
      definition[stream] = .map(map)
      return
    }
    if key.hasPrefix("rlimit_") {
      var map = definition["rlimits"]?.map ?? [:]
      map[String(key.dropFirst("rlimit_".count)).lowercased()] = .int(value.int ?? -1)
      definition["rlimits"] = .map(map)
    } else if key.hasPrefix("hooks.") {
      var map = definition["hooks"]?.map ?? [:]
      let (callable, flag) = HookText.split(value.string ?? value.text)
      map[String(key.dropFirst("hooks.".count))] = .list([
        .string(callable), .bool(flag.flatMap { PythonText.bool($0) } == true),
      ])
      definition["hooks"] = .map(map)
    } else if key == "hooks" {
      // Those that are not named stay.
      definition["hooks"] = .map(
        (definition["hooks"]?.map ?? [:]).merging(value.value.map ?? [:]) { $1 })
    } else {
      definition[key] = value.value
    }
  }

  /// Options whose change needs new processes; the rest applies to the ones that run.
  static func needsReload(_ key: String) -> Bool {
    [
      "working_dir", "cmd", "args", "uid", "gid", "env", "shell", "max_age", "max_age_variance",
      "copy_env", "close_child_stdin", "close_child_stdout", "close_child_stderr",
    ].contains(key) || key.hasPrefix("rlimit_")
  }

  static func isStream(_ key: String) -> Bool {
    key.hasPrefix("stdout_stream") || key.hasPrefix("stderr_stream")
  }
}
