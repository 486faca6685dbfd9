import CircusConfig

/// Why a supervisor file is refused: first as supervisor says it, then everything that is wrong, with
/// its place and how to mend it.
enum SupervisorErrors {
  /// Options supervisor looks at outside its reader of processes; their errors name no section.
  private static let outside: Set<String> = [
    "priority", "events", "buffer_size", "result_handler", "socket", "socket_backlog", "socket_owner",
    "socket_mode", "programs",
  ]

  static func text(_ errors: [Diagnostic]) -> String {
    guard let first = errors.first else { return "the configuration cannot be read" }
    var text = first.problem
    if let section = first.section, isProgram(section), !isOutside(first, section) {
      text += " in section '\(section)' (file: '\(first.file)')"
    }
    guard first.line > 0 else { return text }
    return ([text] + errors.map { "  " + $0.text }).joined(separator: "\n")
  }

  private static func isProgram(_ section: String) -> Bool {
    ["program:", "fcgi-program:", "eventlistener:"].contains { section.hasPrefix($0) }
  }

  private static func isOutside(_ problem: Diagnostic, _ section: String) -> Bool {
    problem.problem.contains("[\(section)]") || problem.problem.hasPrefix("Invalid name:")
      || problem.key.map(outside.contains) ?? false
  }
}
