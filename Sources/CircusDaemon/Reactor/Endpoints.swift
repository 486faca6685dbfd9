import CircusModel
import LinuxSystem
import ZeroMQ

/// The daemon's ZeroMQ sockets, bound to the configured addresses.
struct Endpoints {
  struct Failure: Error { var text: String }

  let control: Socket
  let events: Socket
  let stats: Socket?

  init(_ settings: DaemonSettings, _ context: Context) throws(Failure) {
    control = try Self.bind(context, .router, settings.endpoint, "endpoint")
    events = try Self.bind(context, .publish, settings.pubsubEndpoint, "pubsub_endpoint")
    stats =
      settings.publishesStats
      ? try Self.bind(context, .publish, settings.statsEndpoint, "stats_endpoint") : nil
    if let owner = settings.endpointOwner, settings.endpoint.hasPrefix("ipc://") {
      try Self.give(settings.endpoint, to: owner)
    }
  }

  static func bind(
    _ context: Context, _ kind: Socket.Kind, _ endpoint: String, _ option: String
  ) throws(Failure) -> Socket {
    do {
      let socket = try Socket(context, kind)
      // Bounded: a peer that does not read loses messages, the daemon no memory.
      socket.setHighWater(10_000)
      socket.setMaxMessage(bytes: 256 << 20)
      // The answer to `quit` and the last events still get out, but nobody holds up the end.
      socket.setLinger(300)
      try socket.bind(endpoint)
      return socket
    } catch {
      throw Failure(
        text:
          "cannot bind \(option) \(endpoint): \(error.description); is another circusd running, "
          + "or does the address belong to another machine?")
    }
  }

  /// The files of `ipc://` endpoints, which ZeroMQ leaves behind.
  static func removeFiles(_ settings: DaemonSettings) {
    for endpoint in [settings.endpoint, settings.pubsubEndpoint, settings.statsEndpoint]
    where endpoint.hasPrefix("ipc://") {
      Files.remove(String(endpoint.dropFirst("ipc://".count)))
    }
  }

  private static func give(_ endpoint: String, to name: String) throws(Failure) {
    let path = String(endpoint.dropFirst("ipc://".count))
    guard let user = Users.find(name) else {
      throw Failure(text: "endpoint_owner '\(name)' isn't a valid user name")
    }
    do { try Files.setOwner(path, user: user.uid) } catch {
      throw Failure(text: "cannot give \(path) to \(name): \(error.description)")
    }
  }
}
