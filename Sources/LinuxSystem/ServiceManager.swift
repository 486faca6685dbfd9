import CLinux

/// What started this process and wants to be told how it is doing: systemd, podman and whatever else sets `NOTIFY_SOCKET`
/// (sd_notify(3)).
package struct ServiceManager: Hashable, Sendable {
  /// A path, or a name of the abstract namespace behind an `@`.
  package let address: String
  /// It acts when it has heard nothing for as many microseconds; nil: it does not watch.
  package let watchdog: UInt?

  package init(address: String, watchdog: UInt? = nil) {
    self.address = address
    self.watchdog = watchdog
  }

  /// Takes its variables out of the environment: a child that found them would speak in our name. Nil: there is none.
  package static func take() -> ServiceManager? {
    let time = Environment.take("WATCHDOG_USEC").flatMap { UInt($0) }
    let watched = Environment.take("WATCHDOG_PID")
    _ = Environment.take("FDSTORE")
    guard let address = Environment.take("NOTIFY_SOCKET"), !address.isEmpty else { return nil }
    let isMeant = watched == nil || watched == String(Environment.pid)
    return ServiceManager(address: address, watchdog: isMeant && time != 0 ? time : nil)
  }

  /// Sends `KEY=value` lines. One that is gone, or does not listen, is not waited for.
  package func tell(_ lines: [String]) {
    let text = Array(lines.joined(separator: "\n").utf8)
    _ = text.withUnsafeBytes { cl_notify_send(address, $0.baseAddress, $0.count) }
  }
}
