import CircusLog
import CircusModel
import CircusSurvival
import Glibc
import LinuxSystem
import ZeroMQ

/// The daemon's ZeroMQ sockets, bound to the configured addresses.
package struct Endpoints {
  /// Why a socket cannot be bound: its option and address, the reason, and how to mend it.
  package struct Failure: Error {
    /// Which address, why, and how to mend it.
    package var text: String
    /// Another socket has the address.
    package var isInUse = false
    /// The address before cannot be had any more either.
    package var isLost = false

    init(text: String) { self.text = text }

    init(_ error: ZeroMQError, _ endpoint: String, _ option: String) {
      text = "cannot bind \(option) \(endpoint): " + Endpoints.reason(error, endpoint)
      isInUse = error.code == EADDRINUSE
    }

    init(_ error: ZeroMQError, _ endpoint: String, _ door: Door) {
      self.init(error, endpoint, door.rawValue)
    }
  }

  /// The ROUTER socket for requests.
  package let control: Socket
  /// The PUB socket for events (circus.md 4.1).
  package let events: Socket
  /// The PUB socket for the statistics stream; nil: none is wanted, or none could be bound after an
  /// upgrade.
  package let stats: Socket?

  /// The settings with the addresses that could be had.
  package let settings: DaemonSettings

  /// `handover`: from a program that listened before in this process. What cannot be bound anew stays where it was
  /// then, for processes that run must not lose their daemon over an address. `activated`: what was opened for the daemon,
  /// by option or address.
  package init(
    _ wanted: DaemonSettings, _ context: Context, _ handover: Handover?,
    _ activated: ActivatedSockets, _ log: Logger
  ) throws(Failure) {
    var settings = wanted
    var used: Set<String> = []
    let inherited = handover?.endpoints ?? Self.opened(activated, wanted)
    func open(_ door: Door) throws(Failure) -> Socket {
      let endpoint = door.address(in: settings)
      do throws(Failure) {
        let socket = try Self.bind(context, door, settings, listening: inherited[endpoint])
        used.insert(endpoint)
        return socket
      } catch {
        guard let old = handover?.addresses[door.rawValue], old != endpoint,
          let descriptor = inherited[old]
        else { throw error }
        log.error("\(error.text); \(old) stays until the next reloadconfig")
        door.set(old, in: &settings)
        used.insert(old)
        return try Self.bind(context, door, settings, listening: descriptor)
      }
    }
    control = try open(.control)
    events = try open(.events)
    do throws(Failure) {
      stats = wanted.publishesStats ? try open(.stats) : nil
    } catch {
      guard handover != nil else { throw error }
      log.error("\(error.text); tried again at the next reloadconfig")
      stats = nil
    }
    self.settings = settings
    for (endpoint, descriptor) in handover?.endpoints ?? [:] where !used.contains(endpoint) {
      closeDescriptor(descriptor)
      Self.removeFile(endpoint)
    }
  }

  /// What listens already, by its address.
  private static func opened(
    _ activated: ActivatedSockets, _ settings: DaemonSettings
  ) -> [String: Int32] {
    var found: [String: Int32] = [:]
    for door in Door.allCases where door != .stats || settings.publishesStats {
      let address = door.address(in: settings)
      let path = address.hasPrefix("ipc://") ? String(address.dropFirst("ipc://".count)) : nil
      let port = address.split(separator: ":").last.flatMap { Int($0) } ?? 0
      found[address] = activated.take(door.rawValue, path: path, port: path == nil ? port : 0)
    }
    return found
  }

  /// One of the sockets, by its option.
  package enum Door: String, CaseIterable {
    /// Requests and their replies.
    case control = "endpoint"
    /// Events (circus.md 4.2).
    case events = "pubsub_endpoint"
    /// The statistics stream (circus.md 5.3).
    case stats = "stats_endpoint"

    /// The configured address, which may have a wildcard for its port.
    package func address(in settings: DaemonSettings) -> String {
      switch self {
      case .control: settings.endpoint
      case .events: settings.pubsubEndpoint
      case .stats: settings.statsEndpoint
      }
    }

    /// Puts another address in its place.
    package func set(_ address: String, in settings: inout DaemonSettings) {
      switch self {
      case .control: settings.endpoint = address
      case .events: settings.pubsubEndpoint = address
      case .stats: settings.statsEndpoint = address
      }
    }
  }

  /// A socket at the configured address. `descriptor`: one that listens there already, and is used
  /// instead of a new one.
  package static func bind(
    _ context: Context, _ door: Door, _ settings: DaemonSettings,
    listening descriptor: Int32? = nil
  ) throws(Failure) -> Socket {
    guard door != .control else {
      return try bindControl(context, settings, listening: descriptor)
    }
    return try bind(
      context, .publish, door.address(in: settings), door.rawValue, listening: descriptor)
  }

  /// The control socket: over `ipc://` it accepts root, the daemon's user and `endpoint_owner` alone.
  static func bindControl(
    _ context: Context, _ settings: DaemonSettings, listening descriptor: Int32? = nil
  ) throws(Failure) -> Socket {
    var owner: User?
    if let name = settings.endpointOwner, settings.endpoint.hasPrefix("ipc://") {
      guard let found = Users.find(name) else {
        throw Failure(text: "endpoint_owner '\(name)' isn't a valid user name")
      }
      owner = found
    }
    let socket = try bind(
      context, .router, settings.endpoint, "endpoint", listening: descriptor,
      users: [0, Users.current] + (owner.map { [$0.uid] } ?? []))
    if let owner { try give(settings.endpoint, to: owner) }
    return socket
  }

  /// Bytes of a request; a client that sends more is disconnected.
  static let largestMessage = 5 << 20
  /// Bytes of a subscription, likewise: ZeroMQ keeps a node for each of them.
  private static let longestTopic: Int64 = 1_024
  /// Milliseconds a connection has to introduce itself.
  private static let handshakeTime: Int32 = 2_000

  static func bind(
    _ context: Context, _ kind: Socket.Kind, _ endpoint: String, _ option: String,
    listening descriptor: Int32? = nil, users: [uid_t] = []
  ) throws(Failure) -> Socket {
    do {
      let socket = try Socket(context, kind)
      // Bounded: a peer that does not read loses messages, the daemon no memory.
      socket.setHighWater(kind == .router ? AnswerBacklog.highWater : 10_000)
      socket.setReceiveHighWater(kind == .router ? 1_000 : 100)
      socket.setMaxMessage(bytes: kind == .router ? Int64(largestMessage) : longestTopic)
      socket.setHandshakeTime(handshakeTime)
      if kind == .router { socket.setMandatory() }
      // The answer to `quit` and the last events still get out. Peers that do not read hold up the
      // end for 300 ms at most.
      socket.setLinger(300)
      for user in users { socket.accept(user: user) }
      if endpoint.hasPrefix("ipc://"), descriptor == nil {
        // libzmq replaces the file, even of a daemon that listens there.
        let path = String(endpoint.dropFirst("ipc://".count))
        if Network.answers(path: path) {
          throw Failure(
            text:
              "cannot bind \(option) \(endpoint): another process listens there; is another circusd "
              + "running on this file?")
        }
      }
      // No other user may connect, also not in the moment before the owner is right.
      let mask = endpoint.hasPrefix("ipc://") ? Environment.exchangeUmask(0o177) : nil
      defer { if let mask { Environment.setUmask(mask) } }
      if let descriptor {
        try socket.bind(endpoint, listening: descriptor)
      } else {
        try socket.bind(endpoint)
      }
      return socket
    } catch let failure as Failure {
      throw failure
    } catch let error as ZeroMQError {
      throw Failure(error, endpoint, option)
    } catch {
      throw Failure(text: "cannot bind \(option) \(endpoint): \(error)")
    }
  }

  /// What went wrong, and how to mend it.
  fileprivate static func reason(_ error: ZeroMQError, _ endpoint: String) -> String {
    let hint: String? =
      switch error.code {
      case EADDRINUSE: "is another circusd running?"
      case EADDRNOTAVAIL: "the address belongs to another machine"
      case ENODEV: "there is no host and no network interface of that name"
      case ENOENT: "the directory does not exist"
      case ENAMETOOLONG: "a path of a unix socket has at most 107 characters"
      case EINVAL, EPROTONOSUPPORT: "write tcp://HOST:PORT or ipc:///PATH"
      case EACCES: "no right to create it there"
      default: nil
      }
    return error.description + (hint.map { "; " + $0 } ?? "")
  }

  /// Where an endpoint listens, as the kernel has it.
  package struct Place {
    /// The port of a TCP endpoint; nil for a file.
    package var port: Int?
    /// The path of a unix socket; nil for TCP.
    package var path: String?
  }

  /// Nil for what is neither TCP nor a file.
  package static func place(_ endpoint: String) -> Place? {
    if endpoint.hasPrefix("ipc:///") {
      return Place(path: String(endpoint.dropFirst("ipc://".count)))
    }
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":"),
      let port = Int(endpoint[endpoint.index(after: colon)...]), port > 0
    else { return nil }
    return Place(port: port)
  }

  /// The files of `ipc://` endpoints, which ZeroMQ leaves behind.
  package static func removeFiles(_ settings: DaemonSettings) {
    for endpoint in [settings.endpoint, settings.pubsubEndpoint, settings.statsEndpoint] {
      removeFile(endpoint)
    }
  }

  /// The same of one endpoint; only `ipc://` has a file.
  package static func removeFile(_ endpoint: String) {
    if endpoint.hasPrefix("ipc://") {
      ActivatedSockets.removeFile(String(endpoint.dropFirst("ipc://".count)))
    }
  }

  private static func give(_ endpoint: String, to user: User) throws(Failure) {
    let path = String(endpoint.dropFirst("ipc://".count))
    do { try Files.setOwner(path, user: user.uid) } catch {
      throw Failure(text: "cannot give \(path) to \(user.name): \(error.description)")
    }
  }

  /// Lines for the log that say who can reach the daemon; empty: only clients on this machine.
  package static func exposure(_ settings: DaemonSettings) -> [String] {
    var lines: [String] = []
    if let port = exposedPort(settings.endpoint) {
      lines.append(
        "endpoint \(settings.endpoint): every client that reaches port \(port) of this machine can run programs "
          + "as \(Users.name(of: Users.current) ?? "this user"): bind to 127.0.0.1, or use ipc://")
      if !settings.multicastEndpoint.isEmpty {
        lines.append(
          "multicast_endpoint \(settings.multicastEndpoint): tells the endpoint to machines that ask for it; leave it "
            + "empty to answer no search")
      }
    }
    for (option, endpoint) in [
      ("pubsub_endpoint", settings.pubsubEndpoint),
      ("stats_endpoint", settings.publishesStats ? settings.statsEndpoint : ""),
    ] {
      guard let port = exposedPort(endpoint) else { continue }
      lines.append(
        "\(option) \(endpoint): every client that reaches port \(port) of this machine can see what runs on it"
      )
    }
    return lines
  }

  /// The port of a TCP endpoint that other machines may reach.
  private static func exposedPort(_ endpoint: String) -> String? {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
    let host = endpoint[..<colon].dropFirst("tcp://".count)
    let isLocal =
      host == "localhost" || host == "lo" || host.hasPrefix("127.") || host == "[::1]"
      || host == "::1"
    return isLocal ? nil : String(endpoint[endpoint.index(after: colon)...])
  }
}
