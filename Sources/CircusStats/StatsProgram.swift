import CircusConnection
import CircusLog
import LinuxSystem
import ProgramOptions

/// circusd-stats from its arguments to its exit status (circus.md 10.5).
package enum StatsProgram {
  private static let usage = """
    usage: circusd-stats [-h] [--endpoint ENDPOINT] [--pubsub PUBSUB]
                         [--statspoint STATSPOINT] [--log-level LEVEL]
                         [--log-output LOGOUTPUT] [--version] [--ssh SSH]

    Publishes the statistics of a daemon that has `statsd` off, by asking it once a second.

    --endpoint    the daemon's control endpoint (tcp://127.0.0.1:5555)
    --pubsub      accepted for compatibility: events are not needed
    --statspoint  where statistics are published (tcp://127.0.0.1:5557)
    --log-level   debug, info, warning, error or critical (info)
    --log-output  a file, a syslog URL, or - for standard error
    --ssh         user@host[:port]: reach the daemon through ssh
    --version     print the version and end
    """

  /// 0 after a signal, 1 when it cannot begin, 2 for usage.
  package static func run(_ words: [String]) -> Int32 {
    let options: LongOptions
    do {
      options = try LongOptions(
        words,
        valued: ["endpoint", "pubsub", "statspoint", "log-level", "log-output", "ssh"], flags: [])
      if let extra = options.positionals.first {
        throw LongOptions.Failure(text: "unrecognized arguments: \(extra)")
      }
    } catch {
      let text = (error as? LongOptions.Failure)?.text ?? "\(error)"
      write("\(usage)\ncircusd-stats: error: \(text)\n", 2)
      return 2
    }
    if options.flags.contains("help") { return say(usage) }
    if options.flags.contains("version") {
      Release.tell(Release.circus)
      return 0
    }
    let log = Logger(
      level: Logger.level(options.values["log-level"]),
      target: Logger.target(options.values["log-output"]))
    if let problem = log.problem {
      write("circusd-stats: \(problem)\n", 2)
      return 1
    }
    do {
      return try serve(options, log)
    } catch {
      log.error((error as? ClientError)?.text ?? "\(error)")
      return 1
    }
  }

  private static func serve(_ options: LongOptions, _ log: Logger) throws -> Int32 {
    let endpoint = options.values["endpoint"] ?? "tcp://127.0.0.1:5555"
    let tunnel = try options.values["ssh"].map {
      try Tunnel(to: endpoint, through: $0, keyFile: nil, timeout: 10)
    }
    // Before libzmq's threads are there, so that they inherit the mask.
    let signals = try SignalDescriptor.forStopping()
    let relay = try StatsRelay(
      endpoint: tunnel?.endpoint ?? endpoint,
      statspoint: options.values["statspoint"] ?? "tcp://127.0.0.1:5557", log: log)
    log.info("Starting the stats streamer")
    repeat { relay.relay() } while !signals.wait(milliseconds: 1_000)
    log.info("Stats streamer stopped")
    return 0
  }

  private static func say(_ text: String) -> Int32 {
    write(text + "\n", 1)
    return 0
  }

  private static func write(_ text: String, _ descriptor: Int32) {
    try? writeAll(descriptor, Array(text.utf8))
  }
}
