import CircusModel

/// The sections of a converted file, and notes on what they could not say.
struct ConvertedFile {
  /// The system whose file it is.
  let system: ConfigurationReader.Dialect
  private(set) var lines: [String] = []
  private(set) var notes: [String] = []
  private var noted: Set<String> = []

  init(for system: ConfigurationReader.Dialect) { self.system = system }

  mutating func begin(_ section: String) { lines += ["", "[\(section)]"] }

  /// Writes an option of the section that was begun last; what the other system would not read back as it is becomes
  /// a note on `source`, the section it came from.
  mutating func option(_ key: String, _ value: String, from source: String) {
    guard canHold(key, value) else {
      return note(
        source,
        "\(key): cannot be written down for \(system == .circus ? "circus" : "supervisor"), which takes a part of it "
          + "for a comment or cuts the blanks at its ends: write it by hand")
    }
    lines.append(Self.line(key, value, system))
  }

  /// Whether the reader finds the very value that was written.
  func canHold(_ key: String, _ value: String) -> Bool {
    let text = "[section]\n" + Self.line(key, value, system) + "\n"
    let read: INIDocument.Option?
    if system == .circus {
      var lexer = CircusLexer()
      lexer.read(Array(text.utf8), file: "")
      read = lexer.document.section("section")?.options.first
    } else {
      var lexer = SupervisorLexer()
      lexer.read(Array(text.utf8), file: "") { $0 }
      read = lexer.document.section("section")?.options.first
    }
    return read?.key == key && read?.value == value
  }

  /// A value of several lines is continued by indented ones.
  private static func line(
    _ key: String, _ value: String, _ system: ConfigurationReader.Dialect
  ) -> String {
    let text = value.split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\n  ")
    return key + (system == .circus ? " = " : "=") + text
  }

  /// Says once what the file lacks of `section`.
  mutating func note(_ section: String, _ text: String) {
    let note = "[\(section)] \(text)"
    if noted.insert(note).inserted { notes.append(note) }
  }
}
