import CZeroMQ
import Glibc

/// What libzmq refused, by its errno.
package struct ZeroMQError: Error, Equatable, CustomStringConvertible {
  /// The errno, one of the system's or libzmq's own.
  package let code: Int32

  /// Too much waits for a peer.
  package static let full = ZeroMQError(code: ENOBUFS)

  static var last: ZeroMQError { ZeroMQError(code: zmq_errno()) }
  package var description: String { String(cString: zmq_strerror(code)) }
  /// Whether it only means that nothing can be sent or received right now.
  package var wouldBlock: Bool { code == EAGAIN }
}
