/// A listening socket the daemon opens for its watchers: `[socket:NAME]`.
package struct SocketSpec: Hashable, Sendable {
  package enum Family: String, Hashable, Sendable { case inet, inet6, unix }
  package enum Kind: String, Hashable, Sendable { case stream, datagram, sequencedPacket, raw }

  package var name: String
  package var family: Family
  package var kind: Kind
  package var host: String
  package var port: Int
  package var path: String?
  package var backlog: Int
  /// Of the unix socket's file.
  package var umask: Int
  /// An existing file at `path` is removed instead of refused.
  package var replaces: Bool
  /// Bound with SO_REUSEPORT.
  package var reusesPort: Bool
  package var blocking: Bool
  package var device: String?

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
