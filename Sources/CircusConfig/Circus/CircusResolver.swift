import CircusModel

/// Turns sections into typed options the way circus does: `[env]` first, then `[circus]`, sockets,
/// plugins and watchers, then `[env:...]` and the second substitution pass (circus.md 1.4, 1.8).
struct CircusResolver {
  private let sections: [INIDocument.Section]
  private let environment: [String: String]
  private var document = CircusDocument()
  /// Substitutions of the first pass: process environment overlaid by `[env]`.
  private var firstPass: [String: String] = [:]
  private(set) var diagnostics = DiagnosticList()

  init(sections: [INIDocument.Section], environment: [String: String]) {
    self.sections = sections
    self.environment = environment
  }

  mutating func resolve() -> CircusDocument {
    let local = localEnvironment()
    document.globalEnvironment = environment.merging(local) { $1 }
    firstPass = CircusSubstitution.environment(document.globalEnvironment)
    readCircus()
    for section in sections where !section.options.isEmpty {
      document.places[section.name] = (section.file, section.line)
      if section.name.hasPrefix("socket:") { readSocket(section) }
      if section.name.hasPrefix("plugin:") { readPlugin(section) }
      if section.name.hasPrefix("watcher:") { readWatcher(section, local) }
    }
    let byName: ([String: ConfigValue], [String: ConfigValue]) -> Bool = {
      PythonOrder.precedes($0["name"]?.string ?? "", $1["name"]?.string ?? "")
    }
    document.watchers.sort(by: byName)
    document.plugins.sort(by: byName)
    document.sockets.sort(by: byName)
    applyNamedEnvironments()
    expandWatchers()
    return document
  }

  private func localEnvironment() -> [String: String] {
    guard let section = sections.first(where: { $0.name == "env" }) else { return [:] }
    let values = CircusSubstitution.environment(environment)
    var local: [String: String] = [:]
    for option in section.options {
      local[option.key] = CircusSubstitution.expand(option.value, values)
    }
    return local
  }

  // MARK: [circus]

  private mutating func readCircus() {
    let section = sections.first { $0.name == "circus" }
    var circus = DaemonOption.listed
    for option in section?.options ?? [] {
      guard let row = DaemonOption.byKey[option.key], !option.key.hasPrefix("include") else {
        continue
      }
      if let kind = CircusKeys.kind(ofDaemon: option.key) {
        circus[option.key] = typed(option, kind, in: "circus")
      } else if row.spelling.kind != .composite {
        circus[option.key] = worded(option, row.spelling.kind)
      }
    }
    if let text = circus["umask"]?.string, let option = section?.option("umask") {
      circus["umask"] = umask(text, option)
    }
    if circus["stats_endpoint"] == .null {
      circus["stats_endpoint"] = .string("tcp://127.0.0.1:5557")
    } else if circus["statsd"] == .bool(false) {
      let option = section?.option("stats_endpoint")
      diagnostics.add(
        Diagnostic(
          .warning, file: option?.file ?? "", line: option?.line ?? 0, section: "circus",
          key: "stats_endpoint",
          problem: section?.option("statsd") == nil
            ? "set without statsd, which is now on" : "turns statsd on, though statsd is off",
          hint: section?.option("statsd") == nil
            ? "write statsd = True as well" : "take stats_endpoint out, or write statsd = True"))
      circus["statsd"] = .bool(true)
    }
    for (key, other) in [
      ("httpd_username", "httpd_password"), ("httpd_password", "httpd_username"),
    ] {
      guard let option = section?.option(key), !option.value.isEmpty,
        circus[other]?.string?.isEmpty ?? true
      else { continue }
      fail(option, in: "circus", "is given without \(other)", hint: "write both, or neither")
    }
    document.circus = circus
  }

  /// One of our words, or a text with a grammar of ours; nil: it is empty, or was refused.
  private mutating func worded(
    _ option: INIDocument.Option, _ kind: WatcherOption.Kind
  ) -> ConfigValue? {
    let text = PythonText.strip(CircusSubstitution.expand(option.value, firstPass))
    do throws(WatcherOption.Kind.Problem) {
      return try kind.value(of: .string(text))
    } catch {
      fail(option, in: "circus", error.text, hint: error.hint)
      return nil
    }
  }

  private mutating func umask(_ text: String, _ option: INIDocument.Option) -> ConfigValue {
    if text.isEmpty { return .string("") }
    if let mask = PythonText.octal(text) { return .int(mask) }
    fail(
      option, in: "circus",
      "invalid literal for int() with base 8: \(PythonText.quoted(text))",
      hint: "write octal digits, such as 022")
    return .null
  }

