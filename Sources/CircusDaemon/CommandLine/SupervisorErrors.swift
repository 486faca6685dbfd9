import CircusConfig
import CircusModel

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
    guard let first = errors.first, case .syntax = first.kind else { return nil }
    let lines = errors.compactMap { error -> String? in
      guard case .syntax(let text) = error.kind else { return nil }
      let number = error.line < 10 ? " \(error.line)" : "\(error.line)"
      return "\t[line \(number)]: \(PythonText.quoted(text + "\n"))"
    }
    return (["Source contains parsing errors: '\(first.file)'"] + lines).joined(separator: "\n")
  }

  private static func isProgram(_ section: String) -> Bool {
    ["program:", "fcgi-program:", "eventlistener:"].contains { section.hasPrefix($0) }
  }

  private static func isOutside(_ problem: Diagnostic, _ section: String) -> Bool {
    problem.kind == .complete || problem.key.map(outside.contains) ?? false
  }
}
