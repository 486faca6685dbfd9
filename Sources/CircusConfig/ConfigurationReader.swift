import CircusModel

/// Reads a configuration file of either dialect, or of both in one file, into specs.
package struct ConfigurationReader {
  /// Whose sections a file has: those of circus, of supervisor, or of both.
  package enum Dialect: Equatable, Sendable { case circus, supervisor, both }

  /// What a file holds: the documents as the originals see them.
  package struct Documents: Sendable {
    /// What the main file's section headers speak; circus when the file cannot be read.
    package var dialect: Dialect
    /// The circus half; nil in a pure supervisor file and after an error in this half.
    package var circus: CircusDocument?
    /// The supervisor half; nil in a pure circus file and after an error in this half.
    package var supervisor: SupervisorDocument?
  }

  private let files: any FileReader
  private let environment: [String: String]
  private let hostName: String
  private let workingDirectory: String
  /// What a file is read as that does not speak both.
  private let assumed: Dialect?
  /// The documents as far as they could be read.
  private var partial = Documents(dialect: .circus)
  /// Everything found wrong so far by either dialect's reader, each problem once.
  package private(set) var diagnostics = DiagnosticList()

  package init(
    files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String, assuming assumed: Dialect? = nil
  ) {
    self.assumed = assumed
    self.files = files
    self.environment = environment
    self.hostName = hostName
    self.workingDirectory = workingDirectory
  }

  /// Which dialect the section headers of a file speak; a file without any is taken by its name.
  /// Sections both systems could have (`group`, `include`, `env`) decide only alone.
  package static func dialect(of bytes: [UInt8], path: String) -> Dialect {
    let lines = PythonText.lines(bytes) ?? []
    var heads = lines.compactMap(CircusLexer.header)
    // supervisor alone takes indented headers; in circus they continue a value.
    if heads.isEmpty { heads = lines.compactMap { CircusLexer.header(PythonText.strip($0)) } }
    func isAny(_ names: [String]) -> Bool {
      heads.contains { head in
        names.contains { $0.hasSuffix(":") ? head.hasPrefix($0) : head == $0 }
      }
    }
    let isCircus = isAny(["circus", "watcher:", "socket:", "plugin:"])
    let isSupervisor = isAny([
      "supervisord", "program:", "fcgi-program:", "eventlistener:", "supervisorctl",
      "rpcinterface:", "ctlplugin:", "unix_http_server", "inet_http_server",
    ])
    switch (isCircus, isSupervisor) {
    case (true, true): return .both
    case (true, false): return .circus
    case (false, true): return .supervisor
    case (false, false):
      if isAny(["env", "env:"]) { return .circus }
      return isAny(["group:", "include"]) || path.hasSuffix(".conf") ? .supervisor : .circus
    }
  }

  /// The documents of a file and its includes; a half with an error is nil, see `diagnostics`.
  package mutating func readDocuments(_ path: String) -> Documents {
    var dialect = assumed ?? .circus
    if case .success(let bytes) = files.read(path) {
      dialect = Self.dialect(of: bytes, path: path)
    }
    if let assumed, dialect != .both { dialect = assumed }
    var documents = Documents(dialect: dialect)
    partial = documents
    if dialect != .supervisor {
      let here = Path.directory(of: Path.normalized(Path.join(workingDirectory, path)))
      var reader = CircusReader(
        files: files, environment: environment, here: dialect == .both ? here : nil)
      documents.circus = reader.read(path)
      partial.circus = reader.partial
      take(reader.diagnostics)
    }
    if dialect != .circus {
      var reader = SupervisorReader(
        files: files, environment: environment, hostName: hostName,
        workingDirectory: workingDirectory)
      documents.supervisor = reader.read(path)
      partial.supervisor = reader.partial
      take(reader.diagnostics)
    }
    return documents
  }

  private mutating func take(_ list: DiagnosticList) {
    for diagnostic in list.all { diagnostics.add(diagnostic) }
  }

  /// The whole configuration, or nil when an error was found (all are in `diagnostics`).
  package mutating func read(_ path: String) -> Configuration? {
    let documents = readDocuments(path)
    guard diagnostics.firstError == nil else { return nil }
    let configuration = configuration(documents, path)
    return diagnostics.firstError == nil ? configuration : nil
  }

  /// What an erroneous file says as far as it can be read, with defaults for the rest; for checks.
  mutating func readWhatIsThere(_ path: String) -> Configuration {
    _ = readDocuments(path)
    return configuration(partial, path)
  }

  private mutating func configuration(_ documents: Documents, _ path: String) -> Configuration {
    var configuration = Configuration()
    configuration.environment = environment
    if let circus = documents.circus { apply(circus, path, to: &configuration) }
    if let supervisor = documents.supervisor { apply(supervisor, to: &configuration) }
    dropNameClashes(documents, path, &configuration)
    let places = (documents.circus?.dependencyPlaces ?? [:]).merging(
      documents.supervisor?.dependencyPlaces ?? [:]
    ) { $1 }
    let order = OrderCheck(configuration.watchers, places: places)
    for problem in order.problems { diagnostics.add(problem) }
    return configuration
  }

  // MARK: circus

  private mutating func apply(
    _ document: CircusDocument, _ path: String, to configuration: inout Configuration
  ) {
    configuration.settings = Self.settings(document.circus)
    configuration.hasCircusPart = true
    for options in document.watchers {
      do {
        let spec = try CircusSpecs.watcher(options, daemonEnvironment: environment)
        configuration.watchers.append(spec)
        if spec.command.isEmpty {
          let refusal = CircusSpecs.Refusal(
            "the command is empty", key: "cmd", hint: "give a command")
          lose(diagnostic(document, options, path, "watcher", refusal), options, &configuration)
        }
      } catch {
        note(document, options, path, "watcher", error, &configuration)
      }
    }
    for options in document.sockets {
      do {
        configuration.sockets.append(try CircusSpecs.socket(options))
      } catch {
        note(document, options, path, "socket", error, &configuration)
      }
    }
    warnOfMissingSockets(document, path, configuration)
    for options in document.plugins {
      do {
        configuration.watchers.append(
          try CircusSpecs.plugin(
            options, circus: document.circus, daemonEnvironment: environment))
      } catch {
        note(document, options, path, "plugin", error, &configuration)
      }
    }
  }

  private mutating func warnOfMissingSockets(
    _ document: CircusDocument, _ path: String, _ configuration: Configuration
  ) {
    let known = Set(configuration.sockets.map(\.name))
    for spec in configuration.watchers {
      let section = spec.definition["__name__"]?.string ?? ""
      let place = document.places[section]
      for (option, name) in SocketReferences.missing(in: spec, known: known) {
        diagnostics.add(
          Diagnostic(
            .warning, file: place?.file ?? path, line: place?.line ?? 0, section: section,
            key: option,
            problem:
              "there is no [socket:\(name)]: $(circus.sockets.\(name)) stays as it is written",
            hint: Suggestion.hint(for: name, among: known.sorted()) ?? "add the section"))
      }
    }
  }

  static func settings(_ circus: [String: ConfigValue]) -> DaemonSettings {
    var settings = DaemonSettings()
    for option in DaemonOption.all {
      guard let value = circus[option.key] else { continue }
      // A number that is none was told by the reader.
      let typed = (try? option.spelling.kind.value(of: value)) ?? nil
      option.field?.write(&settings, typed ?? value)
    }
    let text: (String) -> String? = { key in circus[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    if circus["httpd"]?.bool == true {
      let address = HTTPServerSpec.Address.inet(
        host: text("httpd_host") ?? "localhost", port: circus["httpd_port"]?.int ?? 8080)
      var server = HTTPServerSpec(address: address, section: "circus")
      server.username = text("httpd_username")
      server.password = text("httpd_password")
      settings.servers = [server]
    }
    return settings
  }

  private mutating func note(
    _ document: CircusDocument, _ options: [String: ConfigValue], _ path: String, _ kind: String,
    _ refusal: CircusSpecs.Refusal, _ configuration: inout Configuration
  ) {
    let diagnostic = diagnostic(document, options, path, kind, refusal)
    diagnostics.add(diagnostic)
    lose(diagnostic, options, &configuration)
  }

  private func lose(
    _ diagnostic: Diagnostic, _ options: [String: ConfigValue],
    _ configuration: inout Configuration
  ) {
    let section = options["__name__"]?.string ?? ""
    let name = options["name"]?.string ?? section.split(separator: ":").last.map(String.init) ?? ""
    configuration.losses.append(Configuration.Loss(name: name, text: diagnostic.text))
  }

  private func diagnostic(
    _ document: CircusDocument, _ options: [String: ConfigValue], _ path: String, _ kind: String,
    _ refusal: CircusSpecs.Refusal
  ) -> Diagnostic {
    let section = options["__name__"]?.string ?? ""
    let place = document.places[section]
    var diagnostic = Diagnostic(
      .warning, file: place?.file ?? path, line: place?.line ?? 0, section: section,
      key: refusal.key, problem: "\(kind) not created: \(refusal.text)",
      hint: refusal.hint.flatMap { refusal.text.hasSuffix($0) ? nil : $0 })
    diagnostic.losesPart = true
    return diagnostic
  }

  // MARK: supervisor

  private func apply(_ document: SupervisorDocument, to configuration: inout Configuration) {
    configuration.watchers += SupervisorSpecs.watchers(document)
    configuration.settings.identifier =
      document.supervisord["identifier"]?.string ?? configuration.settings.identifier
    configuration.settings.childLogDirectory =
      document.supervisord["childlogdir"]?.string ?? configuration.settings.childLogDirectory
    configuration.supervisord = document.isFragment ? nil : document.supervisord
    for key in DaemonOption.shared {
      if let value = document.supervisord[key] {
        DaemonOption.byKey[key]?.field?.write(&configuration.settings, value)
      }
    }
    configuration.settings.ticks = true
    configuration.included = document.included
    configuration.settings.stripsAnsi = document.supervisord["strip_ansi"]?.bool ?? false
    configuration.settings.keepsAutomaticLogs = document.supervisord["nocleanup"]?.bool ?? false
    configuration.settings.servers += document.servers.compactMap(SupervisorSpecs.server)
  }

  /// circus names are looked up in lower case: of two that differ only in case the second is
  /// refused (circus runs both and loses one, B44). supervisor's are distinct.
  private mutating func dropNameClashes(
    _ documents: Documents, _ path: String, _ configuration: inout Configuration
  ) {
    var exact: Set<String> = []
    var folded: Set<String> = []
    configuration.watchers.removeAll { spec in
      let isFresh =
        spec.dialect == .circus
        ? folded.insert(spec.name.lowercased()).inserted : exact.insert(spec.name).inserted
      guard !isFresh else { return false }
      let section = spec.definition["__name__"]?.string ?? "program:\(spec.name)"
      let place = documents.circus?.places[section]
      var diagnostic = Diagnostic(
        .warning, file: place?.file ?? path, line: place?.line ?? 0, section: section,
        problem: "skipped: another one has this name, perhaps in other letter case",
        hint: "rename one of them")
      diagnostic.losesPart = true
      diagnostics.add(diagnostic)
      return true
    }
  }
}
