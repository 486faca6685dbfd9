import Glibc

/// Sends syslog datagrams to a unix socket or a UDP port.
package final class Syslog {
  private let descriptor: Int32
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

  /// Nil for an unknown facility or a target that cannot be reached.
  package init?(_ target: Target, facility name: String) {
    guard let facility = Self.facilities[name.lowercased()] else { return nil }
    self.facility = facility
    let opened: Int32?
    switch target {
    case .unix(let path): opened = Network.connectDatagram(path: path)
    case .udp(let host, let port): opened = Network.connectDatagram(host: host, port: port)
    }
    guard let opened else { return nil }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// `severity` is syslog's 0 (emergency) to 7 (debug). Lost when nobody listens.
  package func send(_ text: String, severity: Int) {
    let bytes = Array("<\(facility * 8 + severity)>\(text)".utf8)
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
  }
}
