import CircusConnection
import CircusLog
import CircusModel
import CircusWire
import JSON
import LinuxSystem
import ZeroMQ

/// Asks a daemon for its figures once a second and publishes them as a statistics stream, for
/// daemons that publish none themselves or live on another machine (circus.md 5.2). circus's own
/// looks into this machine's /proc instead, which is another machine's business then.
final class StatsRelay {
  private let connection: Connection
  private let publisher: Socket
  private let log: Logger
  private let context = Context()
  private var hasFailed = false

  init(endpoint: String, statspoint: String, log: Logger) throws {
    self.log = log
    connection = try Connection(endpoint: endpoint, timeout: 5)
    publisher = try Socket(context, .publish)
    try publisher.bind(statspoint)
  }

  /// One round; a daemon that does not answer is asked again the next time.
  func relay() {
    do {
      let infos = try connection.call("stats")["infos"]?.object
      for watcher in infos?.members ?? [] where !Self.hidden.contains(watcher.key.lowercased()) {
        publish(
          TopicName.of(watcher.key),
          watcher.value.object?.members.map { ($0.value, JSON.null) } ?? [])
      }
      if let own = try connection.call("dstats")["info"] { publish("circus", [(own, "circusd")]) }
      try publishSockets()
      if hasFailed { log.info("the daemon answers again") }
      hasFailed = false
    } catch {
      if !hasFailed { log.warning((error as? ClientError)?.text ?? "\(error)") }
      hasFailed = true
    }
  }

  private static let hidden: Set<String> = ["circusd", "circusd-stats", "circushttpd"]

  private func publish(_ group: String, _ processes: [(info: JSON, name: JSON)]) {
    var figures: [StatMessage.Figures] = []
    for (info, name) in processes {
      guard var object = info.object, let pid = object["pid"]?.int else { continue }
      for key in ["started", "wid"] { object[key] = nil }
      send(.process(pid, of: group, object, name: name))
      figures.append(
        StatMessage.Figures(
          pid: pid, cpu: object["cpu"]?.number, memory: object["mem"]?.number,
          age: object["age"]?.number))
    }
    send(.sum(of: group, figures))
  }

  /// Where the daemon counts them, its own figures; a stock daemon has none.
  private func publishSockets() throws {
    let sockets = try connection.call("listsockets")["sockets"]?.array ?? []
    guard !sockets.isEmpty else { return }
    var addresses: [String] = []
    var sum = 0
    for socket in sockets {
      guard let descriptor = socket["fd"]?.int else { continue }
      let host = "\(socket["host"]?.string ?? ""):\(socket["port"]?.int ?? 0)"
      let address = socket["path"]?.string ?? host
      let reads = socket["reads"]?.int ?? 0
      addresses.append(address)
      sum += reads
      send(.socket(descriptor, address, reads: reads))
    }
    send(.sockets(addresses, reads: sum))
  }

  private func send(_ message: StatMessage) {
    var payload: [UInt8] = []
    message.payload.write(into: &payload)
    // A slow subscriber loses this second.
    try? publisher.send([Array(message.topic.text.utf8), payload])
  }
}
