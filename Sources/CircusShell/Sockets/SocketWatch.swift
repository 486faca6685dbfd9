import EventLoop

/// Looks at listening sockets for watchers that start on demand. A socket that was readable is not
/// looked at again until it is awaited anew: the watcher's processes accept from it meanwhile.
package final class SocketWatch {
  private let loop: EventLoop
  private let sockets: ListeningSockets
  private var registrations: [String: Registration] = [:]
  private let ready: (String) -> Void

  package init(loop: EventLoop, sockets: ListeningSockets, ready: @escaping (String) -> Void) {
    self.loop = loop
    self.sockets = sockets
    self.ready = ready
  }

  /// Watches exactly these.
  package func await(_ names: Set<String>) {
    registrations = [:]
    for name in names {
      guard let descriptor = sockets.readableDescriptor(of: name) else { continue }
      registrations[name] = loop.whenReadable(descriptor) { [unowned self] in
        registrations[name] = nil
        ready(name)
      }
    }
  }
}