  // MARK: sockets and plugins

  private mutating func readSocket(_ section: INIDocument.Section) {
    var socket = expanded(section)
    let tail = section.name.range(ofLast: "socket:").map { section.name[$0...] } ?? ""
    socket["name"] = .string(tail.lowercased())
    for key in ["so_reuseport", "replace"] {
      socket[key] = section.option(key).map { typed($0, .bool, in: section.name) } ?? .bool(false)
    }
    document.sockets.append(socket)
  }

  private mutating func readPlugin(_ section: INIDocument.Section) {
    var plugin = expanded(section)
    plugin["name"] = .string(section.name)
    if let priority = section.option("priority") {
      plugin["priority"] = typed(priority, .int, in: section.name)
    }
    document.plugins.append(plugin)
  }

  private func expanded(_ section: INIDocument.Section) -> [String: ConfigValue] {
    var values: [String: ConfigValue] = ["__name__": .string(section.name)]
    for option in section.options {
      values[option.key] = .string(CircusSubstitution.expand(option.value, firstPass))
    }
    return values
  }

  // MARK: watchers

  private mutating func readWatcher(_ section: INIDocument.Section, _ local: [String: String]) {
    var watcher = WatcherOption.listedByCircus
    watcher["name"] = .string(String(section.name.dropFirst("watcher:".count)))
    watcher["__name__"] = .string(section.name)
    for option in section.options { read(option, of: section.name, into: &watcher) }
    let runsOnce = watcher["type"]?.string?.lowercased() == "oneshot" || watcher["schedule"] != nil
    if runsOnce, section.option("max_retry") == nil {
      // What failed halfway is not repeated unasked.
      watcher["max_retry"] = .int(0)
    }
    let base = watcher["copy_env"] == .bool(true) ? document.globalEnvironment : local
    watcher["env"] = .map(base.mapValues(ConfigValue.string))
    document.watchers.append(watcher)
  }

  private mutating func read(
    _ option: INIDocument.Option, of section: String, into watcher: inout [String: ConfigValue]
  ) {
    let key = option.key
    if key == "depends_on" { document.dependencyPlaces[section] = (option.file, option.line) }
    if key.hasPrefix("stdout_stream") || key.hasPrefix("stderr_stream") {
      readStream(option, of: section, into: &watcher)
    } else if key.hasPrefix("rlimit_") {
      readLimit(option, of: section, into: &watcher)
    } else if key.hasPrefix("hooks.") {
      readHook(option, of: section, into: &watcher)
    } else if let kind = CircusKeys.kind(ofWatcher: key) {
      watcher[key] = typed(option, kind, in: section)
    } else {
      watcher[key] = .string(option.value)
    }
  }

  private mutating func readStream(
    _ option: INIDocument.Option, of section: String, into watcher: inout [String: ConfigValue]
  ) {
    guard let dot = option.key.firstIndex(of: ".") else {
      fail(
        option, in: section, "not enough values to unpack (expected 2, got 1)",
        hint: "write \(option.key).class or \(option.key).filename")
      return
    }
    let stream = String(option.key[..<dot])
    guard case .map(var conf)? = watcher[stream] else {
      fail(option, in: section, "'\(stream)'", hint: "the streams are stdout_stream, stderr_stream")
      return
    }
    conf[String(option.key[option.key.index(after: dot)...])] = .string(option.value)
    watcher[stream] = .map(conf)
  }

  private mutating func readLimit(
    _ option: INIDocument.Option, of section: String, into watcher: inout [String: ConfigValue]
  ) {
    guard case .map(var limits)? = watcher["rlimits"] else { return }
    // RLIM_INFINITY is -1.
    guard let value = option.value.isEmpty ? -1 : PythonText.int(option.value) else {
      badInt(option, option.value, in: section)
      return
    }
    limits[String(option.key.dropFirst("rlimit_".count))] = .int(value)
    watcher["rlimits"] = .map(limits)
  }

  private mutating func readHook(
    _ option: INIDocument.Option, of section: String, into watcher: inout [String: ConfigValue]
  ) {
    guard case .map(var hooks)? = watcher["hooks"] else { return }
    let (callable, flag) = HookText.split(option.value)
    guard let ignores = flag.map({ PythonText.bool($0) }) ?? false else {
      badBool(option, flag ?? "", in: section)
      return
    }
    hooks[String(option.key.dropFirst("hooks.".count))] = .list([
      .string(callable), .bool(ignores),
    ])
    watcher["hooks"] = .map(hooks)
  }

