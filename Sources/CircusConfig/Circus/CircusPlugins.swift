import CircusModel

/// `[plugin:NAME]` to the watcher that runs it (circus.md 9.1).
extension CircusSpecs {
  /// The program that runs plugins; the daemon finds out where it is.
  package static let pluginProgram = "circus-plugin"

  /// A singleton beside the ordinary watchers, started before them. `circus` are the options of
  /// `[circus]`; refuses a section without `use`.
  package static func plugin(
    _ section: [String: ConfigValue], circus: [String: ConfigValue],
    daemonEnvironment: [String: String]
  ) throws(Refusal) -> WatcherSpec {
    guard let use = section["use"]?.string, !use.isEmpty else {
      throw Refusal("a plugin needs `use`, for example circus.plugins.flapping.Flapping")
    }
    var words = [
      "--endpoint", "$(circus.endpoint)", "--pubsub", "$(circus.pubsub_endpoint)",
      "--check-delay", (circus["check_delay"]?.number ?? 5).description, "--config",
      configuration(section),
    ]
    let level = circus["debug"]?.bool == true ? "DEBUG" : circus["loglevel"]?.string
    if let level, !level.isEmpty { words += ["--log-level", level] }
    if let output = circus["logoutput"]?.string, !output.isEmpty {
      words += ["--log-output", output]
    }
    words.append(use)

    // Every option is the watcher's too, as text; what would make it no plugin is not.
    var options = section
    for key in ["singleton", "copy_env", "shell", "on_demand"] { options[key] = nil }
    options["cmd"] = .string(pluginProgram)
    options["args"] = .list(words.map(ConfigValue.string))
    options["singleton"] = .bool(true)
    options["copy_env"] = .bool(true)
    options["copy_path"] = .bool(true)
    if options["priority"] == nil { options["priority"] = .int(1) }
    if let text = options["graceful_timeout"]?.string, let seconds = PythonText.float(text) {
      options["graceful_timeout"] = .float(seconds)
    }
    if let text = options["stop_signal"]?.string {
      options["stop_signal"] = Signal(parsing: text).map { .int(Int($0.number)) }
    }
    options["env"] = .map(daemonEnvironment.mapValues(ConfigValue.string))
    var spec = try watcher(options, daemonEnvironment: daemonEnvironment)
    spec.isPlugin = true
    return spec
  }

  /// circus's form of the whole section: `key:value` pieces joined by `:::`, sorted.
  private static func configuration(_ section: [String: ConfigValue]) -> String {
    section.filter { $0.key != "use" }.compactMap { key, value in value.text.map { (key, $0) } }
      .sorted { PythonOrder.precedes($0.0, $1.0) }
      .map { "\($0.0):\($0.1)" }.joined(separator: ":::")
  }
}
