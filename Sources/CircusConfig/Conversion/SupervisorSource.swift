import CircusModel

/// A supervisor file read for a conversion: with its variables as names.
struct SupervisorSource {
  let document: SupervisorDocument
  let symbols: Symbols
  let settled: SettledOptions
  /// Environments that releases of supervisor read differently.
  let doubtful: [Diagnostic]
  private let sections: [String: INIDocument.Section]
  /// What `%(name)s` may name in `[supervisord]`.
  private let names: [String: String]

  /// Nil after an error, which is added to `problems`.
  init?(
    _ path: String, files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String, problems: inout DiagnosticList
  ) {
    var reader = SupervisorReader(
      files: files, environment: environment, hostName: hostName,
      workingDirectory: workingDirectory)
    let read = reader.readSections(path)
    for problem in reader.diagnostics.errors { problems.add(problem) }
    guard let all = read?.filled else { return nil }
    var sections = all
    let texts = all.flatMap(\.options).map(\.value)
    let symbols = Symbols(naming: texts.flatMap(VariableNames.supervisor), in: texts)
    let here = Path.directory(of: Path.normalized(Path.join(workingDirectory, path)))

    let own = Self.ownVariables(all)
    var values = ["here": here, "host_node_name": hostName]
    for (name, value) in environment.merging(own, uniquingKeysWith: { $1 }) {
      values["ENV_" + name] = value
    }
    var settled = SettledOptions()
    settled.settle(
      &sections, isTyped: { SupervisorKeys.isTyped($1, in: $0) },
      names: { text in
        VariableNames.supervisor(in: text.replacing("~", by: "")).filter { own[$0] == nil }
      },
      expand: { section, text in
        var names = values
        names["program_name"] = String(section.drop { $0 != ":" }.dropFirst())
        names["group_name"] = names["program_name"]
        return try? PercentExpansion.expand(text, names)
      })

    var names = ["here": here]
    for (name, letter) in symbols.environment { names["ENV_" + name] = letter }
    var resolver = SupervisorResolver(
      sections: sections, mainSections: [], names: names, hostName: symbols.letter(.hostName),
      workingDirectory: workingDirectory, environment: symbols.environment)
    var document = resolver.resolve()
    document.included = reader.included
    for problem in resolver.diagnostics.errors { problems.add(problem) }
    guard resolver.diagnostics.firstError == nil else { return nil }
    names["host_node_name"] = symbols.letter(.hostName)
    doubtful = resolver.diagnostics.all.filter { $0.key == "environment" }
    self.document = document
    self.symbols = symbols
    self.settled = settled
    self.names = names
    self.sections = Dictionary(sections.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// What `[supervisord] environment=` gives a value to.
  private static func ownVariables(_ sections: [INIDocument.Section]) -> [String: String] {
    guard let text = sections.first(where: { $0.name == "supervisord" })?["environment"],
      let pairs = try? EnvironmentGrammar.parse(text)
    else { return [:] }
    return Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  }

  func section(_ name: String) -> SourceSection {
    SourceSection(sections[name] ?? INIDocument.Section(name: name, file: "", line: 0))
  }

  /// Names of all sections that begin so, sorted.
  func sections(_ prefix: String) -> [String] {
    sections.keys.filter { $0.hasPrefix(prefix) }.sorted(by: PythonOrder.precedes)
  }

  /// A text of `[supervisord]`, filled in but for what it names.
  func expanded(_ text: String) -> String {
    Path.expandingHome(
      (try? PercentExpansion.expand(text, names)) ?? text, symbols.environment)
  }
}
