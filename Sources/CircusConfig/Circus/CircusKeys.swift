import CircusModel

/// The options circus knows, by the type it reads them as (circus.md 1.5 to 1.7).
enum CircusKeys {
  enum Kind { case text, int, wholeOrFraction, float, bool, signal }

  static let circus: [String: Kind] = [
    "check_delay": .float, "endpoint": .text, "endpoint_owner": .text, "pubsub_endpoint": .text,
    "multicast_endpoint": .text, "stats_endpoint": .text, "statsd": .bool, "umask": .text,
    "warmup_delay": .wholeOrFraction, "httpd": .bool, "httpd_host": .text, "httpd_port": .int,
    "debug": .bool, "debug_gc": .bool, "pidfile": .text, "loglevel": .text, "logoutput": .text,
    "loggerconfig": .text, "fqdn_prefix": .text, "include": .text, "include_dir": .text,
    "httpd_username": .text, "httpd_password": .text, "state_dir": .text, "on_boot": .text,
    "saved_file": .text, "supervisor_events": .bool,
  ]

  /// Documented by circus but read by no release; accepted in silence.
  static let circusIgnored: Set<String> = [
    "stream_backend", "statsd_close_outputs", "httpd_close_outputs", "ssh_server", "proc_name",
  ]

  /// Names of a watcher's options that stand for themselves.
  static let watcher = Set(WatcherOption.byCircusKey.keys)
    .subtracting(["env", "rlimits", "hooks", "stdout_stream", "stderr_stream", "retry_in"])
    .union(["name"])

  /// As what a watcher's option is read; nil: as its text, which the second substitution fills in.
  static func kind(ofWatcher key: String) -> Kind? {
    guard let option = WatcherOption.byCircusKey[key], let kind = option.circus?.kind,
      !option.has(.textInFiles)
    else { return nil }
    switch kind {
    case .integer: return .int
    case .seconds(let isWhole): return isWhole ? .wholeOrFraction : .float
    case .boolean: return .bool
    case .signal: return .signal
    // circus reads it as early as numbers, and then not at all.
    case .text: return option.has(.idle) ? .text : nil
    case .identity, .choice, .composite, .bytes, .octal, .exitCodes, .restartPolicy: return nil
    }
  }

  static let socket: Set<String> = [
    "host", "port", "family", "type", "proto", "backlog", "path", "umask", "replace",
    "interface", "so_reuseport", "blocking", "name",
  ]

  /// Whether a section's option has a value of a type of its own: a number, a boolean, one word of several.
  static func isTyped(_ key: String, in section: String) -> Bool {
    if section == "circus" {
      return circus[key].map { $0 != .text } ?? ["umask", "on_boot"].contains(key)
    }
    if section.hasPrefix("plugin:") { return key == "priority" }
    if section.hasPrefix("socket:") { return !["host", "path", "interface", "name"].contains(key) }
    guard section.hasPrefix("watcher:") else { return false }
    if let dot = key.firstIndex(of: "."), key[..<dot].hasSuffix("_stream") {
      return !["class", "filename", "time_format"].contains(String(key[key.index(after: dot)...]))
    }
    switch WatcherOption.byCircusKey[key]?.circus?.kind {
    case .text?, .identity?, .composite?, nil: return key == "hooks.timeout"
    default: return true
    }
  }

  /// What may follow `hooks.`; the timeout is ours.
  static let hooks = Set(HookName.allCases.map(\.rawValue)).union(["timeout"])
}
