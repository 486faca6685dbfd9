/// One HTTP server: `[inet_http_server]`, `[unix_http_server]` or circus's `httpd` (supervisor.md 1.12).
package struct HTTPServerSpec: Hashable, Sendable {
  /// Where it listens.
  package enum Address: Hashable, Sendable {
    /// An empty host is every interface.
    case inet(host: String, port: Int)
    case unix(path: String)
  }

  /// Where it listens.
  package var address: Address
  /// Both or neither: Basic authentication for every request.
  package var username: String?
  /// In clear, or `{SHA}` and the SHA-1 of the password in hexadecimal digits.
  package var password: String?
  /// Mode of a unix socket's file, 0700 by default.
  package var mode = 0o700
  /// `user` or `user:group` that gets a unix socket's file; nil: it stays the daemon's.
  package var owner: String?
  /// The section it was defined in, for messages.
  package var section: String

  package init(address: Address, section: String) {
    self.address = address
    self.section = section
  }
}
