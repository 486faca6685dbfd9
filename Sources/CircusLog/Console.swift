import Glibc
import LinuxSystem

/// The daemon's own stdout or stderr: a terminal or a pipe whose reader may have stopped (^S, a
/// pager). No terminal may stop a supervisor, so nothing here waits.
package final class Console {
  private let descriptor: Int32
  /// A pipe that polls writable takes this much without blocking.
  private static let atomic = 4_096

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// As much as is taken now. `patience`: milliseconds to wait for room.
  package func write(_ bytes: UnsafeRawBufferPointer, patience: Int32 = 0) -> Int {
    var rest = bytes
    while !rest.isEmpty {
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&wait, 1, patience) > 0, wait.revents & Int16(POLLOUT) != 0 else {
        // Closed for good: nothing is kept for a reader that will not come.
        return wait.revents & Int16(POLLERR | POLLNVAL) != 0
          ? bytes.count : bytes.count - rest.count
      }
      let count = Glibc.write(descriptor, rest.baseAddress, Self.piece(of: rest))
      if count < 0 && errno != EINTR && errno != EAGAIN { return bytes.count }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, count)))
    }
    return bytes.count
  }

  /// How much is written at once: whole lines where there are any, so that what others write in between tears none.
  private static func piece(of bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count > atomic else { return bytes.count }
    return bytes.prefix(atomic).lastIndex(of: 10).map { $0 + 1 } ?? atomic
  }
}
