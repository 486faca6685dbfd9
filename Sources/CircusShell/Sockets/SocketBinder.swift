import CircusModel
import Glibc
import LinuxSystem

/// From a socket's definition to a bound descriptor.
enum SocketBinder {
  struct Failure: Error { var text: String }

  /// The daemon's own copy. A `so_reuseport` socket only holds its address here: each process
  /// listens on one of its own. The copy does not listen, as no process accepts from it.
  /// `isOurs`: a file at its path was made by an earlier daemon that did not live to remove it.
  static func bind(_ spec: SocketSpec, isOurs: Bool) throws(Failure) -> Network.Listening {
    guard spec.reusesPort, spec.path == nil else {
      return try bind(spec, port: spec.port, listens: true, isOurs: isOurs)
    }
    let held = try bind(spec, port: spec.port, listens: false)
    guard spec.kind != .stream else { return held }
    // A bound datagram socket would get its share of the datagrams, read or not.
    close(held.descriptor)
    do {
      return try Network.open(
        host: spec.host, port: held.port, ipv6: spec.family == .inet6, kind: kind(spec),
        proto: protocolNumber(spec))
    } catch let error as Network.Failure {
      throw failure(spec, error)
    } catch {
      throw Failure(text: "\(error)")
    }
  }

  /// Changes what can be changed on a bound socket. One that was inherited is in the hands of processes
  /// that may have made it wait, or not, since.
  static func adjust(_ descriptor: Int32, to spec: SocketSpec, isInherited: Bool = false) {
    if !isInherited { setNonBlocking(descriptor, !spec.blocking) }
    let listens = spec.kind == .stream || spec.kind == .sequencedPacket
    if listens && !spec.reusesPort { _ = listen(descriptor, Int32(clamping: spec.backlog)) }
  }

  /// One process's share of a `so_reuseport` socket.
  static func bindShare(of spec: SocketSpec, port: Int) throws(Failure) -> Int32 {
    try bind(spec, port: port, listens: true).descriptor
  }

  private static func bind(
    _ spec: SocketSpec, port: Int, listens: Bool, isOurs: Bool = false
  ) throws(Failure) -> Network.Listening {
    do {
      let made: Network.Listening
      if let path = spec.path {
        try clear(path, spec, isOurs)
        made = try Network.listen(
          path: path, kind: kind(spec), backlog: spec.backlog,
          umask: mode_t(truncatingIfNeeded: spec.umask & 0o7777))
      } else {
        made = try Network.listen(
          host: spec.host, port: port, ipv6: spec.family == .inet6, kind: kind(spec),
          proto: protocolNumber(spec), backlog: listens ? spec.backlog : nil,
          sharesPort: spec.reusesPort, device: spec.device)
      }
      setNonBlocking(made.descriptor, !spec.blocking)
      return made
    } catch let error as Network.Failure {
      throw failure(spec, error)
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(text: "\(error)")
    }
  }

  private static func clear(
    _ path: String, _ spec: SocketSpec, _ isOurs: Bool
  ) throws(Failure) {
    guard Files.exists(path) else { return }
    guard spec.replaces || (isOurs && !Network.answers(path: path)) else {
      throw Failure(
        text: "'\(path)' already exists. You might want to remove it. If it's a stalled "
          + "socket file, just restart Circus, or write `replace = True`")
    }
    Files.remove(path)
  }

  private static func failure(_ spec: SocketSpec, _ error: Network.Failure) -> Failure {
    Failure(text: "Could not bind \(spec.path ?? "\(spec.host):\(spec.port)"): \(error.text)")
  }

  private static func protocolNumber(_ spec: SocketSpec) throws(Failure) -> Int32 {
    guard let name = spec.proto else { return 0 }
    guard let number = Network.protocolNumber(name) else {
      throw Failure(text: "socket '\(spec.name)': proto = \(name): there is no such protocol")
    }
    return number
  }

  private static func kind(_ spec: SocketSpec) -> Int32 {
    switch spec.kind {
    case .stream: Int32(SOCK_STREAM.rawValue)
    case .datagram: Int32(SOCK_DGRAM.rawValue)
    case .sequencedPacket: Int32(SOCK_SEQPACKET.rawValue)
    case .raw: Int32(SOCK_RAW.rawValue)
    }
  }
}
