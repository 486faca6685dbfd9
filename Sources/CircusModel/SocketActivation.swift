/// Whether processes find `LISTEN_FDS`, `LISTEN_FDNAMES` and `LISTEN_PID` in their environment (`listen_fds`).
package enum SocketActivation: String, CaseIterable, Hashable, Sendable {
  /// Where the definition names no socket by `$(circus.sockets.NAME)` and sets no such variable itself.
  case auto
  case yes
  case no
}
