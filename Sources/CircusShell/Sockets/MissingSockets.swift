import CircusLog
import CircusModel
import EventLoop
import LinuxSystem

/// Looks for the processes that hold the addresses of sockets the daemon could not bind, and tells when one
/// of them has ended.
final class MissingSockets {
  private let loop: EventLoop
  private let log: Logger
  private var watched: [(holder: PIDDescriptor, registration: Registration)] = []

  init(loop: EventLoop, log: Logger) {
    self.loop = loop
    self.log = log
  }

  /// `retry` is called once, when the first of the holders has ended.
  func watch(_ missing: [SocketSpec], retry: @escaping () -> Void) {
    watched = []
    for spec in missing {
      let name = "socket '\(spec.name)' (\(spec.path ?? "\(spec.host):\(spec.port)"))"
      guard let pid = HeldSockets.holder(path: spec.path, port: spec.port), pid != Environment.pid,
        let holder = try? PIDDescriptor(pid), holder.number >= 0
      else {
        log.error("\(name) is missing; tried again at the next reloadconfig")
        continue
      }
      let command = ControlText.oneLine(ProcFS().commandLine(of: pid) ?? "?")
      log.error(
        "\(name) is missing: held by \(pid) (\(command)); tried again when that ends, and at the next "
          + "reloadconfig")
      watched.append(
        (
          holder,
          loop.whenReadable(holder.number) { [unowned self] in
            watched = []
            retry()
          }
        ))
    }
  }
}
