import EventLoop
import Glibc
import LinuxSystem

/// The pipe to one process's stdin. What it does not take at once waits, within a bound.
package final class StandardInput {
  /// Why something could not be written.
  package enum Refusal: Error {
    /// The process has closed its end.
    case closed
    /// It takes nothing, and enough is waiting already.
    case full
  }

  private var descriptor: Int32
  private let loop: EventLoop
  /// Bytes the process has not taken yet.
  package private(set) var waiting: [UInt8] = []
  private var registration: Registration?
  private static let longestBacklog = 4 << 20

  /// Takes ownership of the write end, which becomes non-blocking.
  package init(owning descriptor: Int32, loop: EventLoop) {
    self.descriptor = descriptor
    self.loop = loop
    setNonBlocking(descriptor, true)
  }

  deinit { close() }

  /// The pipe's number; nil once it is closed.
  package var number: Int32? { descriptor >= 0 ? descriptor : nil }

  /// The number both ends of the pipe share; nil once it is closed.
  package var inode: UInt64? { number.flatMap(Files.inode) }

  /// Writes what the pipe takes now; the rest follows when there is room. Throws when the process
  /// has closed its end, or when 4 MB wait already; nothing is sent then.
  package func send(_ bytes: [UInt8]) throws(Refusal) {
    guard descriptor >= 0, !isClosedByReader else { throw .closed }
    guard waiting.count < Self.longestBacklog else { throw .full }
    waiting += bytes
    push()
  }

  /// A pipe without a reader says so before anything is written.
  private var isClosedByReader: Bool {
    var question = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&question, 1, 0) > 0 && question.revents & Int16(POLLERR) != 0
  }

  private func push() {
    while !waiting.isEmpty, descriptor >= 0 {
      let count = waiting.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        waiting.removeFirst(count)
      } else if count < 0 && errno == EAGAIN {
        if registration == nil {
          registration = loop.whenWritable(descriptor) { [unowned self] in push() }
        }
        return
      } else if errno != EINTR {
        return close()
      }
    }
    registration = nil
  }

  private func close() {
    registration = nil
    waiting = []
    closeDescriptor(descriptor)
    descriptor = -1
  }
}