  // MARK: typed values

  private mutating func typed(
    _ option: INIDocument.Option, _ kind: CircusKeys.Kind, in section: String
  ) -> ConfigValue {
    // Signals are converted before substitution, everything else after.
    let text =
      kind == .signal ? option.value : CircusSubstitution.expand(option.value, firstPass)
    switch kind {
    case .text: return .string(text)
    case .bool:
      if let value = PythonText.bool(text) { return .bool(value) }
      badBool(option, text, in: section)
    case .int, .wholeOrFraction:
      if let value = PythonText.int(text) { return .int(value) }
      // circus reads a whole number only (B24); a fraction of a warm-up second is no mistake.
      if kind == .wholeOrFraction, let value = PythonText.float(text) { return .float(value) }
      badInt(option, text, in: section)
    case .float:
      if let value = PythonText.float(text) { return .float(value) }
      fail(
        option, in: section, "could not convert string to float: \(PythonText.quoted(text))",
        hint: "write a number of seconds")
    case .signal:
      if let signal = Signal(parsing: Self.leadingSignal(text)) {
        return .int(Int(signal.number))
      }
      fail(
        option, in: section, "signal invalid: \(text)", hint: "write a name such as TERM or INT")
    }
    return .null
  }

  /// circus looks at the leading word and `+n` only: `QUIT # graceful` means QUIT.
  private static func leadingSignal(_ text: String) -> String {
    let word = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let rest = text[word.endIndex...]
    guard rest.first == "+" else { return String(word) }
    let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
    return digits.isEmpty ? String(word) : "\(word)+\(digits)"
  }

  private mutating func badInt(_ option: INIDocument.Option, _ text: String, in section: String) {
    fail(
      option, in: section, "invalid literal for int() with base 10: \(PythonText.quoted(text))",
      hint: "write a whole number")
  }

  private mutating func badBool(_ option: INIDocument.Option, _ text: String, in section: String) {
    fail(
      option, in: section, "\(PythonText.quoted(text)) is not a boolean",
      hint: "write true or false")
  }

  private mutating func fail(
    _ option: INIDocument.Option, in section: String, _ problem: String, hint: String
  ) {
    diagnostics.add(
      Diagnostic(
        file: option.file, line: option.line, section: section, key: option.key,
        value: option.value, problem: problem, hint: hint))
  }

  // MARK: environments and the second pass

  private mutating func applyNamedEnvironments() {
    let names = document.watchers.map { $0["name"]?.string ?? "" }
    let positions = Dictionary(grouping: names.indices, by: { names[$0] })
    for section in sections where section.name.hasPrefix("env:") {
      let patterns = section.name.dropFirst("env:".count).split(separator: ",")
        .map(PythonText.strip)
      // Most sections name one watcher: a file of thousands is not searched for each of them.
      var matching: Set<Int> = []
      for pattern in patterns {
        if Pattern.isLiteral(pattern) {
          matching.formUnion(positions[pattern] ?? [])
        } else {
          matching.formUnion(names.indices.filter { Pattern.matches(names[$0], pattern) })
        }
      }
      for index in matching {
        guard case .map(var env)? = document.watchers[index]["env"] else { continue }
        for option in section.options { env[option.key] = .string(option.value) }
        document.watchers[index]["env"] = .map(env)
      }
    }
  }

  private mutating func expandWatchers() {
    for index in document.watchers.indices {
      var variables = document.globalEnvironment
      for (key, value) in document.watchers[index]["env"]?.map ?? [:] {
        variables[key] = value.string
      }
      let values = CircusSubstitution.environment(variables)
      for (key, value) in document.watchers[index] where key != "name" && key != "env" {
        document.watchers[index][key] = Self.expand(value, values)
      }
    }
  }

  private static func expand(_ value: ConfigValue, _ values: [String: String]) -> ConfigValue {
    switch value {
    case .string(let text): .string(CircusSubstitution.expand(text, values))
    case .map(let map): .map(map.mapValues { expand($0, values) })
    case .null, .bool, .int, .float, .list: value
    }
  }
}

extension String {
  /// Where the text after the last occurrence of `needle` begins.
  fileprivate func range(ofLast needle: String) -> Index? {
    var found: Index?
    for index in indices where self[index...].hasPrefix(needle) {
      found = self.index(index, offsetBy: needle.count)
    }
    return found
  }
}
