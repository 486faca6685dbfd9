import CircusModel

/// circus's line rules (circus.md 1.1): first option wins, `;` comments only after white space,
/// indented lines continue, case is kept.
struct CircusLexer {
  private(set) var document = INIDocument()
  private(set) var problems: [Diagnostic] = []
  /// Second options of a name, which circus ignores in silence.
  private(set) var losers: [Diagnostic] = []

  private var section: Int?
  private var inDefaults = false
  /// Which option an indented line continues; nil after a header or a duplicate.
  private var open: Int?
  private var hasOption = false

  mutating func read(_ bytes: [UInt8], file: String) {
    defer { document.settleSpellings() }
    section = nil
    inDefaults = false
    hasOption = false
    guard let lines = PythonText.lines(bytes) else {
      problems.append(INIProblem.notUTF8(file, bytes))
      return
    }
    for (index, line) in lines.enumerated() {
      guard !isBlankOrComment(line) else { continue }
      if let first = line.first, PythonText.isSpace(first), hasOption {
        extend(line)
      } else if let name = Self.header(line) {
        enter(name, file: file, line: index + 1)
      } else if section == nil && !inDefaults {
        problems.append(INIProblem.noSectionHeader(file, index + 1, line))
        return
      } else if let (key, value) = Self.option(line) {
        add(key, value, file: file, line: index + 1)
      } else {
        problems.append(INIProblem.malformed(file, index + 1, line))
      }
    }
  }

  private func isBlankOrComment(_ line: String) -> Bool {
    guard let first = line.first, !PythonText.strip(line).isEmpty else { return true }
    if first == "#" || first == ";" { return true }
    return (first == "r" || first == "R") && PythonText.words(line).first?.lowercased() == "rem"
  }

  /// `[name]` in column 0; the name runs to the last bracket.
  static func header(_ line: String) -> String? {
    let scalars = line.unicodeScalars
    guard scalars.first == "[", let close = scalars.lastIndex(of: "]") else { return nil }
    let name = scalars[scalars.index(after: scalars.startIndex)..<close]
    return name.isEmpty ? nil : String(name)
  }

  /// The first `=` or `:` splits.
  private static func option(_ line: String) -> (String, String)? {
    guard let cut = PythonText.delimiter(line) else { return nil }
    let key = PythonText.stripRight(line[..<cut])
    var value = PythonText.strip(line[line.unicodeScalars.index(after: cut)...])[...]
    // Only the first `;` can start a comment, and only after a blank. One that opens the value
    // does not: nothing stands before it.
    if let mark = value.firstIndex(of: ";"), mark != value.startIndex,
      PythonText.isSpace(value[value.index(before: mark)])
    {
      value = value[..<mark]
    }
    let trimmed = PythonText.strip(value)
    return (key, trimmed == "\"\"" ? "" : trimmed)
  }

  private mutating func enter(_ name: String, file: String, line: Int) {
    hasOption = false
    open = nil
    inDefaults = name == "DEFAULT"
    guard !inDefaults else { return }
    section = document.open(name, file: file, line: line)
  }

  private mutating func add(_ key: String, _ value: String, file: String, line: Int) {
    hasOption = true
    let option = INIDocument.Option(key: key, value: value, file: file, line: line)
    let present = inDefaults ? document.defaults : document.sections[section ?? 0].options
    // A later duplicate is ignored together with its continuation lines (circus glues those onto
    // the winner, B26).
    if let winner = present.first(where: { $0.key == key }) {
      open = nil
      let place = winner.file == file ? "line \(winner.line)" : "\(winner.file):\(winner.line)"
      losers.append(
        option.warning(
          in: inDefaults ? "DEFAULT" : document.sections[section ?? 0].name,
          "given a second time: \(place) counts, this does not"))
      return
    }
    open = present.count
    if inDefaults {
      document.defaults.append(option)
    } else {
      document.sections[section ?? 0].options.append(option)
    }
  }

  private mutating func extend(_ line: String) {
    guard let open else { return }
    let text = "\n" + PythonText.strip(line)
    if inDefaults {
      document.defaults[open].value += text
    } else {
      document.sections[section ?? 0].options[open].value += text
    }
  }
}
