import CircusModel

/// The options circus knows, by the type it reads them as (circus.md 1.5 to 1.7).
enum CircusKeys {
  enum Kind { case text, int, float, bool, signal }

  static let circus: [String: Kind] = [
    "check_delay": .float, "endpoint": .text, "endpoint_owner": .text, "pubsub_endpoint": .text,
    "multicast_endpoint": .text, "stats_endpoint": .text, "statsd": .bool, "umask": .text,
    "warmup_delay": .int, "httpd": .bool, "httpd_host": .text, "httpd_port": .int,
    "debug": .bool, "debug_gc": .bool, "pidfile": .text, "loglevel": .text, "logoutput": .text,
    "loggerconfig": .text, "fqdn_prefix": .text, "include": .text, "include_dir": .text,
    "httpd_username": .text, "httpd_password": .text, "state_dir": .text, "on_boot": .text,
    "saved_file": .text, "supervisor_events": .bool,
  ]

  /// Documented by circus but read by no release; accepted in silence.
  static let circusIgnored: Set<String> = [
    "stream_backend", "statsd_close_outputs", "httpd_close_outputs", "ssh_server", "proc_name",
  ]

  static let watcher: [String: Kind] = [
    "cmd": .text, "args": .text, "working_dir": .text, "uid": .text, "gid": .text,
    "numprocesses": .int, "warmup_delay": .int, "executable": .text, "on_demand": .bool,
    "shell": .bool, "send_hup": .bool, "stop_children": .bool, "close_child_stderr": .bool,
    "use_sockets": .bool, "singleton": .bool, "copy_env": .bool, "copy_path": .bool,
    "close_child_stdout": .bool, "stop_signal": .signal, "max_retry": .int,
    "graceful_timeout": .float, "priority": .int, "check_flapping": .bool, "respawn": .bool,
    "autostart": .bool, "close_child_stdin": .bool,
  ]

  /// Free-form for the parser, yet meaningful to a watcher.
  static let watcherText: Set<String> = [
    "shell_args", "virtualenv", "virtualenv_py_ver", "max_age", "max_age_variance",
    "stdin_socket", "name", "stop_descendants", "on_daemon_exit",
    "listen_fds",
  ]

  static let watcherPrefixes = ["stdout_stream.", "stderr_stream.", "rlimit_", "hooks."]

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
    if let kind = watcher[key] { return kind != .text }
    if let dot = key.firstIndex(of: "."), key[..<dot].hasSuffix("_stream") {
      return !["class", "filename", "time_format"].contains(String(key[key.index(after: dot)...]))
    }
    return [
      "max_age", "max_age_variance", "stop_descendants", "on_daemon_exit", "listen_fds",
      "hooks.timeout",
    ].contains(key)
  }

  /// What may follow `hooks.`; the timeout is ours.
  static let hooks = Set(HookName.allCases.map(\.rawValue)).union(["timeout"])
}
