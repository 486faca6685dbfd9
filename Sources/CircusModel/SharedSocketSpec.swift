/// The listening socket that all processes of an `[fcgi-program:x]` find on descriptor 0
/// (supervisor.md 1.8).
package struct SharedSocketSpec: Hashable, Sendable {
  /// Where it listens.
  package enum Address: Hashable, Sendable {
    case tcp(host: String, port: Int)
    /// Absolute; a file that is there is replaced.
    case unix(path: String)
  }

  /// Where it listens.
  package var address: Address
  /// Connections that may wait; nil: as many as the system allows.
  package var backlog: Int?
  /// Mode of the socket's file, 0700 by default.
  package var mode = 0o700
  /// `user` or `user:group` that gets the file; nil: it stays the daemon's.
  package var owner: String?

  package init(address: Address, backlog: Int?) {
    self.address = address
    self.backlog = backlog
  }

  /// As it is written in the file: `tcp://host:port`, `unix:///path`.
  package var url: String {
    switch address {
    case .tcp(let host, let port): "tcp://\(host):\(port)"
    case .unix(let path): "unix://\(path)"
    }
  }
}
