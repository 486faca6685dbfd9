import CircusModel

/// `--check`: everything the reader finds, and every option and section nobody would read.
package struct ConfigurationCheck {
  /// All diagnostics of a file, in the order of its lines.
  package static func run(
    _ path: String, files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String, machine: (any Machine)? = nil
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
    let file = CheckedFile(path: path, sections: sections)
    for spec in configuration?.watchers ?? [] {
      for problem in WatcherCheck(spec: spec, file: file).problems {
        found.add(problem)
      }
    }
    if let configuration, let machine {
      let problems = MachineCheck.problems(
        of: configuration, on: machine, directory: workingDirectory)
      for problem in problems { found.add(diagnostic(problem)) }
      if dialect == .supervisor, configuration.supervisord == nil {
        found.add(
          Diagnostic(
            file: path, problem: ".ini file does not include supervisord section",
            hint:
              "add a line [supervisord]; a file that another one includes is checked with that one"
          ))
      }
    }
    if let configuration, configuration.watchers.isEmpty, found.errors.isEmpty {
      found.add(
        Diagnostic(
          .warning, file: path, problem: "no watcher and no program: nothing will be started"))
    }
    let all = found.all.map { refine($0, file) }
    return all.enumerated().sorted {
      ($0.element.file, $0.element.line, $0.offset) < ($1.element.file, $1.element.line, $1.offset)
    }.map(\.element)
  }

  private static func diagnostic(_ problem: MachineCheck.Problem) -> Diagnostic {
    Diagnostic(
      section: problem.section, key: problem.key.isEmpty ? nil : problem.key, problem: problem.text,
      hint: problem.hint)
  }

  /// With the place and the value of the option it is about; what leaves a part out is an error here.
  private static func refine(
    _ diagnostic: Diagnostic, _ file: CheckedFile
  ) -> Diagnostic {
    var refined = diagnostic
    if refined.losesPart { refined.severity = .error }
    guard let section = refined.section.flatMap(file.section) else { return refined }
    if let option = refined.key.flatMap(section.option), refined.value == nil {
      refined.file = option.file
      refined.line = option.line
      refined.value = option.value
    } else if refined.line == 0 {
      refined.file = section.file
      refined.line = section.line
    }
    return refined
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
