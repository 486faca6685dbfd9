import CircusModel
import CircusWire
import JSON
import LinuxSystem
import ZeroMQ

/// A circus daemon, to be asked and told: circusd of this project or of circus 0.19.
///
/// Calls block until the answer is there, at most `timeout` seconds. A client belongs to one thread
/// at a time; make as many as there are threads that call.
///
/// ```swift
/// let circus = try Client()
/// try circus.increase("web", by: 2, waiting: true)
/// print(try circus.status())
/// ```
public final class Client {
  /// Where the daemon's control socket is.
  public let endpoint: String
  private let connection: Connection
  private let context: Context

  /// Connects; throws at once when no daemon listens there. `timeout` in seconds bounds every call.
  public init(
    endpoint: String = "tcp://127.0.0.1:5555", timeout: Double = 5
  ) throws(ClientError) {
    self.endpoint = endpoint
    context = Context()
    connection = try Connection(endpoint: endpoint, timeout: timeout, context: context)
  }

  /// Any command by its name on the wire, and the whole reply; throws when the daemon refuses.
  @discardableResult
  public func call(
    _ command: String, _ properties: [String: Value] = [:]
  ) throws(ClientError) -> [String: Value] {
    let object = JSONObject(properties.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
    let reply = try connection.call(command, object)
    guard reply["status"] != "error" else {
      throw .refused(
        reason: reply["reason"]?.string ?? "unknown error", code: reply["errno"]?.int ?? 0)
    }
    return Dictionary(
      reply.members.map { ($0.key, Value($0.value)) }, uniquingKeysWith: { $1 })
  }

  /// A command without an answer; lost when the daemon is not there.
  public func cast(_ command: String, _ properties: [String: Value] = [:]) {
    connection.cast(
      command, JSONObject(properties.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
  }

  // MARK: feeds

  /// The daemon's events from now on: all, or those of one watcher. Asks the daemon where it
  /// publishes unless told.
  public func events(
    of watcher: String? = nil, endpoint: String? = nil
  ) throws(ClientError) -> EventFeed {
    let source: String
    if let endpoint { source = endpoint } else { source = try published("pubsub_endpoint") }
    let topic = watcher.map { "watcher.\(TopicName.of($0))." } ?? "watcher."
    return EventFeed(try Subscription(endpoint: source, topics: [topic], context: context))
  }

  /// The daemon's statistics from now on, a burst a second; silent unless `statsd` is on there.
  public func statistics(
    of watcher: String? = nil, endpoint: String? = nil
  ) throws(ClientError) -> StatisticsFeed {
    let source: String
    if let endpoint { source = endpoint } else { source = try published("stats_endpoint") }
    let topic = "stat." + (watcher.map(TopicName.of) ?? "")
    return StatisticsFeed(try Subscription(endpoint: source, topics: [topic], context: context))
  }

  private func published(_ option: String) throws(ClientError) -> String {
    let options = try call(GlobalOptions.verb, ["option": .string(option)])["options"]
    guard let address = options?[option]?.string else {
      throw .refused(reason: "the daemon does not tell its \(option)", code: 0)
    }
    return address
  }
}
