import CircusModel

/// The sections and options supervisor knows (supervisor.md 1 and 12.10).
enum SupervisorKeys {
  /// Whether a section's option has a value of a type of its own.
  static func isTyped(_ key: String, in section: String) -> Bool {
    if let option = table(of: section)?.byKey[key] { return !option.isText }
    guard hasProgram(section), let option = WatcherOption.bySupervisorKey[key] else { return false }
    switch option.supervisor?.kind {
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
    let program = hasProgram(section) ? Set(WatcherOption.bySupervisorKey.keys) : nil
    guard let table = table(of: section) else { return program }
    return table.keys.union(program ?? [])
  }

  /// The options of such a section, beside those of a program.
  private static func table(of section: String) -> SectionTable? {
    switch section {
    case "supervisord": return .supervisord
    case "supervisorctl": return .control
    case "include": return .include
    default: break
    }
    if section.hasPrefix("unix_http_server") { return .unixServer }
    if section.hasPrefix("inet_http_server") { return .inetServer }
    if section.hasPrefix("fcgi-program:") { return .fcgi }
    if section.hasPrefix("eventlistener:") { return .listener }
    if section.hasPrefix("group:") { return .group }
    return nil
  }

  /// Whether a section defines processes.
  static func hasProgram(_ section: String) -> Bool {
    ["program:", "fcgi-program:", "eventlistener:"].contains { section.hasPrefix($0) }
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
