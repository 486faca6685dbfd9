import CircusModel

/// Options and sections that nothing reads.
struct UnknownOptions {
  /// Whether the file has sections of both systems.
  let isMixed: Bool
  // MARK: circus

  func circus(_ section: INIDocument.Section) -> [Diagnostic] {
    let known: Set<String>
    var prefixes: [String] = []
    if section.name == "circus" {
      known = Set(DaemonOption.byKey.keys)
    } else if section.name.hasPrefix("watcher:") {
      known = CircusKeys.watcher
      prefixes = WatcherOption.circusPrefixes
    } else if section.name.hasPrefix("socket:") {
      known = SectionTable.socket.keys
    } else if section.name.hasPrefix("plugin:") {
      return []
    } else {
      let isForeign =
        isMixed
        && (SupervisorKeys.known(in: section.name) != nil || SupervisorKeys.isOpen(section.name))
      if section.name == "env" || section.name.hasPrefix("env:") || isForeign { return [] }
      return [
        unknown(section, ["circus", "watcher:NAME", "socket:NAME", "plugin:NAME", "env:NAME"])
      ]
    }
    return section.options.compactMap { option -> Diagnostic? in
      if known.contains(option.key) || prefixes.contains(where: option.key.hasPrefix) {
        return hookProblem(option, section)
      }
      // `flapping.window` and the like belong to a plugin; `backoff.window` does not.
      if section.name.hasPrefix("watcher:"), let dot = option.key.firstIndex(of: "."),
        !WatcherOption.families.contains(String(option.key[..<dot]))
      {
        return nil
      }
      return unknown(option, section, known)
    }
  }

  private func hookProblem(
    _ option: INIDocument.Option, _ section: INIDocument.Section
  ) -> Diagnostic? {
    guard option.key.hasPrefix("hooks.") else { return nil }
    let name = String(option.key.dropFirst("hooks.".count))
    guard !CircusKeys.hooks.contains(name) else { return nil }
    return option.warning(
      in: section.name, "there is no such hook",
      hint: Suggestion.hint(for: option.key, among: CircusKeys.hooks.map { "hooks.\($0)" }))
  }

  // MARK: supervisor

  func supervisor(_ section: INIDocument.Section) -> [Diagnostic] {
    guard let known = SupervisorKeys.known(in: section.name) else {
      let isForeign =
        isMixed
        && ["circus", "env", "watcher", "socket", "plugin"].contains(
          String(section.name.prefix { $0 != ":" }))
      if isForeign || SupervisorKeys.isOpen(section.name) { return [] }
      return [
        unknown(
          section,
          [
            "supervisord", "program:NAME", "group:NAME", "include", "unix_http_server",
            "inet_http_server", "supervisorctl", "eventlistener:NAME", "fcgi-program:NAME",
            "rpcinterface:NAME", "ctlplugin:NAME",
          ])
      ]
    }
    return section.options.compactMap { option in
      known.contains(option.key) ? nil : unknown(option, section, known)
    }
  }

  // MARK: both

  private func unknown(
    _ option: INIDocument.Option, _ section: INIDocument.Section, _ known: Set<String>
  ) -> Diagnostic {
    var diagnostic = option.warning(
      in: section.name, "unknown option, nothing reads it",
      hint: OptionAdvice.hint(for: option.key, in: section.name)
        ?? Suggestion.hint(for: option.key, among: Array(known)))
    diagnostic.kind = .unknown
    return diagnostic
  }

  private func unknown(_ section: INIDocument.Section, _ examples: [String]) -> Diagnostic {
    let head = String(section.name.prefix { $0 != ":" })
    let heads = examples.map { String($0.prefix { $0 != ":" }) }
    var diagnostic = Diagnostic(
      .warning, file: section.file, line: section.line, section: section.name,
      problem: "unknown section, nothing reads it",
      hint: Suggestion.hint(for: head, among: heads))
    diagnostic.kind = .unknown
    return diagnostic
  }
}

extension INIDocument.Option {
  /// A warning at this option.
  func warning(in section: String, _ problem: String, hint: String? = nil) -> Diagnostic {
    Diagnostic(
      .warning, file: file, line: line, section: section, key: key, value: value, problem: problem,
      hint: hint)
  }
}
