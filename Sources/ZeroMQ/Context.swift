import CZeroMQ

/// One libzmq context: its threads and its sockets. Ended when the last reference goes.
package final class Context {
  let pointer: UnsafeMutableRawPointer

  /// `maxSockets` bounds what one process may open.
  package init() {
    guard let made = zmq_ctx_new() else { fatalError("zmq_ctx_new: out of memory") }
    pointer = made
  }

  deinit { zmq_ctx_term(pointer) }
}
