import Glibc
import LinuxSystem

/// The daemon's own stdout or stderr: a terminal or a pipe somebody may have stopped reading (^S, a
/// pager). It is given a second; after that output is dropped until it can be written again, for
/// nobody's terminal may stop a supervisor.
package final class Console {
  private let descriptor: Int32
  private var isStalled = false
  /// Bytes dropped since the last time writing worked.
  private(set) var dropped = 0
  /// A pipe that polls writable takes this much without blocking.
  private static let atomic = 4_096

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// False when bytes were dropped.
  @discardableResult
  package func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&wait, 1, isStalled ? 0 : 1_000) > 0, wait.revents & Int16(POLLOUT) != 0 else {
        isStalled = true
        dropped += rest.count
        return false
      }
      isStalled = false
      let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, Self.atomic))
      if count < 0 && errno != EINTR && errno != EAGAIN {
        dropped += rest.count
        return false
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, count)))
    }
    dropped = 0
    return true
  }
}
