import CZeroMQ

/// What libzmq refused, by its errno.
package struct ZeroMQError: Error, Equatable, CustomStringConvertible {
  package let code: Int32

  static var last: ZeroMQError { ZeroMQError(code: zmq_errno()) }
  package var description: String { String(cString: zmq_strerror(code)) }
  package var wouldBlock: Bool { code == EAGAIN }
}
