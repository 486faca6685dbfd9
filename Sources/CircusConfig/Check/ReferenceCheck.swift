import CircusModel

/// `$(circus.NAME)` that is not filled in where it stands: the text stays as it is written.
struct ReferenceCheck {
  /// circus's own sections, as they are written.
  let sections: [INIDocument.Section]
  /// The daemon's environment with `[env]` laid over it.
  let environment: [String: String]
  let watchers: [WatcherSpec]

  var problems: [Diagnostic] {
    let values = CircusSubstitution.environment(environment)
    let specs = Dictionary(
      watchers.map { ($0.definition["__name__"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
    return sections.flatMap { section -> [Diagnostic] in
      if section.name.hasPrefix("env:") {
        return section.options.compactMap { inNamed($0, section) }
      }
      guard section.name.hasPrefix("watcher:") else {
        return section.options.flatMap { problems(of: $0, section, known: values) }
      }
      return specs[section.name].map { problems(of: section, $0) } ?? []
    }
  }

  private func problems(
    of option: INIDocument.Option, _ section: INIDocument.Section, known values: [String: String]
  ) -> [Diagnostic] {
    let names = CircusSubstitution.names(in: option.value).filter {
      values[$0.lowercased()] == nil
    }
    return unclosed(option, section) + names.map { missing($0, option, section) }
  }

  /// Options whose variables are filled in for each process.
  private static let areFilledIn: Set<String> = Set(
    ["cmd", "args", "shell_args", "ready"] + ProbeKind.configurable.map(\.key))

  private func problems(of section: INIDocument.Section, _ spec: WatcherSpec) -> [Diagnostic] {
    let definition = SpawnValues.ofDefinition(spec)
    let start = Set(SpawnValues.Name.allCases.map(\.rawValue))
    let values = CircusSubstitution.environment(environment)
    return section.options.flatMap { option -> [Diagnostic] in
      let isCommand = Self.areFilledIn.contains(option.key)
      // What an option of the user's own says is for the plugin that reads it.
      guard isCommand || CircusSpecs.known.contains(option.key) || option.key.holds("_stream.")
      else { return [] }
      let names = CircusSubstitution.names(in: option.value).filter { name in
        let name = name.lowercased()
        if values[name] != nil || name.hasPrefix("env.") && definition[name] != nil { return false }
        // A socket that is not there is reported by its name.
        return !isCommand
          || !name.hasPrefix("sockets.") && !start.contains(name)
            && definition[name] == nil
      }
      return unclosed(option, section) + names.map { missing($0, option, section) }
    }
  }

  private func missing(
    _ name: String, _ option: INIDocument.Option, _ section: INIDocument.Section
  ) -> Diagnostic {
    let lower = name.lowercased()
    if lower.hasPrefix("env.") {
      return option.warning(
        in: section.name,
        "there is no variable \(name.dropFirst("env.".count)): $(circus.\(name)) stays as it is written",
        hint: "set it in the environment of circusd, or in [env]")
    }
    let known = SpawnValues.Name.allCases.map(\.rawValue) + ["uid", "gid"]
    if known.contains(lower) || lower.hasPrefix("sockets.") {
      return option.warning(
        in: section.name, "$(circus.\(name)) is filled in in commands and probes only",
        hint: "it stays as it is written")
    }
    return option.warning(
      in: section.name, "$(circus.\(name)) names nothing: it stays as it is written",
      hint: Suggestion.hint(for: lower, among: known + ["env.NAME", "sockets.NAME"]))
  }

  /// Values of `[env:x]` know `$NAME` alone.
  private func inNamed(
    _ option: INIDocument.Option, _ section: INIDocument.Section
  ) -> Diagnostic? {
    guard let name = CircusSubstitution.names(in: option.value).first else { return nil }
    let plain = name.lowercased().hasPrefix("env.") ? String(name.dropFirst("env.".count)) : nil
    return option.warning(
      in: section.name, "$(circus.\(name)) is not filled in in [env:NAME] sections",
      hint: plain.map { "write $\($0.uppercased())" } ?? "it stays as it is written")
  }

  private func unclosed(
    _ option: INIDocument.Option, _ section: INIDocument.Section
  ) -> [Diagnostic] {
    CircusSubstitution.unclosed(in: option.value).map {
      option.warning(
        in: section.name, "`\($0)` has no closing parenthesis: it stays as it is written",
        hint: "write `\($0))`")
    }
  }
}
