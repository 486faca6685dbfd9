import CircusModel

/// Builds specs from circus options, whether they came from a file or from an `add` command.
package enum CircusSpecs {
  /// Why a watcher or socket cannot be built; circus skips it and goes on.
  package struct Refusal: Error, Equatable {
    /// The reason without the watcher's name, worded as circus's exception where it has one.
    package var text: String
    /// The option that is wrong; nil: none in particular.
    package var key: String?
    /// How to mend it.
    package var hint: String?
    package init(_ text: String, key: String? = nil, hint: String? = nil) {
      self.text = text
      self.key = key
      self.hint = hint
    }

    /// The reason and how to mend it.
    package var advice: String { hint.map { "\(text) (\($0))" } ?? text }
  }

  /// Options of the constructor; whatever else is given is free-form.
  static let known = Set(
    WatcherOption.all.filter { !$0.has(.freeform) }.compactMap { $0.circus?.key }
  ).union(["name"])

  /// Where options come from.
  package enum Origin {
    /// A file: `$NAME` in environment values is expanded, and `copy_env` was merged by the reader.
    case file
    /// An `add` or `set` command: environment values are taken as they are.
    case command
  }

  /// A watcher from its options; `daemonEnvironment` feeds `$NAME` in environment values, and `copy_env`.
  package static func watcher(
    _ options: [String: ConfigValue], daemonEnvironment: [String: String],
    from origin: Origin = .file
  ) throws(Refusal) -> WatcherSpec {
    var spec = WatcherSpec(name: options["name"]?.string ?? "")
    spec.definition = options
    switch options["args"] {
    case .list(let items)?: spec.arguments = .list(items.map(text))
    case .string(let args)?: spec.arguments = .text(args)
    case .null?, .bool?, .int?, .float?, .map?, nil: break
    }
    for option in WatcherOption.all {
      guard let spelling = option.circus, let field = option.field,
        let given = options[spelling.key]
      else { continue }
      do throws(WatcherOption.Kind.Problem) {
        if let value = try spelling.kind.value(of: given) { field.write(&spec, value) }
      } catch {
        throw Refusal(
          spelling.kind.namesKey ? "\(spelling.key) = \(error.text)" : error.text,
          key: spelling.key,
          hint: error.hint)
      }
    }
    spec.hooks = hooks(options["hooks"])
    spec.hookTimeout = try hookTimeout(options["hooks"])
    spec.limits = limits(options["rlimits"])
    spec.stdout = try output(options, "stdout")
    spec.stderr = try output(options, "stderr")
    spec.stdoutOnFull = try onFull(options["stdout_stream"])
    spec.stderrOnFull = try onFull(options["stderr_stream"])
    switch origin {
    case .file: spec.environment = environment(options["env"], daemonEnvironment)
    case .command:
      let given = (options["env"]?.map ?? [:]).mapValues(text)
      spec.environment =
        spec.copiesEnvironment ? daemonEnvironment.merging(given) { $1 } : given
    }
    spec.freeform = options.filter { !known.contains($0.key) }
    try check(spec, options)
    return spec
  }

  private static func onFull(_ stream: ConfigValue?) throws(Refusal) -> FullPolicy? {
    guard let text = stream?.map?["on_full"]?.string else { return nil }
    guard let choice = FullPolicy(rawValue: text.lowercased()) else {
      throw Refusal(
        "on_full = \(text): write drop or block", key: "on_full", hint: "write drop or block")
    }
    return choice
  }

  private static func check(
    _ spec: WatcherSpec, _ options: [String: ConfigValue]
  ) throws(Refusal) {
    if spec.processCount > 100_000 {
      throw Refusal(
        "numprocesses = \(spec.processCount): at most 100000 are possible", key: "numprocesses")
    }
    if spec.singleton && spec.processCount > 1 {
      throw Refusal(
        "Cannot have \(spec.processCount) processes with a singleton  watcher", key: "numprocesses",
        hint: "write numprocesses = 1, or leave singleton out")
    }
    if options["copy_path"]?.bool == true && !spec.copiesEnvironment {
      throw Refusal(
        "copy_env and copy_path must have the same value", key: "copy_path",
        hint: "write copy_env = True")
    }
    if spec.virtualenv != nil && !spec.copiesEnvironment {
      throw Refusal(
        "copy_env must be True to to use virtualenv", key: "virtualenv",
        hint: "write copy_env = True")
    }
  }

  private static func text(_ value: ConfigValue) -> String {
    switch value {
    case .string(let s): s
    case .int(let n): String(n)
    case .float(let x): x.description
    case .bool(let b): b ? "True" : "False"
    case .null: "None"
    case .list, .map: ""
    }
  }

  /// circus's environment values: `$NAME` from the daemon's own environment, unset is empty,
  /// trimmed (circus.md 1.4). What `copy_env` brought, and no file wrote, is handed on as it is.
  package static func environment(
    _ value: ConfigValue?, _ daemon: [String: String]
  ) -> [String: String] {
    var out: [String: String] = [:]
    // `__name__` is a parser's leftover that circus exports by accident (B25).
    for (key, value) in value?.map ?? [:] where key != "__name__" {
      let written = text(value)
      out[key] =
        daemon[key] == written ? written : PythonText.strip(expandingVariables(written, daemon))
    }
    return out
  }

  private static func expandingVariables(_ text: String, _ variables: [String: String]) -> String {
    guard text.contains("$") else { return text }
    var out = ""
    var rest = text[...]
    while let cut = rest.firstIndex(of: "$") {
      out += rest[..<cut]
      rest = rest[rest.index(after: cut)...]
      let name = rest.prefix { ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
      guard let first = name.first, ("A"..."Z").contains(first) else {
        out.append("$")
        continue
      }
      out += variables[String(name)] ?? ""
      rest = rest[name.endIndex...]
    }
    return out + rest
  }

  private static func limits(_ value: ConfigValue?) -> [ResourceLimit] {
    (value?.map ?? [:]).sorted { $0.key < $1.key }.map { name, value in
      ResourceLimit(name: name, value: value.int.flatMap { $0 < 0 ? nil : $0 })
    }
  }

  private static func hooks(_ value: ConfigValue?) -> [String: WatcherSpec.Hook] {
    (value?.map ?? [:]).filter { $0.key != "timeout" }.compactMapValues { value in
      switch value {
      case .list(let parts):
        guard let callable = parts.first?.string else { return nil }
        return .init(callable: callable, ignoresFailure: parts.dropFirst().first?.bool ?? false)
      case .string(let callable): return .init(callable: callable, ignoresFailure: false)
      case .null, .bool, .int, .float, .map: return nil
      }
    }
  }

  /// `hooks.timeout`, which stands among the hooks without being one.
  private static func hookTimeout(_ value: ConfigValue?) throws(Refusal) -> Interval {
    let entry = value?.map?["timeout"]
    var first = entry
    if case .list(let parts)? = entry { first = parts.first }
    guard let first else { return .seconds(30) }
    guard let seconds = first.number ?? first.string.flatMap(PythonText.float), seconds > 0 else {
      throw Refusal(
        "hooks.timeout = \(first.string ?? "?"): write a number of seconds above 0",
        key: "hooks.timeout", hint: "write a number of seconds above 0")
    }
    return .seconds(seconds)
  }

  private static func output(
    _ options: [String: ConfigValue], _ name: String
  ) throws(Refusal) -> StreamSpec {
    if options["close_child_\(name)"]?.bool == true { return .null }
    do {
      return try stream(options["\(name)_stream"]?.map ?? [:])
    } catch {
      throw Refusal(error.text, key: "\(name)_stream.\(error.key ?? "class")", hint: error.hint)
    }
  }
}
