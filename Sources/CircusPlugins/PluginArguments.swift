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
      words, valued: Self.valued, flags: [])
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

  private static let valued = [
    "endpoint", "pubsub", "config", "check-delay", "log-level", "log-output", "ssh",
  ]
  /// Every option there is.
  static let names = (valued + ["help", "version"]).map { "--" + $0 }

  static let usage = """
    usage: circus-plugin [-h] [--endpoint ENDPOINT] [--pubsub PUBSUB]
                         [--config CONFIG] [--version]
                         [--check-delay CHECK_DELAY] [--log-level LEVEL]
                         [--log-output LOGOUTPUT] [--ssh SSH]
                         [plugin]
    """

  /// What `-h` prints.
  static let help =
    usage + """


      Runs one plugin beside a daemon; circusd starts it for each [plugin:NAME] section.

      plugin               for example circus.plugins.flapping.Flapping
      --endpoint           the daemon's control endpoint (tcp://127.0.0.1:5555)
      --pubsub             where its events are published (tcp://127.0.0.1:5556)
      --config             options of the plugin: key:value, joined by :::
      --check-delay        seconds between two looks (5)
      --log-level          debug, info, warning, error or critical (info)
      --log-output         a file, a syslog URL, or - for standard error
      --ssh                user@host[:port]: reach the daemon through ssh
      """
}
