import CLinux

/// What started this process and wants to be told how it is doing: systemd, podman and whatever else sets `NOTIFY_SOCKET`
/// (sd_notify(3)).
package struct ServiceManager: Hashable, Sendable {
  /// A path, or a name of the abstract namespace behind an `@`.
  package let address: String

  package init(address: String) { self.address = address }

  /// Takes its variables out of the environment: a child that found them would speak in our name. Nil: there is none.
  package static func take() -> ServiceManager? {
    for name in ["WATCHDOG_USEC", "WATCHDOG_PID", "FDSTORE"] { _ = Environment.take(name) }
    guard let address = Environment.take("NOTIFY_SOCKET"), !address.isEmpty else { return nil }
    return ServiceManager(address: address)
  }

  /// Sends `KEY=value` lines. One that is gone, or does not listen, is not waited for.
  package func tell(_ lines: [String]) {
    let text = Array(lines.joined(separator: "\n").utf8)
    _ = text.withUnsafeBytes { cl_notify_send(address, $0.baseAddress, $0.count) }
  }
}
