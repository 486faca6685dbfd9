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
    var found = reader.diagnostics.all
    var dialect = ConfigurationReader.Dialect.circus
    if case .success(let bytes) = files.read(path) {
      dialect = ConfigurationReader.dialect(of: bytes, path: path)
    }
    if dialect != .supervisor {
      var circus = CircusReader(files: files, environment: environment)
      for section in circus.readSections(path)?.sections ?? [] {
        found += unknownCircus(section, isMixed: dialect == .both)
      }
    }
    if dialect != .circus {
      var supervisor = SupervisorReader(
        files: files, environment: environment, hostName: hostName,
        workingDirectory: workingDirectory)
      for section in supervisor.readSections(path)?.sections ?? [] {
        found += unknownSupervisor(section, isMixed: dialect == .both)
      }
    }
    for spec in configuration?.watchers ?? [] { found += suspicious(spec, path) }
    return found.enumerated().sorted {
      ($0.element.file, $0.element.line, $0.offset) < ($1.element.file, $1.element.line, $1.offset)
    }.map(\.element)
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
      guard section.option("use") == nil else { return [] }
      return [
        Diagnostic(
          file: section.file, line: section.line, section: section.name,
          problem: "a plugin needs `use`",
          hint: "use = circus.plugins.flapping.Flapping, for example")
      ]
    } else {
      let isForeign = isMixed && SupervisorKeys.known(in: section.name) != nil
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
      hint: Suggestion.nearest(to: name, among: CircusKeys.hooks.sorted())
        .map { "did you mean hooks.\($0)?" })
  }

  private static func unknownSupervisor(
    _ section: INIDocument.Section, isMixed: Bool
  ) -> [Diagnostic] {
    guard let known = SupervisorKeys.known(in: section.name) else {
      let isForeign =
        isMixed
        && ["circus", "env", "watcher", "socket", "plugin"].contains(
          String(section.name.prefix { $0 != ":" }))
      let isOpen = section.name.hasPrefix("rpcinterface:") || section.name.hasPrefix("ctlplugin:")
      if isForeign || isOpen { return [] }
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
      hint: Suggestion.nearest(to: option.key, among: known.sorted())
        .map { "did you mean `\($0)`?" })
  }

  private static func unknownSection(
    _ section: INIDocument.Section, _ examples: [String]
  ) -> Diagnostic {
    let head = String(section.name.prefix { $0 != ":" })
    let heads = examples.map { String($0.prefix { $0 != ":" }) }
    return Diagnostic(
      .warning, file: section.file, line: section.line, section: section.name,
      problem: "unknown section, nothing reads it",
      hint: Suggestion.nearest(to: head, among: heads).map { "did you mean [\($0)...]?" })
  }

  /// What is legal but will not do what its author thinks.
  private static func suspicious(_ spec: WatcherSpec, _ path: String) -> [Diagnostic] {
    var found: [Diagnostic] = []
    func warn(_ key: String, _ problem: String, _ hint: String) {
      found.append(
        Diagnostic(
          .warning, file: path, section: "watcher:\(spec.name)", key: key, problem: problem,
          hint: hint))
    }
    let words = (try? ShellWords.split(spec.command)) ?? []
    if spec.dialect == .circus {
      if spec.command.isEmpty { warn("cmd", "is empty: nothing can be started", "give a command") }
      if case .unsupported(let name) = spec.stdout {
        warn("stdout_stream.class", "\(name) is not provided yet", "output is dropped meanwhile")
      }
      for limit in spec.limits where !ResourceLimit.knownNames.contains(limit.name.lowercased()) {
        warn(
          "rlimit_\(limit.name)", "there is no such limit: the watcher cannot start",
          "see getrlimit(2)")
      }
    }
    if let unsupported = spec.unsupported { warn("command", unsupported, "it stays stopped") }
    if words.isEmpty && !spec.command.isEmpty {
      warn("cmd", "No closing quotation", "check the quotes")
    }
    return found
  }
}
