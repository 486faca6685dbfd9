import CircusModel

/// Turns sections into typed options the way supervisord does: `[supervisord]`, plugins, groups,
/// servers, and what supervisorctl sees.
struct SupervisorResolver {
  let sections: [INIDocument.Section]
  /// Those of the main file alone.
  let mainSections: [INIDocument.Section]
  /// `here` and `ENV_*`; grows by `[supervisord] environment`.
  var names: [String: String]
  let hostName: String
  let workingDirectory: String
  let environment: [String: String]
  var document = SupervisorDocument()
  var diagnostics = DiagnosticList()

  init(
    sections: [INIDocument.Section], mainSections: [INIDocument.Section],
    names: [String: String], hostName: String,
    workingDirectory: String, environment: [String: String]
  ) {
    self.sections = sections
    self.mainSections = mainSections
    self.names = names
    self.hostName = hostName
    self.workingDirectory = workingDirectory
    self.environment = environment
  }

  mutating func resolve() -> SupervisorDocument {
    let bootNames = names
    readSupervisord()
    readInterfaces()
    readGroups()
    readServers()
    readControl(bootNames)
    return document
  }

  /// Only what supervisorctl reads.
  mutating func resolveControl() -> SupervisorDocument {
    readControl(names)
    return document
  }

  mutating func finish(_ scope: SupervisorScope) {
    for problem in scope.diagnostics.all { diagnostics.add(problem) }
  }

  private var environmentOnly: [String: String] { names.filter { $0.key != "here" } }

  /// Absolute and normalised, `~` expanded.
  func absolute(_ path: String) -> String {
    Path.normalized(Path.join(workingDirectory, home(path)))
  }
  private func home(_ path: String) -> String { Path.expandingHome(path, environment) }

  // MARK: [supervisord]

  private mutating func readSupervisord() {
    let section =
      sections.first { $0.name == "supervisord" }
      ?? INIDocument.Section(name: "supervisord", file: "", line: 0)
    var scope = SupervisorScope(section, names: names)
    var out: [String: ConfigValue] = [:]
    for option in SectionTable.supervisord.options where option.key != "environment" {
      // Absent from what supervisor makes of the file.
      guard scope.raw(option.key) != nil || option.spelling.listed != nil else { continue }
      out[option.key] =
        option.key == "loglevel"
        ? .int(scope.value("loglevel", 20, SupervisorTypes.logLevel))
        : settle(scope.value(option.spelling), option)
    }
    let temporary =
      ["TMPDIR", "TEMP", "TMP"].compactMap { environment[$0] }.first { $0.hasPrefix("/") } ?? "/tmp"
    out["childlogdir"] = out["childlogdir"] ?? .string(temporary)
    scope.names["host_node_name"] = hostName
    for (key, value) in scope.environmentPairs() {
      document.environment[key] = value
      names["ENV_" + key] = value
    }
    out["environment"] = .map(document.environment.mapValues(ConfigValue.string))
    document.supervisord = out
    finish(scope)
  }

  /// Paths as they are meant.
  private func settle(_ value: ConfigValue, _ option: SectionOption) -> ConfigValue {
    guard let text = value.string else { return value }
    switch option.meaning {
    case .plain: return value
    case .home: return .string(home(text))
    case .file(let words): return .string(words.contains(home(text)) ? home(text) : absolute(text))
    }
  }

  // MARK: plugins

  private mutating func readInterfaces() {
    let found = plugins("rpcinterface:", key: "supervisor.rpcinterface_factory", in: sections)
    for plugin in found {
      let name = plugin["name"]?.string ?? ""
      guard let advice = PluginAdvice.interface(name, plugin["factory"]?.string ?? ""),
        let section = sections.first(where: { $0.name == "rpcinterface:\(name)" })
      else { continue }
      var scope = SupervisorScope(section, names: [:])
      scope.warn("supervisor.rpcinterface_factory", advice.problem, hint: advice.hint)
      finish(scope)
    }
    document.rpcInterfaces = found.map { .map($0) }
  }

  mutating func plugins(
    _ prefix: String, key: String, in sections: [INIDocument.Section]
  ) -> [[String: ConfigValue]] {
    var found: [[String: ConfigValue]] = []
    for section in sections where section.name.hasPrefix(prefix) {
      var scope = SupervisorScope(section, names: environmentOnly)
      if let factory = scope.text(key) {
        var extras: [String: ConfigValue] = [:]
        for option in section.options where option.key != key {
          extras[option.key] = scope.text(option.key).map(ConfigValue.string)
        }
        found.append([
          "name": .string(String(section.name.dropFirst(prefix.count))),
          "factory": .string(factory), "extras": .map(extras),
        ])
      } else {
        scope.fail(nil, "section [\(section.name)] does not specify a \(key)", kind: .complete)
      }
      finish(scope)
    }
    return found
  }

