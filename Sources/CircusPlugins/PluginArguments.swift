import ProgramOptions

/// circus-plugin's command line (circus.md 10.6).
package struct PluginArguments: Equatable {
  /// The control endpoint.
  package let endpoint: String
  /// Where events are published.
  package let pubsub: String
  /// `key:value` pieces joined by `:::`.
  package let configuration: String
  /// The daemon's own period.
  package let checkDelay: Double
  /// `--log-level`.
  package let logLevel: String?
  /// `--log-output`.
  package let logOutput: String?
  /// `user@host[:port]` to tunnel through.
  package let ssh: String?
  /// The plugin's dotted name.
  package let use: String?
  /// `--help`.
  package let wantsHelp: Bool
  /// `--version`.
  package let wantsVersion: Bool

  package init(_ words: [String]) throws(LongOptions.Failure) {
    let options = try LongOptions(
      words,
      valued: [
        "endpoint", "pubsub", "config", "check-delay", "log-level", "log-output", "ssh",
      ], flags: [])
    endpoint = options.values["endpoint"] ?? "tcp://127.0.0.1:5555"
    pubsub = options.values["pubsub"] ?? "tcp://127.0.0.1:5556"
    configuration = options.values["config"] ?? ""
    checkDelay = try options.seconds("check-delay") ?? 5
    logLevel = options.values["log-level"]
    logOutput = options.values["log-output"]
    ssh = options.values["ssh"]
    use = options.positionals.first
    wantsHelp = options.flags.contains("help")
    wantsVersion = options.flags.contains("version")
    if options.positionals.count > 1 {
      throw LongOptions.Failure(text: "unrecognized arguments: \(options.positionals[1])")
    }
  }

  static let usage = """
    usage: circus-plugin [-h] [--endpoint ENDPOINT] [--pubsub PUBSUB]
                         [--config CONFIG] [--version]
                         [--check-delay CHECK_DELAY] [--log-level LEVEL]
                         [--log-output LOGOUTPUT] [--ssh SSH]
                         [plugin]
    """
}
