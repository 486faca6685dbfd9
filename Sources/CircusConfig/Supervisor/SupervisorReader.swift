import CircusModel

/// Reads a supervisor configuration: main file, includes, every section checked.
package struct SupervisorReader {
  private let files: any FileReader
  private let environment: [String: String]
  private let hostName: String
  private let workingDirectory: String
  /// Everything found wrong so far, in the order it was met.
  package private(set) var diagnostics = DiagnosticList()
  /// What could be read in spite of errors, with defaults for what could not.
  private(set) var partial: SupervisorDocument?
  /// Options that count for nothing because they are given again; told by `--check`.
  private(set) var losers: [Diagnostic] = []
  /// The header lines of the main file and those it includes.
  private(set) var headers: [INIDocument.Header] = []
  /// The main file by itself, which is all that supervisorctl looks at.
  private var main = INIDocument()
  private(set) var included: [String] = []
  private var isFragment = false

  /// `hostName` is `%(host_node_name)s`; relative paths are taken from `workingDirectory`.
  package init(
    files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String
  ) {
    self.files = files
    self.environment = environment
    self.hostName = hostName
    self.workingDirectory = workingDirectory
  }

  /// The sections of the main file and everything it includes. A file without `[supervisord]` is
  /// read as a fragment that some main file includes.
  package mutating func readSections(_ path: String) -> INIDocument? {
    let here = Path.directory(of: Path.normalized(Path.join(workingDirectory, path)))
    var lexer = SupervisorLexer()
    switch files.read(path) {
    case .success(let bytes): lexer.read(bytes, file: path) { $0 }
    case .failure(let error):
      let problem =
        error.reason == .missing
        ? "could not find config file \(path)" : "could not read config file \(path)"
      diagnostics.add(Diagnostic(file: path, problem: problem, hint: error.text))
      return nil
    }
    main = lexer.document
    let alone = lexer
    if let include = lexer.document.section("include") {
      // With an include section supervisor replaces the text `%(here)s` file by file.
      lexer.mapValues { Self.expandHere($0, here) }
      let before = diagnostics
      for file in included(include, here: here) { read(file, by: include, into: &lexer) }
      if lexer.document.section("supervisord") == nil {
        // A fragment: the file that includes it does not follow its own includes.
        let errors = diagnostics.errors
        diagnostics = before
        for problem in errors { diagnostics.add(problem) }
        lexer = alone
      }
    }
    isFragment = lexer.document.section("supervisord") == nil
    losers = lexer.losers
    headers = lexer.document.headers
    // What `circusctl save` has written; the last of two equal options wins.
    if let name = lexer.document.section("supervisord")?["saved_file"],
      case .success(let bytes) = files.read(Path.join(here, Self.expandHere(name, here)))
    {
      lexer.read(bytes, file: Path.join(here, Self.expandHere(name, here))) { $0 }
    }
    lexer.addSection("supervisord", file: path)
    for problem in lexer.problems { diagnostics.add(problem) }
    return diagnostics.firstError == nil ? lexer.document : nil
  }

  private mutating func read(
    _ file: String, by include: INIDocument.Section, into lexer: inout SupervisorLexer
  ) {
    switch files.read(file) {
    case .success(let bytes):
      included.append(file)
      let directory = Path.directory(of: Path.normalized(Path.join(workingDirectory, file)))
      lexer.read(bytes, file: file) { Self.expandHere($0, directory) }
    case .failure(let error):
      diagnostics.add(
        Diagnostic(
          .warning, file: include.file, line: include.option("files")?.line ?? include.line,
          section: "include", key: "files", problem: "\(file) is not read: \(error.text)"))
    }
  }

  private static func expandHere(_ value: String, _ here: String) -> String {
    value.replacing("%(here)s", by: here)
  }

  private mutating func included(
    _ section: INIDocument.Section, here: String
  ) -> [String] {
    var scope = SupervisorScope(section, names: environmentNames)
    scope.names["here"] = here
    scope.names["host_node_name"] = hostName
    var found: [String] = []
    if section.option("files") == nil {
      scope.fail(nil, ".ini file has [include] section, but no files setting")
    }
    for word in PythonText.words(scope.text("files") ?? "") {
      let pattern = Path.join(here, word)
      let matches = files.glob(pattern)
      if matches.isEmpty {
        scope.warn("files", "No file matches via include \"\(pattern)\"", value: word)
      }
      found += matches
    }
    for problem in scope.diagnostics.all { diagnostics.add(problem) }
    return found
  }

  /// Why supervisorctl refuses a file.
  package struct ControlProblem: Error {
    /// In supervisor's words.
    package var text: String
  }

  /// `[supervisorctl]` of the main file alone: what else is in it is of no interest to supervisorctl.
  package mutating func readControl(
    _ path: String
  ) -> Result<[String: ConfigValue], ControlProblem> {
    var lexer = SupervisorLexer()
    switch files.read(path) {
    case .success(let bytes): lexer.read(bytes, file: path) { $0 }
    case .failure(let error):
      return .failure(
        ControlProblem(
          text: error.reason == .missing
            ? "could not find config file \(path)" : "could not read config file \(path)"))
    }
    if let problem = lexer.problems.first { return .failure(ControlProblem(text: problem.text)) }
    var names = environmentNames
    names["here"] = Path.directory(of: Path.normalized(Path.join(workingDirectory, path)))
    var resolver = SupervisorResolver(
      sections: [], mainSections: lexer.document.filled, names: names, hostName: hostName,
      workingDirectory: workingDirectory, environment: environment)
    let document = resolver.resolveControl()
    if let error = document.controlError { return .failure(ControlProblem(text: error)) }
    guard let control = document.control else {
      return .failure(ControlProblem(text: ".ini file does not include supervisorctl section"))
    }
    return .success(control)
  }

  private var environmentNames: [String: String] {
    var names: [String: String] = [:]
    for (key, value) in environment { names["ENV_" + key] = value }
    return names
  }

  /// The whole configuration, or nil when an error was found.
  package mutating func read(_ path: String) -> SupervisorDocument? {
    guard let sections = readSections(path) else { return nil }
    var names = environmentNames
    names["here"] = Path.directory(of: Path.normalized(Path.join(workingDirectory, path)))
    var resolver = SupervisorResolver(
      sections: sections.filled, mainSections: main.filled, names: names, hostName: hostName,
      workingDirectory: workingDirectory, environment: environment)
    var document = resolver.resolve()
    document.included = included
    document.isFragment = isFragment
    for problem in resolver.diagnostics.all { diagnostics.add(problem) }
    partial = document
    return diagnostics.firstError == nil ? document : nil
  }
}
