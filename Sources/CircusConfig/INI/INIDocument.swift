/// Sections of options, with the place of each, as either dialect's lexer leaves them.
package struct INIDocument: Sendable {
  package struct Option: Sendable {
    package var key: String
    package var value: String
    package var file: String
    package var line: Int
  }

  package struct Section: Sendable {
    package var name: String
    package var file: String
    package var line: Int
    package var options: [Option] = []

    package func option(_ key: String) -> Option? { options.first { $0.key == key } }
    package subscript(key: String) -> String? { option(key)?.value }
  }

  package internal(set) var sections: [Section] = []
  /// `[DEFAULT]`: options every section has unless it has its own.
  package internal(set) var defaults: [Option] = []

  package init() {}

  func index(of name: String) -> Int? { sections.firstIndex { $0.name == name } }

  package func section(_ name: String) -> Section? {
    index(of: name).map { withDefaults(sections[$0]) }
  }

  /// All sections, the defaults filled in (before their own options, as Python lists them).
  package var filled: [Section] { sections.map(withDefaults) }

  private func withDefaults(_ section: Section) -> Section {
    guard !defaults.isEmpty else { return section }
    var filled = section
    filled.options = defaults.filter { section.option($0.key) == nil } + section.options
    return filled
  }
}

/// Why a file could not be read as INI at all, worded as the originals' parser words it.
enum INIProblem {
  static func noSectionHeader(_ file: String, _ line: Int, _ text: String) -> Diagnostic {
    Diagnostic(
      file: file, line: line,
      problem: "File contains no section headers.\nfile: '\(file)', line: \(line)\n"
        + PythonText.quoted(text + "\n"),
      hint: "put a [section] line first; a UTF-8 byte order mark or a template is not one")
  }

  static func malformed(_ file: String, _ line: Int, _ text: String) -> Diagnostic {
    Diagnostic(
      file: file, line: line,
      problem: "not a section, an option or a continuation: \(PythonText.quoted(text))",
      hint: "write `option = value`")
  }

  static func notUTF8(_ file: String) -> Diagnostic {
    Diagnostic(file: file, problem: "the file is not UTF-8 text", hint: "convert it with iconv")
  }
}
