import CLinux

/// Bounds what connections may take from the process's descriptors, for every listening socket of every library
/// (`accept.c`).
package enum AcceptGuard {
  /// `limit`: the process's descriptor limit. The last ones are kept for files and for /proc.
  package static func start(limit: Int) {
    cl_guard_accept(Int32(clamping: limit - kept(of: limit) / 4), Int32(mostConnections(of: limit)))
  }

  /// `hasSpoken` will be called for connections of this listening socket.
  package static func expectReports(of listener: Int32) { cl_guard_reports(listener) }

  /// The client of a connection has asked something: it is not closed in favour of a new one.
  package static func hasSpoken(_ connection: Int32) { cl_guard_has_spoken(connection) }

  /// Connections one listening socket may have: an eighth of all descriptors, between 8 and 256.
  package static func mostConnections(of limit: Int) -> Int { max(8, min(256, limit / 8)) }

  /// Descriptors that processes and their pipes may not have: they are kept for connections, files and /proc.
  package static func kept(of limit: Int) -> Int { min(96, limit / 4) }
}
