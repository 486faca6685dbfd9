import CircusModel

/// The file that `circusctl save` writes: changes made at run time, as sections.
package struct SavedChanges: Sendable {
  private var sections: [(name: String, options: [(key: String, value: String)])] = []
  /// The watchers there are, as sections name them: what was saved of others is dropped.
  package var present: Set<String> = []
  /// What cannot be written down, one a line.
  package private(set) var problems: [String] = []

  package init() {}

  /// The whole file; what an earlier one said and was not changed since stays.
  package func text(after earlier: [UInt8]) -> String {
    var lexer = CircusLexer()
    lexer.read(earlier, file: "")
    var all: [(name: String, options: [(key: String, value: String)])] = []
    for section in lexer.document.sections where isPresent(section.name) {
      all.append((section.name, section.options.map { ($0.key, $0.value) }))
    }
    for section in sections {
      guard let index = all.firstIndex(where: { $0.name == section.name }) else {
        all.append(section)
        continue
      }
      let keys = Set(section.options.map(\.key))
      all[index].options.removeAll { keys.contains($0.key) }
      all[index].options += section.options
    }
    var text = "; Written by `circusctl save`. Its options win over those of the other files.\n"
    for section in all where !section.options.isEmpty {
      text += "\n[\(section.name)]\n"
      for (key, value) in section.options {
        text += "\(key) = \(value.split(separator: "\n").joined(separator: "\n    "))\n"
      }
    }
    return text
  }

  private func isPresent(_ section: String) -> Bool {
    let name = section.hasPrefix("env:") ? "watcher:" + section.dropFirst("env:".count) : section
    return present.contains(name)
  }

  /// Options of one circus watcher, in the form they have when they were read.
  package mutating func add(watcher name: String, _ options: [String: ConfigValue]) {
    var lines: [(String, String)] = []
    for (key, value) in options.sorted(by: { $0.key < $1.key })
    where !["name", "env"].contains(key) {
      guard !key.hasPrefix("__") else { continue }
      switch (key, value) {
      case ("stdout_stream", .map(let map)), ("stderr_stream", .map(let map)):
        for (option, value) in sorted(map) { lines.append(("\(key).\(option)", value)) }
      case ("rlimits", .map(let map)):
        for (limit, value) in sorted(map) {
          lines.append(("rlimit_\(limit)", value == "-1" ? "" : value))
        }
      case ("hooks", .map(let map)):
        for (hook, value) in map.sorted(by: { $0.key < $1.key }) {
          lines.append(("hooks.\(hook)", Self.hook(value)))
        }
      case ("args", .list(let words)):
        lines.append((key, words.map { ShellWords.quote($0.text ?? "") }.joined(separator: " ")))
      default:
        if let text = value.text { lines.append((key, text)) }
      }
    }
    section("watcher:\(name)", lines)
    if case .map(let variables)? = options["env"] { section("env:\(name)", sorted(variables)) }
  }

  /// Options of one supervisor program, by supervisor's names.
  package mutating func add(program section: String, _ options: [(String, String)]) {
    self.section(section, options)
  }

  private func sorted(_ map: [String: ConfigValue]) -> [(String, String)] {
    map.sorted { $0.key < $1.key }.compactMap { key, value in value.text.map { (key, $0) } }
  }

  private static func hook(_ value: ConfigValue) -> String {
    guard case .list(let parts) = value else { return value.text ?? "" }
    let ignores = parts.dropFirst().first?.bool == true
    return (parts.first?.text ?? "") + (ignores ? ",true" : "")
  }

  private mutating func section(_ name: String, _ lines: [(String, String)]) {
    var options: [(key: String, value: String)] = []
    let isShell = lines.contains { $0.0 == "shell" && PythonText.bool($0.1) == true }
    for (key, text) in lines {
      // The words of a command line can be quoted otherwise; those of a shell are its own business.
      let isCommand = ["cmd", "args", "command"].contains(key) && !isShell
      let value = isCommand ? CommentSigns.escaped(in: text) : text
      // Neither dialect can quote these.
      if [" ;", "\r", "\n\n", "\n ", "\n\t"].contains(where: { value.holds($0) }) {
        problems.append("[\(name)] \(key) cannot be written to a file: \(PythonText.quoted(value))")
        continue
      }
      options.append((key, value))
    }
    if !options.isEmpty { sections.append((name, options)) }
  }
}
