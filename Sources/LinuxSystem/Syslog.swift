import Glibc

/// Sends syslog datagrams to a unix socket or a UDP port.
///
/// The socket is opened with the first message, and again when the receiver is gone: syslog may be started
/// after us. A descriptor of an earlier time would also stand where listening sockets are put.
package final class Syslog {
  private var descriptor: Int32?
  private let target: Target
  private let facility: Int
  /// A host's name is not looked up again before this: looking takes its time.
  private var nextLookUp: Int64 = 0
  private static let pause: Int64 = 30_000_000_000

  static let facilities = [
    "kern": 0, "user": 1, "mail": 2, "daemon": 3, "auth": 4, "syslog": 5, "lpr": 6, "news": 7,
    "uucp": 8, "cron": 9, "authpriv": 10, "ftp": 11, "local0": 16, "local1": 17, "local2": 18,
    "local3": 19, "local4": 20, "local5": 21, "local6": 22, "local7": 23,
  ]

  /// Where datagrams go: a socket's path such as `/dev/log`, or a UDP port.
  package enum Target {
    /// A datagram socket by its path.
    case unix(path: String)
    /// A host by its name or address, and its UDP port.
    case udp(host: String, port: Int)
  }

  /// An unknown facility means `user`, as in circus (circus.md 10.7).
  package init(_ target: Target, facility name: String) {
    facility = Self.facilities[name.lowercased()] ?? 1
    self.target = target
  }

  deinit { closeSocket() }

  private func closeSocket() {
    if let descriptor { close(descriptor) }
    descriptor = nil
  }

  private func openSocket() {
    switch target {
    case .unix(let path): descriptor = Network.connectDatagram(path: path)
    case .udp(let host, let port):
      guard Clock.monotonic >= nextLookUp else { return }
      nextLookUp = Clock.monotonic + Self.pause
      descriptor = Network.connectDatagram(host: host, port: port)
    }
  }

  /// As supervisor sends everything, its own log and programs' output alike: user.info under its name.
  package func sendAsSupervisor(_ text: String) {
    send("\(Clock.format(Clock.wall, "%b %e %H:%M:%S")) supervisord: \(text)", severity: 6)
  }

  /// `severity` is syslog's 0 (emergency) to 7 (debug). The text begins with time and tag. Lost when there
  /// is no receiver.
  package func send(_ text: String, severity: Int) {
    let bytes = Array("<\(facility * 8 + severity)>\(text)".utf8)
    if transmit(bytes) { return }
    // A socket that is gone comes back as another one: syslog was restarted.
    closeSocket()
    openSocket()
    _ = transmit(bytes)
  }

  /// Whether there is a receiver; one that cannot keep up loses messages.
  private func transmit(_ bytes: [UInt8]) -> Bool {
    guard let descriptor else { return false }
    if Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0 {
      return true
    }
    // A UDP receiver that is not there refuses the message before; the socket stays good.
    if case .udp = target { return Errno.last.code == ECONNREFUSED }
    return [EAGAIN, EMSGSIZE].contains(Errno.last.code)
  }
}
