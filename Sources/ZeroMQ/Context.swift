import CZeroMQ

/// One libzmq context: its threads and its sockets. Ended when the last reference goes.
package final class Context {
  let pointer: UnsafeMutableRawPointer

  /// libzmq's own limits apply: 1,023 sockets.
  package init() {
    guard let made = zmq_ctx_new() else { fatalError("zmq_ctx_new: out of memory") }
    pointer = made
  }

  deinit { end() }

  /// Waits until what was sent has gone out, or its time is over. All sockets must be closed.
  package func end() {
    guard !isEnded else { return }
    isEnded = true
    zmq_ctx_term(pointer)
  }

  private var isEnded = false
}
