import CEvent
import Glibc

/// An answer that goes on until one side ends it. Releasing it ends it.
package final class HTTPStream {
  private var raw: OpaquePointer?
  private var connection: OpaquePointer?
  /// The client went away; the stream is over.
  package var onClose: () -> Void = {}
  /// Seconds a client may take nothing before it is cut.
  private static let patience = timeval(tv_sec: 60, tv_usec: 0)

  private let pending: Pending

  init(_ raw: OpaquePointer, _ pending: Pending) {
    self.raw = raw
    self.pending = pending
    pending.streams += 1
    connection = evhttp_request_get_connection(raw)
    if let connection {
      // Silence is what such a stream is about; only a reader that takes nothing is cut.
      var patience = Self.patience
      bufferevent_set_timeouts(evhttp_connection_get_bufferevent(connection), nil, &patience)
      let me = Unmanaged.passUnretained(self).toOpaque()
      evhttp_connection_set_closecb(
        connection,
        { _, context in
          if let context {
            Unmanaged<HTTPStream>.fromOpaque(context).takeUnretainedValue().closed()
          }
        }, me)
    }
    evhttp_send_reply_start(raw, 200, HTTPStatus.reason(200))
  }

  deinit { end() }

  /// Bytes the client has not taken yet.
  package var backlog: Int {
    guard let connection else { return 0 }
    return evbuffer_get_length(
      bufferevent_get_output(evhttp_connection_get_bufferevent(connection)))
  }

  /// Sends some bytes; nothing happens when the stream is over.
  package func send(_ bytes: [UInt8]) {
    guard let raw, !bytes.isEmpty else { return }
    let buffer = evbuffer_new()
    defer { evbuffer_free(buffer) }
    bytes.withUnsafeBytes { _ = evbuffer_add(buffer, $0.baseAddress, $0.count) }
    evhttp_send_reply_chunk(raw, buffer)
  }

  /// Ends it properly.
  package func end() {
    guard let raw else { return }
    self.raw = nil
    if let connection { evhttp_connection_set_closecb(connection, nil, nil) }
    connection = nil
    evhttp_send_reply_end(raw)
    pending.streams -= 1
    pending.end()
  }

  /// The connection is being freed; what is left of the request is ours to free.
  private func closed() {
    let told = onClose
    if let connection { evhttp_connection_set_closecb(connection, nil, nil) }
    connection = nil
    told()
  }
}
