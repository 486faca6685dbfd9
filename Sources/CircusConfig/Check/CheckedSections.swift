import CircusModel

/// The sections of a file that is being checked, and what is wrong with them whatever they mean together.
struct CheckedSections {
  let dialect: ConfigurationReader.Dialect
  /// Those circus reads, the defaults filled in.
  private(set) var circus: [INIDocument.Section] = []
  /// Those supervisor reads.
  private(set) var supervisor: [INIDocument.Section] = []
  /// What `$(circus.env.x)` finds: the daemon's environment with `[env]` laid over it.
  private(set) var circusEnvironment: [String: String]
  private(set) var problems: [Diagnostic] = []
  /// Whether each half could be taken apart into sections.
  private(set) var isReadable = true

  var all: [INIDocument.Section] { circus + supervisor }

  init(
    _ path: String, files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String
  ) {
    if case .success(let bytes) = files.read(path) {
      dialect = ConfigurationReader.dialect(of: bytes, path: path)
    } else {
      dialect = .circus
    }
    circusEnvironment = environment
    if dialect != .supervisor { readCircus(path, files, environment) }
    if dialect != .circus { readSupervisor(path, files, environment, hostName, workingDirectory) }
  }

  private mutating func readCircus(
    _ path: String, _ files: any FileReader, _ environment: [String: String]
  ) {
    var reader = CircusReader(files: files, environment: environment)
    guard let document = reader.readSections(path) else { return isReadable = false }
    circus = document.filled
    for option in document.section("env")?.options ?? [] {
      circusEnvironment[option.key] = option.value
    }
    problems += reader.losers + LayoutCheck.doubled(reader.headers)
    let unknown = UnknownOptions(isMixed: dialect == .both)
    for section in document.sections where !section.options.isEmpty {
      problems += unknown.circus(section)
    }
    for section in circus {
      if section.name.hasPrefix("watcher:") {
        problems += LayoutCheck.swallowed(
          in: section, known: CircusKeys.watcher)
      }
      problems += Self.pluginProblems(section) + Self.unread(section)
    }
    let watchers = document.sections.filter {
      $0.name.hasPrefix("watcher:") && !$0.options.isEmpty
    }.map { String($0.name.dropFirst("watcher:".count)) }
    problems += LayoutCheck.orphanedEnvironments(circus, watchers: watchers)
  }

  private mutating func readSupervisor(
    _ path: String, _ files: any FileReader, _ environment: [String: String], _ hostName: String,
    _ workingDirectory: String
  ) {
    var reader = SupervisorReader(
      files: files, environment: environment, hostName: hostName,
      workingDirectory: workingDirectory)
    guard let document = reader.readSections(path) else { return isReadable = false }
    supervisor = document.filled
    problems += reader.losers + LayoutCheck.doubled(reader.headers)
    let unknown = UnknownOptions(isMixed: dialect == .both)
    for section in document.sections { problems += unknown.supervisor(section) }
    for section in supervisor {
      guard let known = SupervisorKeys.known(in: section.name) else { continue }
      problems += LayoutCheck.swallowed(in: section, known: known)
    }
  }

  /// Options of `[circus]` that are understood and still do nothing.
  private static func unread(_ section: INIDocument.Section) -> [Diagnostic] {
    guard section.name == "circus", let option = section.option("loggerconfig"),
      option.value.lowercased() != "default"
    else { return [] }
    return [
      option.warning(
        in: section.name, "is a Python logging file, which is not read",
        hint: "see docs/configuration.md")
    ]
  }

  private static func pluginProblems(_ section: INIDocument.Section) -> [Diagnostic] {
    guard section.name.hasPrefix("plugin:"), !section.options.isEmpty else { return [] }
    guard let use = section.option("use") else {
      return [
        Diagnostic(
          file: section.file, line: section.line, section: section.name,
          problem: "a plugin needs `use`",
          hint: "use = circus.plugins.flapping.Flapping, for example")
      ]
    }
    guard use.value.hasPrefix("circus.plugins."), NativePlugin(use: use.value) == nil else {
      return []
    }
    let known = NativePlugin.allCases.map(\.rawValue)
    return [
      use.warning(
        in: section.name, "circus has no such plugin",
        hint: Suggestion.hint(for: use.value, among: known) ?? "see docs/plugins.md")
    ]
  }
}
