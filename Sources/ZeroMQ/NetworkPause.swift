import CZeroMQ
import Glibc
import LinuxSystem

/// Holds a context's network thread still: while it lasts, nothing is read from or written to any connection,
/// and what has arrived stays with the kernel. That is what a program needs that leaves its connections to
/// another one.
///
/// libzmq tells the sender of a message when it needs the bytes no longer, from its network thread, once they
/// are written. Such a call that does not come back until it is released is the pause; the message goes from
/// here to here. Everything sent before it has been written by then, as far as the receivers took it, and
/// everything received is with its socket.
package final class NetworkPause {
  private let sender: Socket
  private let receiver: Socket
  private let gate: Gate
  /// The thread came too late once: it may still come.
  private var isStuck = false

  /// Kept by the message that is on its way, so that the thread finds it whenever it comes by.
  private final class Gate: Sendable {
    let reached: Pipe
    let opened: Pipe

    init() throws(Errno) {
      reached = try Pipe()
      opened = try Pipe()
    }
  }

  /// Prepares it for a context with one network thread, which is libzmq's default.
  package init(_ context: Context) throws(ZeroMQError) {
    receiver = try Socket(context, .pair)
    sender = try Socket(context, .pair)
    // A name in Linux's abstract space: no file; and no other process may come first.
    receiver.accept(user: geteuid())
    let name = "ipc://@swift-circus-\(getpid())-\(UInt64.random(in: .min ... .max))"
    receiver.setTimeout(Self.patience)
    try receiver.bind(name)
    try sender.connect(name)
    do throws(Errno) { gate = try Gate() } catch { throw ZeroMQError(code: error.code) }
    // From here on the thread looks for a message only when its turn among all that was sent has come; the
    // first one it finds as soon as the connection stands.
    try sender.send([[0]])
    guard try receiver.receive(wait: true) != nil else { throw ZeroMQError(code: ETIMEDOUT) }
  }

  /// Begins the pause; false when the thread does not get there within a second. Must be ended before any
  /// socket of the context is closed.
  package func begin() -> Bool {
    guard !isStuck else { return false }
    let kept = Unmanaged.passRetained(gate)
    let token = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    token.initialize(to: 0)
    do throws(ZeroMQError) {
      try sender.send(token: token, released: Self.stay, kept.toOpaque())
    } catch {
      kept.release()
      token.deallocate()
      return false
    }
    var question = pollfd(fd: gate.reached.readEnd.number, events: Int16(POLLIN), revents: 0)
    var result: Int32
    repeat { result = poll(&question, 1, Self.patience) } while result < 0 && errno == EINTR
    if result <= 0 {
      isStuck = true
      end()
      return false
    }
    Self.pass(gate.reached.readEnd)
    return true
  }

  /// Lets the thread go on, and waits until it does: a second message that it found there at once would
  /// hold it again before it has seen to any other socket.
  package func end() {
    Self.tell(gate.opened.writeEnd)
    _ = try? receiver.receive(wait: true)
  }

  /// Milliseconds the thread has to come by.
  private static let patience: Int32 = 1_000

  private static func tell(_ end: borrowing FileDescriptor) { try? writeAll(end.number, [0]) }

  /// Waits for one byte.
  private static func pass(_ end: borrowing FileDescriptor) {
    withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { _ = try? end.read(into: $0) }
  }

  /// Called by the network thread.
  private static let stay:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void =
      { token, hint in
        token?.deallocate()
        guard let hint else { return }
        let gate = Unmanaged<Gate>.fromOpaque(hint).takeRetainedValue()
        tell(gate.reached.writeEnd)
        pass(gate.opened.readEnd)
      }
}
