import CircusConnection
import CircusLog
import CircusModel
import LinuxSystem
import ProgramOptions

/// circus-plugin from its arguments to its exit status: circus's own plugins natively, all others
/// through the Python package.
package enum PluginProgram {
  /// 0 for help, 1 when the plugin cannot run, 2 for usage.
  package static func run(_ words: [String]) -> Int32 {
    if words.first == "--complete" { return WordCompletion.options(PluginArguments.names, words) }
    // For the daemon alone.
    if words == ["--prober"] { return ProberProgram.run() }
    let arguments: PluginArguments
    do { arguments = try PluginArguments(words) } catch {
      complain("\(PluginArguments.usage)\ncircus-plugin: error: \(error.text)")
      return 2
    }
    if arguments.wantsVersion {
      Release.tell(Release.circus)
      return 0
    }
    guard let use = arguments.use, !arguments.wantsHelp else {
      say(PluginArguments.help)
      return 0
    }
    guard let native = NativePlugin(use: use) else { return runPython(words, use) }
    let logger = Logger(
      level: Logger.level(arguments.logLevel), target: Logger.target(arguments.logOutput))
    if let problem = logger.problem {
      complain("circus-plugin: \(problem)")
      return 1
    }
    do {
      try serve(native, arguments, logger)
    } catch {
      let text = (error as? PluginOptions.Problem)?.text ?? (error as? ClientError)?.text
      logger.error("\(use): \(text ?? "\(error)")")
      return 1
    }
  }

  private static func serve(
    _ native: NativePlugin, _ arguments: PluginArguments, _ logger: Logger
  ) throws -> Never {
    let configured = PluginOptions(parsing: arguments.configuration)
    let options = configured.adding("check_delay", String(arguments.checkDelay))
    logger.info("Loading the plugin...")
    logger.info("Endpoint: '\(arguments.endpoint)'")
    logger.info("Pub/sub: '\(arguments.pubsub)'")
    // An inactive plugin that ended would only be started again (circus.md B53).
    let isActive = try options.bool("active", true)
    let tunnels = try arguments.ssh.map { ssh in
      try [arguments.endpoint, arguments.pubsub].map {
        try Tunnel(to: $0, through: ssh, keyFile: nil, timeout: 10)
      }
    }
    let runner = try PluginRunner(
      endpoint: tunnels?[0].endpoint ?? arguments.endpoint,
      pubsub: tunnels?[1].endpoint ?? arguments.pubsub, options: options, logger: logger)
    let plugin = try isActive ? make(native, options, runner) : Idle(options, runner)
    logger.info(isActive ? "Starting" : "Not active, idle")
    try runner.run(plugin)
  }

  private static func make(
    _ native: NativePlugin, _ options: PluginOptions, _ host: any PluginHost
  ) throws(PluginOptions.Problem) -> any Plugin {
    switch native {
    case .flapping: try Flapping(options, host)
    case .resourceWatcher: try ResourceWatcher(options, host)
    case .statsdEmitter: try StatsdEmitter(options, host)
    case .fullStats: try FullStats(options, host)
    case .commandReloader: try CommandReloader(options, host)
    case .httpObserver: try HttpObserver(options, host)
    case .redisObserver: try RedisObserver(options, host)
    case .watchDog: try WatchDog(options, host)
    }
  }

  /// The stock loader of the Python that is there; says what is missing when it is not.
  private static func runPython(_ words: [String], _ use: String) -> Int32 {
    let python = Environment.variables["CIRCUS_PYTHON"] ?? "python3"
    let script = """
      import sys
      try:
          from circus import plugins
      except ImportError as error:
          sys.exit("circus-plugin: \(use.filter { $0 != "\"" && $0 != "\\" }) is a Python plugin and needs "
                   "the Python package circus in %s: %s" % (sys.executable, error))
      plugins.main()
      """
    Program.replace(with: [python, "-c", script] + words)
    complain(
      "circus-plugin: \(use) is a Python plugin, and there is no \(python): install python3 and the "
        + "package circus, or name another Python in CIRCUS_PYTHON")
    return 1
  }

  private static func say(_ text: String) { try? writeAll(1, Array((text + "\n").utf8)) }
  private static func complain(_ text: String) { try? writeAll(2, Array((text + "\n").utf8)) }
}

/// A plugin that was switched off.
private final class Idle: Plugin {
  init(_ options: PluginOptions, _ host: any PluginHost) {}
  func start() {}
}
