import CEvent
import Glibc

/// One request, to be answered exactly once: by `respond` or by `stream`.
package final class HTTPRequest {
  /// `GET`, `POST` ...; anything unusual is `OTHER`.
  package let method: String
  /// The request's target as it was sent, percent signs and all.
  package let target: String
  /// The part before `?`, decoded.
  package let path: String
  /// The part after `?`, not decoded; nil without one.
  package let query: String?
  /// Everything after the headers.
  package let body: [UInt8]
  private let raw: OpaquePointer
  private let pending: Pending
  private var isAnswered = false

  init(_ raw: OpaquePointer, _ pending: Pending) {
    self.raw = raw
    self.pending = pending
    pending.begin()
    method = Self.method(of: raw)
    target = evhttp_request_get_uri(raw).map { String(cString: $0) } ?? "/"
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = Percent.decode(String(parts[0]))
    query = parts.count > 1 ? String(parts[1]) : nil
    body = Self.take(evhttp_request_get_input_buffer(raw))
    dropStrayLineEnds()
  }

  /// Asked and never answered: a mistake of ours must not keep the client waiting for ever.
  deinit { if !isAnswered { respond(500) } }

  private static func method(of raw: OpaquePointer) -> String {
    switch evhttp_request_get_command(raw) {
    case EVHTTP_REQ_GET: "GET"
    case EVHTTP_REQ_POST: "POST"
    case EVHTTP_REQ_HEAD: "HEAD"
    case EVHTTP_REQ_PUT: "PUT"
    case EVHTTP_REQ_DELETE: "DELETE"
    case EVHTTP_REQ_OPTIONS: "OPTIONS"
    default: "OTHER"
    }
  }

  private static func take(_ buffer: OpaquePointer?) -> [UInt8] {
    guard let buffer else { return [] }
    let count = evbuffer_get_length(buffer)
    return [UInt8](unsafeUninitializedCapacity: count) { space, used in
      used = max(0, Int(evbuffer_remove(buffer, space.baseAddress, count)))
    }
  }

  /// supervisorctl sends one empty line too many after its follow requests (supervisor.md 4.2); evhttp
  /// would take it for the next request.
  private func dropStrayLineEnds() {
    guard let connection = evhttp_request_get_connection(raw),
      let input = bufferevent_get_input(evhttp_connection_get_bufferevent(connection))
    else { return }
    var next: UInt8 = 0
    while evbuffer_copyout(input, &next, 1) == 1, next == 10 || next == 13 {
      evbuffer_drain(input, 1)
    }
  }

  /// A header's first value, whatever the case of its name.
  package func header(_ name: String) -> String? {
    evhttp_find_header(evhttp_request_get_input_headers(raw), name).map { String(cString: $0) }
  }

  /// Who asks, for the log: an address and port, or `localhost:0` over a unix socket.
  package var peer: String {
    guard let connection = evhttp_request_get_connection(raw) else { return "localhost:0" }
    var address: UnsafeMutablePointer<CChar>?
    var port: UInt16 = 0
    evhttp_connection_get_peer(connection, &address, &port)
    guard let address, port > 0 else { return "localhost:0" }
    return "\(String(cString: address)):\(port)"
  }

  // MARK: answering

  /// Answers with a whole body.
  package func respond(
    _ status: Int32, headers: [(String, String)] = [], body: [UInt8] = []
  ) {
    guard !isAnswered else { return }
    isAnswered = true
    write(headers)
    let buffer = evbuffer_new()
    defer { evbuffer_free(buffer) }
    if method != "HEAD" {
      body.withUnsafeBytes { _ = evbuffer_add(buffer, $0.baseAddress, $0.count) }
    }
    evhttp_send_reply(raw, status, HTTPStatus.reason(status), buffer)
    pending.end()
  }

  /// Begins an answer without an end in sight; chunked where the client understands that.
  package func stream(_ headers: [(String, String)]) -> HTTPStream {
    isAnswered = true
    write(headers)
    return HTTPStream(raw, pending)
  }

  private func write(_ headers: [(String, String)]) {
    let output = evhttp_request_get_output_headers(raw)
    for (name, value) in headers { evhttp_add_header(output, name, value) }
    if pending.closesConnections { evhttp_add_header(output, "Connection", "close") }
  }
}

/// Reason phrases.
package enum HTTPStatus {
  /// `OK`, `Not Found` ...
  package static func reason(_ status: Int32) -> String {
    switch status {
    case 200: "OK"
    case 301: "Moved Permanently"
    case 303: "See Other"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 411: "Length Required"
    case 413: "Request Entity Too Large"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Status \(status)"
    }
  }
}
