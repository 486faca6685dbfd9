import CircusModel

/// One thing wrong (or doubtful) in a configuration: where, what, and how to mend it.
package struct Diagnostic: Error, Hashable, Sendable {
  /// An error refuses the whole configuration; after a warning it is used all the same.
  package enum Severity: String, Sendable { case error, warning }

  /// What those who render it must tell apart.
  package enum Kind: Hashable, Sendable {
    case plain
    /// A section or an option that nothing reads.
    case unknown
    /// This line is no section, no option and no continuation.
    case syntax(String)
    /// The problem says all that supervisor says, its section included.
    case complete
  }

  /// Which kind of problem it is.
  package var kind = Kind.plain
  /// Whether the configuration can still be used.
  package var severity: Severity
  /// The path as it was given or included; empty when the problem belongs to no file.
  package var file: String
  /// 1-based; 0 when the problem belongs to no line.
  package var line: Int
  /// The section without its brackets; nil when the problem lies outside any.
  package var section: String?
  /// The option; nil when the section as a whole is meant.
  package var key: String?
  /// What the option says; nil when that does not matter.
  package var value: String?
  /// What is wrong, in the words of the original where it has some.
  package var problem: String
  /// How to mend it; nil when there is no advice.
  package var hint: String?
  /// A warning at the start that leaves a watcher, socket or plugin out; an error where the file is checked.
  package var losesPart = false

  package init(
    _ severity: Severity = .error, file: String = "", line: Int = 0, section: String? = nil,
    key: String? = nil, value: String? = nil, problem: String, hint: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.section = section
    self.key = key
    self.value = value
    self.problem = problem
    self.hint = hint
  }

  /// `file:12: error: [watcher:x] numprocesses = two: not an integer (hint: ...)`
  package var text: String {
    var out = line > 0 ? "\(file):\(line): " : (file.isEmpty ? "" : "\(file): ")
    out += "\(severity.rawValue): "
    if let section { out += "[\(section)] " }
    if let key {
      out += key
      if let value { out += " = \(value)" }
      out += ": "
    }
    // The original's texts of several lines stand on one.
    out += problem.split(separator: "\n").joined(separator: " ")
    if let hint { out += " (\(hint))" }
    return ControlText.oneLine(out)
  }
}

/// Collects diagnostics, so that one bad key never hides the next.
package struct DiagnosticList: Sendable {
  /// What was collected, in the order it was met.
  package private(set) var all: [Diagnostic] = []

  package init() {}
  /// The same problem is reported once, however often it was met.
  package mutating func add(_ diagnostic: Diagnostic) {
    if !all.contains(diagnostic) { all.append(diagnostic) }
  }
  /// What the original would have died of; nil when there are only warnings.
  package var firstError: Diagnostic? { all.first { $0.severity == .error } }
  /// Those that refuse the configuration, in the order they were met.
  package var errors: [Diagnostic] { all.filter { $0.severity == .error } }
}
