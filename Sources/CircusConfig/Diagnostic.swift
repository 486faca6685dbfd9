/// One thing wrong (or doubtful) in a configuration: where, what, and how to mend it.
package struct Diagnostic: Error, Hashable, Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  package var file: String
  /// 1-based; 0 when the problem belongs to no line.
  package var line: Int
  package var section: String?
  package var key: String?
  package var value: String?
  package var problem: String
  package var hint: String?

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
    out += problem
    if let hint { out += " (\(hint))" }
    return out.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
  }
}

/// Collects diagnostics, so that one bad key never hides the next.
package struct DiagnosticList: Sendable {
  package private(set) var all: [Diagnostic] = []

  package init() {}
  package mutating func add(_ diagnostic: Diagnostic) { all.append(diagnostic) }
  package var firstError: Diagnostic? { all.first { $0.severity == .error } }
  package var errors: [Diagnostic] { all.filter { $0.severity == .error } }
}