  // MARK: servers

  private mutating func readServers() {
    for section in sections where section.name.hasPrefix("inet_http_server") {
      var scope = SupervisorScope(section, names: environmentOnly)
      var server = credentials(&scope)
      server["family"] = .string("inet")
      if scope.raw("port") == nil {
        scope.fail(nil, "section [\(section.name)] has no port value", kind: .complete)
      }
      let address = scope.value("port", (host: "", port: 0), SupervisorTypes.inetAddress)
      server["host"] = .string(address.host)
      server["port"] = .int(address.port)
      document.servers.append(server)
      document.serverURL =
        "http://\(address.host.isEmpty ? "localhost" : address.host):\(address.port)"
      finish(scope)
    }
    var unixURL: String?
    for section in sections where section.name.hasPrefix("unix_http_server") {
      var scope = SupervisorScope(section, names: environmentOnly)
      scope.names["here"] = names["here"]
      var server: [String: ConfigValue] = ["family": .string("unix")]
      if scope.raw("file") == nil {
        scope.fail(nil, "section [\(section.name)] has no file value", kind: .complete)
      }
      let file = absolute(PythonText.strip(scope.text("file") ?? ""))
      server["file"] = .string(file)
      scope.names["here"] = nil
      server.merge(credentials(&scope)) { $1 }
      server["chown"] = .list(
        scope.text("chown").map(SupervisorTypes.owner) ?? [.int(-1), .int(-1)])
      server["chmod"] = .int(
        scope.value("chmod", 0o700) { text throws(SupervisorTypes.Failure) in
          guard let mode = PythonText.octal(text) else {
            throw .init(
              text: "Invalid chmod value \(text)", hint: "write octal digits, such as 0700")
          }
          return mode
        })
      document.servers.append(server)
      unixURL = unixURL ?? "unix://\(file)"
      finish(scope)
    }
    document.serverURL = unixURL ?? document.serverURL
  }

  private func credentials(_ scope: inout SupervisorScope) -> [String: ConfigValue] {
    let user = scope.text("username")
    let password = scope.text("password")
    if (scope.raw("username") == nil) != (scope.raw("password") == nil) {
      scope.fail(
        scope.raw("username") == nil ? "password" : "username",
        "Section [\(scope.section.name)] contains incomplete authentication: If a username or a "
          + "password is specified, both the username and password must be specified",
        kind: .complete)
    }
    let name = scope.section.name.split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return [
      "username": user.map(ConfigValue.string) ?? .null,
      "password": password.map(ConfigValue.string) ?? .null,
      "section": .string(scope.section.name),
      "name": name.count > 1 ? .string(String(name[1])) : .null,
    ]
  }

  // MARK: [supervisorctl]

  /// supervisorctl reads the same file for itself: without includes, without our additions to the
  /// names, and only its own sections.
  private mutating func readControl(_ bootNames: [String: String]) {
    guard let section = mainSections.first(where: { $0.name == "supervisorctl" }) else { return }
    var scope = SupervisorScope(section, names: bootNames)
    var url = scope.text("serverurl", "http://localhost:9001") ?? ""
    if url.hasPrefix("unix://") { url = "unix://" + absolute(String(url.dropFirst(7))) }
    let history = scope.text("history_file").flatMap { $0.isEmpty ? nil : absolute($0) }
    scope.names["here"] = nil
    var control: [String: ConfigValue] = ["serverurl": .string(url)]
    control["prompt"] = .string(scope.text("prompt", "supervisor") ?? "")
    control["username"] = scope.text("username").map(ConfigValue.string) ?? .null
    control["password"] = scope.text("password").map(ConfigValue.string) ?? .null
    control["history_file"] = history.map(ConfigValue.string) ?? .null
    let before = diagnostics
    control["plugins"] = .list(
      plugins("ctlplugin:", key: "supervisor.ctl_factory", in: mainSections).map { .map($0) })
    // The daemon does not read these sections: what is wrong there is supervisorctl's problem.
    let own =
      scope.diagnostics.firstError ?? diagnostics.errors.dropFirst(before.errors.count).first
    diagnostics = before
    for problem in scope.diagnostics.all {
      var warning = problem
      warning.severity = .warning
      diagnostics.add(warning)
    }
    document.control = control
    document.controlError = own?.problem
  }
}
