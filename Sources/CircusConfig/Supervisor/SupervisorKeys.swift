import CircusModel

/// The sections and options supervisor knows (supervisor.md 1 and 12.10).
enum SupervisorKeys {
  static let supervisord: Set<String> = [
    "logfile", "logfile_maxbytes", "logfile_backups", "loglevel", "pidfile", "umask", "nodaemon",
    "silent", "minfds", "minprocs", "nocleanup", "childlogdir", "user", "directory",
    "strip_ansi", "environment", "identifier", "state_dir", "on_boot", "saved_file",
  ]

  static let program = Set(WatcherOption.bySupervisorKey.keys)
  static let fcgi: Set<String> = ["socket", "socket_backlog", "socket_owner", "socket_mode"]
  static let listener: Set<String> = ["events", "buffer_size", "result_handler"]
  static let group: Set<String> = ["programs", "priority"]
  static let include: Set<String> = ["files"]
  static let unixServer: Set<String> = ["file", "chmod", "chown", "username", "password"]
  static let inetServer: Set<String> = ["port", "username", "password"]
  static let control: Set<String> = [
    "serverurl", "username", "password", "prompt", "history_file",
  ]

  /// Options of the daemon and its servers whose text may say anything.
  private static let texts: Set<String> = [
    "socket_owner", "logfile", "pidfile", "childlogdir", "identifier", "file", "chown",
    "username", "password", "prompt", "history_file", "state_dir", "saved_file", "user",
    "directory", "environment", "serverurl",
  ]

  /// Whether a section's option has a value of a type of its own.
  static func isTyped(_ key: String, in section: String) -> Bool {
    guard !isOpen(section), known(in: section)?.contains(key) == true, !texts.contains(key) else {
      return false
    }
    switch WatcherOption.bySupervisorKey[key]?.supervisor?.kind {
    case .text?, .composite?: return false
    default: return true
    }
  }

  /// Whether a section takes any option: it is a plugin's.
  static func isOpen(_ section: String) -> Bool {
    section.hasPrefix("rpcinterface:") || section.hasPrefix("ctlplugin:")
  }

  /// Options a section of this name may have; nil where anything goes or nothing is read.
  static func known(in section: String) -> Set<String>? {
    if section == "supervisord" { return supervisord }
    if section == "supervisorctl" { return control }
    if section == "include" { return include }
    if section.hasPrefix("unix_http_server") { return unixServer }
    if section.hasPrefix("inet_http_server") { return inetServer }
    if section.hasPrefix("program:") { return program }
    if section.hasPrefix("fcgi-program:") { return program.union(fcgi) }
    if section.hasPrefix("eventlistener:") { return program.union(listener) }
    if section.hasPrefix("group:") { return group }
    return nil
  }

  static let eventTypes: Set<String> = [
    "EVENT", "PROCESS_STATE", "PROCESS_STATE_STOPPED", "PROCESS_STATE_EXITED",
    "PROCESS_STATE_STARTING", "PROCESS_STATE_STOPPING", "PROCESS_STATE_BACKOFF",
    "PROCESS_STATE_FATAL", "PROCESS_STATE_RUNNING", "PROCESS_STATE_UNKNOWN",
    "PROCESS_COMMUNICATION", "PROCESS_COMMUNICATION_STDOUT", "PROCESS_COMMUNICATION_STDERR",
    "PROCESS_LOG", "PROCESS_LOG_STDOUT", "PROCESS_LOG_STDERR", "REMOTE_COMMUNICATION",
    "SUPERVISOR_STATE_CHANGE", "SUPERVISOR_STATE_CHANGE_RUNNING",
    "SUPERVISOR_STATE_CHANGE_STOPPING", "TICK", "TICK_5", "TICK_60", "TICK_3600",
    "PROCESS_GROUP", "PROCESS_GROUP_ADDED", "PROCESS_GROUP_REMOVED",
  ]

  static let logLevels: [String: Int] = [
    "critical": 50, "error": 40, "warn": 30, "info": 20, "debug": 10, "trace": 5, "blather": 3,
  ]
}
