import CircusModel

/// supervisor's line rules (supervisor.md 1.2): last option wins, ` ;` and ` #` start comments
/// anywhere, deeper indentation continues, keys are lower-cased.
struct SupervisorLexer {
  private(set) var document = INIDocument()
  private(set) var problems: [Diagnostic] = []
  /// First options of a name that is given again, which supervisor ignores in silence.
  private(set) var losers: [Diagnostic] = []

  private var section: Int?
  private var inDefaults = false
  private var openKey: String?
  /// The open option's lines; blank ones are kept only if a deeper line follows.
  private var openLines: [String] = []
  private var indent = 0

  /// `substitution` is applied to every value of this file (supervisor's textual `%(here)s`).
  mutating func read(_ bytes: [UInt8], file: String, substitution: (String) -> String) {
    defer { document.settleSpellings() }
    section = nil
    inDefaults = false
    openKey = nil
    indent = 0
    guard let lines = PythonText.lines(bytes) else {
      problems.append(INIProblem.notUTF8(file, bytes))
      return
    }
    for (index, line) in lines.enumerated() {
      let text = PythonText.strip(Self.withoutComment(line))
      if text.isEmpty {
        // A comment line inside a value is dropped; a truly empty line may belong to it.
        if openKey != nil, PythonText.strip(line).isEmpty { openLines.append("") }
        continue
      }
      let depth = line.prefix(while: PythonText.isSpace).count
      if openKey != nil && depth > indent {
        openLines.append(text)
        continue
      }
      close(substitution)
      indent = depth
      if let name = CircusLexer.header(text) {
        enter(name, file: file, line: index + 1)
      } else if section == nil && !inDefaults {
        problems.append(INIProblem.noSectionHeader(file, index + 1, line))
        return
      } else if let cut = PythonText.delimiter(text), cut != text.startIndex {
        let key = PythonText.stripRight(text[..<cut]).lowercased()
        add(key, file: file, line: index + 1)
        openKey = key
        openLines = [PythonText.strip(text[text.unicodeScalars.index(after: cut)...])]
      } else {
        problems.append(INIProblem.malformed(file, index + 1, line))
      }
    }
    close(substitution)
  }

  /// Adds an empty section unless it is there.
  mutating func addSection(_ name: String, file: String) {
    guard document.index(of: name) == nil else { return }
    document.append(.init(name: name, file: file, line: 0))
  }

  /// Replaces every value read so far.
  mutating func mapValues(_ transform: (String) -> String) {
    for i in document.defaults.indices {
      document.defaults[i].value = transform(document.defaults[i].value)
    }
    for s in document.sections.indices {
      for i in document.sections[s].options.indices {
        document.sections[s].options[i].value = transform(document.sections[s].options[i].value)
      }
    }
  }

  /// A full-line `#` or `;`, or either one after white space, ends the line.
  private static func withoutComment(_ line: String) -> Substring {
    let trimmed = line.drop(while: PythonText.isSpace)
    if let first = trimmed.first, first == "#" || first == ";" { return "" }
    var previous: Unicode.Scalar?
    for index in line.unicodeScalars.indices {
      let c = line.unicodeScalars[index]
      if c == "#" || c == ";", let before = previous, PythonText.isSpace(Character(before)) {
        return line[..<index]
      }
      previous = c
    }
    return line[...]
  }

  private mutating func enter(_ name: String, file: String, line: Int) {
    inDefaults = name == "DEFAULT"
    guard !inDefaults else { return }
    section = document.open(name, file: file, line: line)
  }

  /// A later duplicate takes the place of the earlier, here and in included files.
  private mutating func add(_ key: String, file: String, line: Int) {
    let option = INIDocument.Option(key: key, value: "", file: file, line: line)
    if inDefaults {
      Self.put(option, into: &document.defaults)
    } else if let section {
      let name = document.sections[section].name
      if let loser = Self.put(option, into: &document.sections[section].options) {
        let place = loser.file == file ? "line \(line)" : "\(file):\(line)"
        losers.append(
          loser.warning(in: name, "given a second time: \(place) counts, this does not"))
      }
    }
  }

  /// The option of that name which was there before.
  @discardableResult
  private static func put(
    _ option: INIDocument.Option, into options: inout [INIDocument.Option]
  ) -> INIDocument.Option? {
    guard let known = options.firstIndex(where: { $0.key == option.key }) else {
      options.append(option)
      return nil
    }
    defer { options[known] = option }
    return options[known]
  }

  private mutating func close(_ substitution: (String) -> String) {
    guard let key = openKey else { return }
    openKey = nil
    while openLines.last?.isEmpty == true { openLines.removeLast() }
    let value = substitution(openLines.joined(separator: "\n"))
    if inDefaults {
      guard let at = document.defaults.firstIndex(where: { $0.key == key }) else { return }
      document.defaults[at].value = value
    } else if let section {
      guard let at = document.sections[section].options.firstIndex(where: { $0.key == key })
      else { return }
      document.sections[section].options[at].value = value
    }
  }
}
