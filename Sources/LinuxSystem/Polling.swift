import Glibc

/// Waiting for descriptors outside an event loop.
package enum Polling {
  /// Whether reading would not wait.
  package static func isReadable(_ descriptor: Int32) -> Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return descriptor >= 0 && poll(&question, 1, 0) > 0
  }
}
