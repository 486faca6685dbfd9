import CircusModel

/// A circus file read for a conversion: with its variables as names.
struct CircusSource {
  let document: CircusDocument
  let settings: DaemonSettings
  /// The watchers, plugins not among them.
  let watchers: [WatcherSpec]
  let sockets: [SocketSpec]
  /// Watchers and sockets circus itself would leave out: section and reason.
  let refused: [(section: String, reason: String)]
  let symbols: Symbols
  let settled: SettledOptions
  private let sections: [String: INIDocument.Section]

  /// Nil after an error, which is added to `problems`.
  init?(
    _ path: String, files: any FileReader, environment: [String: String],
    problems: inout DiagnosticList
  ) {
    var reader = CircusReader(files: files, environment: environment)
    let read = reader.readSections(path)
    for problem in reader.diagnostics.errors { problems.add(problem) }
    guard let all = read?.filled else { return nil }
    var sections = all
    let texts = all.flatMap(\.options).map(\.value)
    let names = texts.flatMap { VariableNames.circus(in: $0, environment) }
    let symbols = Symbols(naming: names, in: texts)

    let own = all.first { $0.name == "env" }?.options ?? []
    let ownNames = Set(own.map { $0.key.lowercased() })
    var values = CircusSubstitution.environment(environment)
    for option in own { values["env." + option.key.lowercased()] = option.value }
    let references = { (text: String) in
      CircusSubstitution.names(in: text).map { $0.lowercased() }.filter { $0.hasPrefix("env.") }
    }
    var settled = SettledOptions()
    settled.settle(
      &sections, isTyped: { CircusKeys.isTyped($1, in: $0) },
      names: { references($0).filter { !ownNames.contains(String($0.dropFirst(4))) } },
      expand: { _, text in
        let expanded = CircusSubstitution.expand(text, values)
        return references(expanded).isEmpty ? expanded : nil
      })

    var resolver = CircusResolver(sections: sections, environment: symbols.environment)
    document = resolver.resolve()
    for problem in resolver.diagnostics.errors { problems.add(problem) }
    guard resolver.diagnostics.firstError == nil else { return nil }
    var refused: [(section: String, reason: String)] = []
    func built<Spec>(
      _ options: [String: ConfigValue],
      _ build: ([String: ConfigValue]) throws(CircusSpecs.Refusal) -> Spec
    ) -> Spec? {
      do { return try build(options) } catch {
        refused.append((options["__name__"]?.string ?? "", error.text))
        return nil
      }
    }
    let variables = symbols.environment
    watchers = document.watchers.compactMap { options in
      built(options) { options throws(CircusSpecs.Refusal) in
        try CircusSpecs.watcher(options, daemonEnvironment: variables)
      }
    }
    sockets = document.sockets.compactMap { built($0, CircusSpecs.socket) }
    settings = ConfigurationReader.settings(document.circus)
    refused += Self.unread(sections)
    self.refused = refused
    self.symbols = symbols
    self.settled = settled
    self.sections = Dictionary(
      sections.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Sections that no part of circus reads, and environments of watchers that are not there.
  private static func unread(
    _ sections: [INIDocument.Section]
  ) -> [(section: String, reason: String)] {
    let heads = ["watcher:", "socket:", "plugin:", "env:"]
    let strangers = sections.map(\.name).filter { name in
      !["circus", "env"].contains(name) && !heads.contains(where: name.hasPrefix)
    }
    let watchers = sections.filter { $0.name.hasPrefix("watcher:") }.map {
      String($0.name.dropFirst("watcher:".count))
    }
    return strangers.map { ($0, "nothing reads such a section") }
      + LayoutCheck.orphanedEnvironments(sections, watchers: watchers).map {
        ($0.section ?? "", $0.problem)
      }
  }

  func section(_ name: String) -> SourceSection {
    SourceSection(sections[name] ?? INIDocument.Section(name: name, file: "", line: 0))
  }
}
