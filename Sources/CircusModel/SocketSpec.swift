/// A listening socket the daemon opens for its watchers: `[socket:NAME]`.
package struct SocketSpec: Hashable, Sendable {
  /// Address family (circus `family`).
  package enum Family: String, Hashable, Sendable { case inet, inet6, unix }
  /// How data travel (circus `type`).
  package enum Kind: String, Hashable, Sendable { case stream, datagram, sequencedPacket, raw }

  /// The socket's name in `$(circus.sockets.NAME)` and `stdin_socket`.
  package var name: String
  /// IPv4 unless told otherwise; a `path` makes it a unix socket.
  package var family: Family
  /// A stream unless told otherwise.
  package var kind: Kind
  /// Name or address to bind to, `localhost` by default; unused by a unix socket.
  package var host: String
  /// Port to bind to, 8080 by default; 0: the kernel chooses one.
  package var port: Int
  /// The file of a unix socket; nil for any other.
  package var path: String?
  /// Protocol by name in the system's database (circus `proto`); nil: the family's own for the kind.
  package var proto: String?
  /// Connections that may wait to be accepted, 2,048 by default; for streams and packets only.
  package var backlog: Int
  /// Of the unix socket's file.
  package var umask: Int
  /// An existing file at `path` is removed instead of refused.
  package var replaces: Bool
  /// Bound with SO_REUSEPORT, anew for each process that uses it (circus `so_reuseport`).
  package var reusesPort: Bool
  /// Off by default: the descriptor is non-blocking, in the children too (circus.md 8).
  package var blocking: Bool
  /// Network interface the socket is tied to (circus `interface`); nil: any.
  package var device: String?

  /// Whether both can be bound at once.
  package func isElsewhere(than other: SocketSpec) -> Bool {
    if path != nil || other.path != nil { return path != other.path }
    return (family, kind, port) != (other.family, other.kind, other.port)
      || host != other.host && port != 0
  }

  /// The same without what can be changed on a socket that is bound already.
  package var binding: SocketSpec {
    var spec = self
    spec.backlog = 0
    spec.blocking = false
    return spec
  }

  package init(name: String) {
    self.name = name
    family = .inet
    kind = .stream
    host = "localhost"
    port = 8080
    path = nil
    backlog = 2048
    umask = 0o10
    replaces = false
    reusesPort = false
    blocking = false
    device = nil
  }
}
