import CircusModel

/// Expands one process of a program: the options supervisor evaluates per process.
package enum ProgramExpansion {
  /// The per-process options.
  static let keys = WatcherOption.all.filter { $0.has(.perProcess) }.compactMap {
    $0.supervisor?.key
  }

  /// Process `number` of `count` in the dump's shape, without the options all processes share.
  static func values(
    _ scope: inout SupervisorScope, number: Int, count: Int, redirectsStderr: Bool,
    environment shared: [String: String]
  ) -> [String: ConfigValue] {
    // What one process puts into the names is not there for the next.
    let shareable = scope.names
    defer { scope.names = shareable }
    scope.names["process_num"] = String(number)
    scope.names["numprocs"] = String(count)
    var values: [String: ConfigValue] = [:]
    var environment = shared
    for (key, value) in scope.environmentPairs() {
      environment[key] = value
      scope.names["ENV_" + key] = value
    }
    values["environment"] = .map(environment.mapValues(ConfigValue.string))
    values["name"] = .string(
      scope.expand(
        PythonText.strip(scope.raw("process_name") ?? "%(program_name)s"), for: "process_name",
        "process_name") ?? "")
    values["command"] = scope.text("command").map(ConfigValue.string) ?? .null
    values["directory"] = scope.text("directory").map(ConfigValue.string) ?? .null
    for stream in ["stdout", "stderr"] {
      logs(&scope, stream, &values, isRedirected: redirectsStderr && stream == "stderr")
    }
    return values
  }

  /// What process `number` of a program is called. One that was added at run time to a program whose
  /// `process_name` has no number gets it appended.
  package static func name(of number: Int, in template: ProgramTemplate, count: Int) -> String {
    let expression = PythonText.strip(template.expressions["process_name"] ?? "%(program_name)s")
    var names = template.names
    names["process_num"] = String(number)
    names["numprocs"] = String(count)
    if expression.holds("ENV_"), let own = template.expressions["environment"],
      let text = try? PercentExpansion.expand(own, names),
      let pairs = try? EnvironmentGrammar.parse(text)
    {
      for (key, value) in pairs { names["ENV_" + key] = value }
    }
    let name = (try? PercentExpansion.expand(expression, names)) ?? expression
    let isTold = expression.holds("%(process_num)") || number == template.firstNumber
    return isTold ? name : "\(name)_\(number)"
  }

  private static func logs(
    _ scope: inout SupervisorScope, _ stream: String, _ values: inout [String: ConfigValue],
    isRedirected: Bool
  ) {
    let key = "\(stream)_logfile"
    let maxBytes = scope.bytes(key + "_maxbytes", 50 << 20)
    var syslog = scope.boolean("\(stream)_syslog", false)
    var file = logFile(&scope, key)
    if file == .string("syslog") {
      scope.warn(
        key, "syslog as a file name is deprecated", hint: "write \(stream)_syslog=true instead")
      file = .null
      syslog = true
    }
    if file == .string("AUTO"), maxBytes == 0 {
      scope.warn(
        key + "_maxbytes", "an AUTO log that is never rotated may fill the disk",
        hint: "set it above 0")
    }
    if isRedirected {
      if file != .null, file != .string("AUTO") {
        scope.warn(key, "ignored, since redirect_stderr=true")
      }
      file = .null
    }
    values[key] = file
    values[key + "_maxbytes"] = .int(maxBytes)
    values[key + "_backups"] = .int(scope.integer(key + "_backups", 10))
    values["\(stream)_syslog"] = .bool(syslog)
  }

  /// `AUTO`, null for none, `syslog`, or a path with `~` expanded. Expanded twice, as supervisor
  /// does; a `%` that survives the first round but not the second is taken as it is.
  private static func logFile(_ scope: inout SupervisorScope, _ key: String) -> ConfigValue {
    guard let once = scope.text(key) else {
      return scope.raw(key) == nil ? .string("AUTO") : .null
    }
    let twice = (try? PercentExpansion.expand(once, scope.names)) ?? once
    switch twice.lowercased() {
    case "none", "off": return .null
    case "auto": return .string("AUTO")
    case "syslog": return .string("syslog")
    default:
      return .string(Path.expandingHome(twice, scope.home.map { ["HOME": $0] } ?? [:]))
    }
  }

  /// Process `number` of a running program, made anew (scaling up). Throws what is wrong with it.
  package static func process(
    _ template: ProgramTemplate, number: Int, count: Int, spec: WatcherSpec
  ) throws(Diagnostic) -> ProgramProcess {
    var section = INIDocument.Section(name: "program:\(spec.name)", file: "", line: 0)
    section.options = template.expressions.map {
      INIDocument.Option(key: $0.key, value: $0.value, file: "", line: 0)
    }
    var scope = SupervisorScope(section, names: template.names, home: template.home)
    let values = Self.values(
      &scope, number: number, count: count,
      redirectsStderr: spec.stderr == .mergedWithStdout, environment: spec.environment)
    if let problem = scope.diagnostics.firstError { throw problem }
    return ProgramProcess(
      name: name(of: number, in: template, count: count), command: values["command"]?.string ?? "",
      directory: values["directory"]?.string,
      environment: (values["environment"]?.map ?? [:]).compactMapValues(\.string),
      stdout: stream(values, "stdout", spec), stderr: stream(values, "stderr", spec))
  }

  private static func stream(
    _ values: [String: ConfigValue], _ name: String, _ spec: WatcherSpec
  ) -> StreamSpec {
    if name == "stderr" && spec.stderr == .mergedWithStdout { return .mergedWithStdout }
    var stream = ProgramStreamSpec(file: nil)
    if let path = values["\(name)_logfile"]?.string {
      stream.file = FileStreamSpec(
        path: path == "AUTO" ? "" : path,
        maxBytes: max(0, values["\(name)_logfile_maxbytes"]?.int ?? 0),
        backups: values["\(name)_logfile_backups"]?.int ?? 0, rotation: .afterWrite,
        isAutomatic: path == "AUTO")
    }
    stream.usesSyslog = values["\(name)_syslog"]?.bool ?? false
    stream.captureBytes = max(0, spec.definition["\(name)_capture_maxbytes"]?.int ?? 0)
    stream.emitsEvents = spec.definition["\(name)_events_enabled"]?.bool ?? false
    return .program(stream)
  }
}
