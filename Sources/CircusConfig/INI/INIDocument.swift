import CircusModel

/// Sections of options, with the place of each, as either dialect's lexer leaves them.
package struct INIDocument: Sendable {
  /// One `key = value` and the place it was read from.
  package struct Option: Sendable {
    /// As written in circus, in lower case in supervisor (circus.md 1.1, supervisor.md 1.2).
    package var key: String
    /// Trimmed text; continuation lines are joined by newlines.
    package var value: String
    /// The main file or the include that has it.
    package var file: String
    /// The 1-based line of the key.
    package var line: Int
  }

  /// One line `[name]`.
  struct Header: Sendable {
    var name: String
    var file: String
    var line: Int
  }

  /// One `[name]` with its options; a second header of the same name adds to the first.
  package struct Section: Sendable {
    /// The text between the brackets: `watcher:web`.
    package var name: String
    /// The file that has its first header.
    package var file: String
    /// The 1-based line of that header.
    package var line: Int
    /// Its own options in the order of the files, each key once.
    package var options: [Option] = []

    /// The option of that very key; nil when the section lacks it.
    package func option(_ key: String) -> Option? { options.first { $0.key == key } }
    package subscript(key: String) -> String? { option(key)?.value }
  }

  /// In the order their headers were first met; `[DEFAULT]` is not among them. `append` adds one.
  package internal(set) var sections: [Section] = []
  /// Every header line in its order, those of equal names too.
  private(set) var headers: [Header] = []
  /// Where each of them is in `sections`, by name.
  private var positions: [String: Int] = [:]
  /// `[DEFAULT]`: options every section has unless it has its own.
  package internal(set) var defaults: [Option] = []

  package init() {}

  func index(of name: String) -> Int? { positions[name] }

  /// The place of the section that a header opens, which may be there already.
  mutating func open(_ name: String, file: String, line: Int) -> Int {
    headers.append(Header(name: name, file: file, line: line))
    if let known = index(of: name) { return known }
    append(.init(name: name, file: file, line: line))
    return sections.count - 1
  }

  /// Adds a section whose name is new.
  mutating func append(_ section: Section) {
    positions[section.name] = sections.count
    sections.append(section)
  }

  /// What another document says wins.
  mutating func override(by other: INIDocument) {
    for section in other.sections {
      guard let index = index(of: section.name) else {
        append(section)
        continue
      }
      for option in section.options {
        if let known = sections[index].options.firstIndex(where: { $0.key == option.key }) {
          sections[index].options[known] = option
        } else {
          sections[index].options.append(option)
        }
      }
    }
  }

  /// The section of that very name, the defaults filled in; nil when there is none.
  package func section(_ name: String) -> Section? {
    index(of: name).map { withDefaults(sections[$0]) }
  }

  /// All sections, the defaults filled in (before their own options, as Python lists them).
  package var filled: [Section] { sections.map(withDefaults) }

  /// Changes every value, those of the defaults too.
  mutating func mapValues(_ change: (String) -> String) {
    for index in defaults.indices { defaults[index].value = change(defaults[index].value) }
    for section in sections.indices {
      for option in sections[section].options.indices {
        sections[section].options[option].value = change(sections[section].options[option].value)
      }
    }
  }

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
      hint: text.hasPrefix("\u{FEFF}")
        ? "the file begins with a UTF-8 byte order mark: save it without one"
        : "put a [section] line first")
  }

  static func malformed(_ file: String, _ line: Int, _ text: String) -> Diagnostic {
    var diagnostic = Diagnostic(
      file: file, line: line,
      problem: "not a section, an option or a continuation: \(PythonText.quoted(text))",
      hint: "write `option = value`")
    diagnostic.kind = .syntax(text)
    return diagnostic
  }

  static func notUTF8(_ file: String, _ bytes: [UInt8]) -> Diagnostic {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    return Diagnostic(
      file: file, line: line + 1, problem: "the file is not UTF-8 text",
      hint: "convert it with iconv")
  }
}
