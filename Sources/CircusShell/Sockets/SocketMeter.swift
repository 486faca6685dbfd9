import CircusCore
import EventLoop

/// Counts how often something waited at each listening socket, for the statistics stream: at most a
/// hundred times a second, as circusd-stats looks. A socket without callers costs nothing.
package final class SocketMeter {
  private let loop: EventLoop
  private let sockets: ListeningSockets
  private var watching: [String: Registration] = [:]
  private var reads: [String: Int] = [:]
  private static let pause = 10

  package init(loop: EventLoop, sockets: ListeningSockets) {
    self.loop = loop
    self.sockets = sockets
  }

  /// What was counted since the last time, by socket.
  package func take() -> [String: Int] {
    defer { reads.removeAll(keepingCapacity: true) }
    return reads
  }

  /// Counts at exactly the sockets that are open now.
  package func refresh() {
    watching = [:]
    let names = Set(sockets.info.map(\.name))
    reads = reads.filter { names.contains($0.key) }
    for name in names { watch(name) }
  }

  private func watch(_ name: String) {
    guard let descriptor = sockets.readableDescriptor(of: name) else { return }
    watching[name] = loop.whenReadable(descriptor) { [unowned self] in
      reads[name, default: 0] += 1
      watching[name] = loop.after(milliseconds: Self.pause) { [unowned self] in watch(name) }
    }
  }
}
