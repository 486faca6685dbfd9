import Glibc

/// Sends syslog datagrams to a unix socket or a UDP port.
package final class Syslog {
  private var descriptor: Int32?
  private let target: Target
  private let facility: Int

  static let facilities = [
    "kern": 0, "user": 1, "mail": 2, "daemon": 3, "auth": 4, "syslog": 5, "lpr": 6, "news": 7,
    "uucp": 8, "cron": 9, "authpriv": 10, "ftp": 11, "local0": 16, "local1": 17, "local2": 18,
    "local3": 19, "local4": 20, "local5": 21, "local6": 22, "local7": 23,
  ]

  /// Where datagrams go: a socket's path such as `/dev/log`, or a UDP port.
  package enum Target {
    case unix(path: String)
    case udp(host: String, port: Int)
  }

  /// Nil for an unknown facility or a target that cannot be reached. One that `mayBeAway` is tried
  /// again with every message: a container's or the machine's syslog may be started after us.
  package init?(_ target: Target, facility name: String, mayBeAway: Bool = false) {
    guard let facility = Self.facilities[name.lowercased()] else { return nil }
    self.facility = facility
    self.target = target
    descriptor = Self.open(target)
    if descriptor == nil && !mayBeAway { return nil }
  }

  deinit { if let descriptor { close(descriptor) } }

  private static func open(_ target: Target) -> Int32? {
    switch target {
    case .unix(let path): Network.connectDatagram(path: path)
    case .udp(let host, let port): Network.connectDatagram(host: host, port: port)
    }
  }

  /// `severity` is syslog's 0 (emergency) to 7 (debug). Lost when nobody listens.
  package func send(_ text: String, severity: Int) {
    let bytes = Array("<\(facility * 8 + severity)>\(text)".utf8)
    if transmit(bytes) { return }
    // A socket that is gone comes back as another one: syslog was restarted. A host's name is looked
    // up once, for that may take its time.
    guard case .unix = target else { return }
    if let descriptor { close(descriptor) }
    descriptor = Self.open(target)
    _ = transmit(bytes)
  }

  /// Whether there is somebody; who cannot keep up loses messages.
  private func transmit(_ bytes: [UInt8]) -> Bool {
    guard let descriptor else { return false }
    return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0
      || [EAGAIN, EMSGSIZE].contains(Errno.last.code)
  }
}
