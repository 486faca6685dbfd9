import CircusLog
import EventLoop
import Glibc
import JSON
import LinuxSystem

/// Answers clients that ask by multicast where this daemon is (circus.md 4.4). The daemon also runs
/// without.
package final class Discovery {
  private let descriptor: Int32
  private var registration: Registration?
  /// Questions that are answered in one turn; the rest waits for the next.
  private static let mostPerTurn = 64

  /// Nil when the address is empty, or when it cannot be had, which is logged.
  package init?(_ address: String, loop: EventLoop, log: Logger, endpoint: @escaping () -> String) {
    guard !address.isEmpty else { return nil }
    let problem: String
    switch Multicast.listen(address) {
    case .failure(let failure): problem = failure.text
    case .success(let opened):
      descriptor = opened
      registration = loop.whenReadable(opened) {
        for _ in 0..<Self.mostPerTurn {
          guard let (_, sender) = Network.receive(opened) else { return }
          Network.send(
            Array(JSON.object(["endpoint": .string(endpoint())]).text.utf8), opened, sender)
        }
      }
      return
    }
    log.warning(
      "Multicast discovery is disabled, there was an error during udp socket creation: \(problem)"
        + " (multicast_endpoint = \(address); leave it empty to do without)")
    return nil
  }

  deinit {
    registration?.cancel()
    closeDescriptor(descriptor)
  }
}
