import CircusConfig

/// Why a supervisor file is refused: first as supervisor says it, then everything that is wrong, with
/// its place and how to mend it.
enum SupervisorErrors {
  /// Options supervisor looks at outside its reader of processes; their errors name no section.
  private static let outside: Set<String> = [
    "priority", "events", "buffer_size", "result_handler", "socket", "socket_backlog",
    "socket_owner",
    "socket_mode", "programs",
  ]

  static func text(_ errors: [Diagnostic]) -> String {
    guard let first = errors.first else { return "the configuration cannot be read" }
    var text = syntax(errors) ?? first.problem
    if let section = first.section, isProgram(section), !isOutside(first, section) {
      text += " in section '\(section)' (file: '\(first.file)')"
    }
    guard first.line > 0 else { return text }
    return ([text] + errors.map { "  " + $0.text }).joined(separator: "\n")
  }

  /// Lines that cannot be parsed are reported together.
  private static func syntax(_ errors: [Diagnostic]) -> String? {
    let prefix = "not a section, an option or a continuation: "
    let lines = errors.filter { $0.problem.hasPrefix(prefix) }
    guard let first = lines.first, errors.first == first else { return nil }
    return
      (["Source contains parsing errors: '\(first.file)'"]
      + lines.map { line in
        let number = line.line < 10 ? " \(line.line)" : "\(line.line)"
        let text = line.problem.dropFirst(prefix.count + 1).dropLast()
        return "\t[line \(number)]: '\(text)\\n'"
      }).joined(separator: "\n")
  }

  private static func isProgram(_ section: String) -> Bool {
    ["program:", "fcgi-program:", "eventlistener:"].contains { section.hasPrefix($0) }
  }

  private static func isOutside(_ problem: Diagnostic, _ section: String) -> Bool {
    problem.problem.contains("[\(section)]")
      || problem.problem.hasPrefix("Invalid name:") && problem.key == nil
      || problem.key.map(outside.contains) ?? false
  }
}
