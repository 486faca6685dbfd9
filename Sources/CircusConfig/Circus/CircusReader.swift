import CircusModel

/// Reads a circus configuration: main file, includes, typed options, substitution passes.
///
/// Every problem is collected; the first error is what the original would have died of.
package struct CircusReader {
  private let files: any FileReader
  private let environment: [String: String]
  /// Everything found wrong so far, in the order it was met.
  package private(set) var diagnostics = DiagnosticList()
  /// What could be read in spite of errors, with defaults for what could not.
  private(set) var partial: CircusDocument?
  /// Options that count for nothing because they were given before; told by `--check`.
  private(set) var losers: [Diagnostic] = []

  /// The header lines of the main file and those it includes.
  private(set) var headers: [INIDocument.Header] = []

  /// The file's directory, where it is also a supervisor file: `%(here)s` means it there.
  private let here: String?

  /// `environment` is the daemon's own, for `copy_env` and `$(circus.env.x)`.
  package init(files: any FileReader, environment: [String: String], here: String? = nil) {
    self.files = files
    self.environment = environment
    self.here = here
  }

  /// The sections of the main file and everything it includes.
  package mutating func readSections(_ path: String) -> INIDocument? {
    var lexer = CircusLexer()
    guard read(path, into: &lexer) else { return nil }
    for (file, option) in includes(of: lexer.document, mainFile: path) {
      include(file, by: option, into: &lexer)
    }
    for problem in lexer.problems { diagnostics.add(problem) }
    losers = lexer.losers
    headers = lexer.document.headers
    var document = lexer.document
    if let saved = readSaved(document, mainFile: path) { document.override(by: saved) }
    return diagnostics.firstError == nil ? document : nil
  }

  /// What `circusctl save` has written (`saved_file`); nil while there is nothing.
  private mutating func readSaved(_ document: INIDocument, mainFile: String) -> INIDocument? {
    guard let name = document.section("circus")?["saved_file"], !name.isEmpty else { return nil }
    let file = Path.join(Path.directory(of: mainFile), name)
    guard case .success(let bytes) = files.read(file) else { return nil }
    var lexer = CircusLexer()
    lexer.read(bytes, file: file)
    for problem in lexer.problems { diagnostics.add(problem) }
    return lexer.document
  }

  private mutating func read(_ path: String, into lexer: inout CircusLexer) -> Bool {
    switch files.read(path) {
    case .success(let bytes):
      lexer.read(bytes, file: path)
      return true
    case .failure(let error):
      let problem =
        error.reason == .missing
        ? "the configuration file '\(path)' does not exist" : "cannot be read: \(error.text)"
      diagnostics.add(Diagnostic(file: path, problem: problem))
      return false
    }
  }

  /// An included file that cannot be opened is passed over, as Python's parser does.
  private mutating func include(
    _ path: String, by option: INIDocument.Option, into lexer: inout CircusLexer
  ) {
    switch files.read(path) {
    case .success(let bytes): lexer.read(bytes, file: path)
    case .failure(let error):
      diagnostics.add(
        Diagnostic(
          .warning, file: option.file, line: option.line, section: "circus", key: option.key,
          value: option.value, problem: "\(path) is not read: \(error.text)"))
    }
  }

  /// `include` before `include_dir`; relative to the main file; includes do not nest.
  private mutating func includes(
    of document: INIDocument, mainFile: String
  ) -> [(file: String, option: INIDocument.Option)] {
    guard let circus = document.section("circus") else { return [] }
    let values = CircusSubstitution.environment(environment)
    var found: [(file: String, option: INIDocument.Option)] = []
    for (key, suffix) in [("include", ""), ("include_dir", "/*.ini")] {
      guard let option = circus.option(key) else { continue }
      for word in PythonText.words(CircusSubstitution.expand(option.value, values)) {
        let pattern = Path.join(
          Path.directory(of: mainFile), suffix.isEmpty ? word : Path.join(word, "*.ini"))
        let matches = files.glob(pattern)
        if matches.isEmpty {
          diagnostics.add(
            Diagnostic(
              .warning, file: option.file, line: option.line, section: "circus", key: key,
              value: word,
              problem: "'\(pattern)' does not lead to any config",
              hint: "include paths are relative to the main config file"))
        }
        found += matches.map { ($0, option) }
      }
    }
    return found
  }

  /// The whole configuration, or nil when an error was found.
  package mutating func read(_ path: String) -> CircusDocument? {
    guard var sections = readSections(path) else { return nil }
    if let here { sections.mapValues { $0.replacing("%(here)s", by: here) } }
    var resolver = CircusResolver(sections: sections.filled, environment: environment)
    let document = resolver.resolve()
    for problem in resolver.diagnostics.all { diagnostics.add(problem) }
    partial = document
    return diagnostics.firstError == nil ? document : nil
  }
}
