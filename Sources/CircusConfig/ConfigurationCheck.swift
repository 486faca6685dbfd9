import CircusModel

/// `--check`: everything the reader finds, and every option and section nobody would read.
package struct ConfigurationCheck {
  /// All diagnostics of a file, in the order of its lines.
  package static func run(
    _ path: String, files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String
  ) -> [Diagnostic] {
    var reader = ConfigurationReader(
      files: files, environment: environment, hostName: hostName,
      workingDirectory: workingDirectory)
    let configuration = reader.read(path)
    var found = reader.diagnostics
    var sections: [INIDocument.Section] = []
    var dialect = ConfigurationReader.Dialect.circus
    if case .success(let bytes) = files.read(path) {
      dialect = ConfigurationReader.dialect(of: bytes, path: path)
    }
    if dialect != .supervisor {
      var circus = CircusReader(files: files, environment: environment)
      let own = circus.readSections(path)
      for loser in circus.losers { found.add(loser) }
      for section in (own?.sections ?? []) where !section.options.isEmpty {
        for problem in unknownCircus(section, isMixed: dialect == .both) { found.add(problem) }
      }
      sections += own?.filled ?? []
    }
    if dialect != .circus {
      var supervisor = SupervisorReader(
        files: files, environment: environment, hostName: hostName,
        workingDirectory: workingDirectory)
      let own = supervisor.readSections(path)
      for section in own?.sections ?? [] {
        for problem in unknownSupervisor(section, isMixed: dialect == .both) { found.add(problem) }
      }
      sections += own?.filled ?? []
    }
    for section in sections { for problem in pluginProblem(section) { found.add(problem) } }
    for section in sections where section.name == "circus" {
      for problem in unread(section) { found.add(problem) }
    }
    for spec in configuration?.watchers ?? [] {
      for problem in WatcherCheck(spec: spec, path: path, sections: sections).problems {
        found.add(problem)
      }
    }
    return found.all.enumerated().sorted {
      ($0.element.file, $0.element.line, $0.offset) < ($1.element.file, $1.element.line, $1.offset)
    }.map(\.element)
  }

  /// Options of `[circus]` that are understood and still do nothing.
  private static func unread(_ section: INIDocument.Section) -> [Diagnostic] {
    section.options.compactMap { option -> Diagnostic? in
      let problem: String
      switch option.key {
      case "loggerconfig" where option.value.lowercased() != "default":
        problem = "is a Python logging file, which is not read"
      default: return nil
      }
      return Diagnostic(
        .warning, file: option.file, line: option.line, section: section.name, key: option.key,
        value: option.value, problem: problem, hint: "see docs/configuration.md")
    }
  }

  private static func pluginProblem(_ section: INIDocument.Section) -> [Diagnostic] {
    guard section.name.hasPrefix("plugin:"), !section.options.isEmpty,
      section.option("use") == nil
    else { return [] }
    return [
      Diagnostic(
        file: section.file, line: section.line, section: section.name,
        problem: "a plugin needs `use`", hint: "use = circus.plugins.flapping.Flapping, for example"
      )
    ]
  }

  private static func unknownCircus(
    _ section: INIDocument.Section, isMixed: Bool
  ) -> [Diagnostic] {
    let known: Set<String>
    var prefixes: [String] = []
    if section.name == "circus" {
      known = Set(CircusKeys.circus.keys).union(CircusKeys.circusIgnored)
    } else if section.name.hasPrefix("watcher:") {
      known = Set(CircusKeys.watcher.keys).union(CircusKeys.watcherText)
      prefixes = CircusKeys.watcherPrefixes
    } else if section.name.hasPrefix("socket:") {
      known = CircusKeys.socket
    } else if section.name.hasPrefix("plugin:") {
      return []
    } else {
      let isForeign =
        isMixed
        && (SupervisorKeys.known(in: section.name) != nil || SupervisorKeys.isOpen(section.name))
      if section.name == "env" || section.name.hasPrefix("env:") || isForeign { return [] }
      return [unknownSection(section, ["circus", "watcher:NAME", "socket:NAME", "plugin:NAME"])]
    }
    return section.options.compactMap { option -> Diagnostic? in
      if known.contains(option.key) || prefixes.contains(where: option.key.hasPrefix) {
        return hookProblem(option, section)
      }
      // `flapping.window` and the like belong to a plugin.
      if section.name.hasPrefix("watcher:") && option.key.contains(".") { return nil }
      return unknownOption(option, section, known)
    }
  }

  private static func hookProblem(
    _ option: INIDocument.Option, _ section: INIDocument.Section
  ) -> Diagnostic? {
    guard option.key.hasPrefix("hooks.") else { return nil }
    let name = String(option.key.dropFirst("hooks.".count))
    guard !CircusKeys.hooks.contains(name) else { return nil }
    return Diagnostic(
      .warning, file: option.file, line: option.line, section: section.name, key: option.key,
      value: option.value, problem: "there is no such hook",
      hint: Suggestion.hint(for: option.key, among: CircusKeys.hooks.map { "hooks.\($0)" }))
  }

  private static func unknownSupervisor(
    _ section: INIDocument.Section, isMixed: Bool
  ) -> [Diagnostic] {
    guard let known = SupervisorKeys.known(in: section.name) else {
      let isForeign =
        isMixed
        && ["circus", "env", "watcher", "socket", "plugin"].contains(
          String(section.name.prefix { $0 != ":" }))
      if isForeign || SupervisorKeys.isOpen(section.name) { return [] }
      return [unknownSection(section, ["supervisord", "program:NAME", "group:NAME", "include"])]
    }
    return section.options.compactMap { option in
      known.contains(option.key) ? nil : unknownOption(option, section, known)
    }
  }

  private static func unknownOption(
    _ option: INIDocument.Option, _ section: INIDocument.Section, _ known: Set<String>
  ) -> Diagnostic {
    Diagnostic(
      .warning, file: option.file, line: option.line, section: section.name, key: option.key,
      value: option.value, problem: "unknown option, nothing reads it",
      hint: Suggestion.hint(for: option.key, among: Array(known)))
  }

  private static func unknownSection(
    _ section: INIDocument.Section, _ examples: [String]
  ) -> Diagnostic {
    let head = String(section.name.prefix { $0 != ":" })
    let heads = examples.map { String($0.prefix { $0 != ":" }) }
    return Diagnostic(
      .warning, file: section.file, line: section.line, section: section.name,
      problem: "unknown section, nothing reads it",
      hint: Suggestion.hint(for: head, among: heads))
  }
}
