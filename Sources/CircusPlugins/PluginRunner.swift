import CircusConnection
import CircusLog
import CircusModel
import CircusWire
import EventLoop
import Glibc
import JSON
import LinuxSystem

/// The world of one plugin: the daemon's two endpoints, a clock and a statsd server.
final class PluginRunner: PluginHost {
  private let loop = EventLoop()
  private let connection: Connection
  private let subscription: Subscription
  private let logger: Logger
  private let statsd: (host: String, port: Int)
  private var metrics: Int32?
  private var registrations: [Registration] = []
  private var timers: [Int: Registration] = [:]
  private var lastTimer = 0

  init(
    endpoint: String, pubsub: String, options: PluginOptions, logger: Logger
  ) throws {
    self.logger = logger
    statsd = (options.text("host") ?? "localhost", try options.integer("port", 8_125))
    connection = try Connection(endpoint: endpoint, timeout: 10)
    subscription = try Subscription(endpoint: pubsub, topics: [EventTopic.prefix])
  }

  /// Never returns: the daemon ends its plugins.
  func run(_ plugin: any Plugin) throws -> Never {
    registrations.append(
      loop.whenReadable(subscription.descriptor) { [unowned self] in drain(plugin) })
    if let dog = plugin as? WatchDog { try listen(dog) }
    plugin.start()
    drain(plugin)
    loop.run { drain(plugin) }
    exit(0)
  }

  /// The descriptor tells only of changes: everything that is there is taken.
  private func drain(_ plugin: any Plugin) {
    while let (topic, payload) = subscription.take() {
      guard let object = (try? JSON.parse(payload))?.object,
        let event = PluginEvent(topic: String(decoding: topic, as: UTF8.self), payload: object)
      else { continue }
      plugin.receive(event)
    }
  }

  private func listen(_ dog: WatchDog) throws {
    let listening = try Network.listen(
      host: dog.address.host, port: dog.address.port, ipv6: dog.address.host.contains(":"),
      kind: Int32(SOCK_DGRAM.rawValue), backlog: nil, sharesPort: false, device: nil)
    setNonBlocking(listening.descriptor, true)
    registrations.append(
      loop.whenReadable(listening.descriptor) {
        while let bytes = Network.receive(listening.descriptor)?.bytes {
          dog.heartbeat(String(decoding: bytes, as: UTF8.self))
        }
      })
  }

  // MARK: the plugin's side

  var now: Double { Double(Clock.monotonic) / 1e9 }

  func call(_ verb: String, _ properties: JSONObject) -> JSONObject? {
    do { return try connection.call(verb, properties) } catch {
      logger.warning(error.text)
      return nil
    }
  }

  func cast(_ verb: String, _ properties: JSONObject) { connection.cast(verb, properties) }
  func log(_ level: LogLevel, _ text: String) { logger.log(level, text) }

  func emit(_ metric: String) {
    if metrics == nil { metrics = Network.connectDatagram(host: statsd.host, port: statsd.port) }
    guard let metrics else { return }
    // Without a statsd server the metric is lost, which is no error.
    _ = Array(metric.utf8).withUnsafeBytes { send(metrics, $0.baseAddress, $0.count, 0) }
  }

  func after(_ seconds: Double, _ body: @escaping () -> Void) {
    lastTimer += 1
    let number = lastTimer
    timers[number] = loop.after(milliseconds: Int(seconds * 1_000)) { [unowned self] in
      timers[number] = nil
      body()
    }
  }
}
