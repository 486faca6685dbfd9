import CEvent
import EventLoop
import Glibc
import LinuxSystem

/// An HTTP server in the daemon's own loop, over libevent's evhttp: it parses, keeps connections
/// alive and bounds what a client may send; who calls what is the handler's business.
package final class HTTPServer {
  /// What a client may cost.
  package struct Bounds {
    /// Request line and headers, in bytes.
    package var headerBytes = 64 << 10
    /// A request's body, in bytes; more is answered with 413.
    package var bodyBytes = 8 << 20
    /// Seconds a connection may be silent before its first request is complete.
    package var firstSeconds: Int32 = 10
    /// Seconds it may be silent after that.
    package var idleSeconds: Int32 = 600
    package init() {}
  }

  /// Kept, because evhttp must be freed before its base.
  private let loop: EventLoop
  private let server: OpaquePointer
  private let handler: (HTTPRequest) -> Void
  private let bounds: Bounds
  private var listeners: [OpaquePointer] = []
  private var sockets: [OpaquePointer] = []
  /// Requests that are not answered to their end.
  private let pending = Pending()

  /// Whether a client still waits for an answer or its end. Only without them may the server go.
  package var isBusy: Bool { pending.count > 0 }
  /// Whether a client waits for an answer; those without an end do not count.
  package var isAnswering: Bool { pending.count > pending.streams }

  /// `handler` must answer every request, at once or later.
  package init(
    _ loop: EventLoop, bounds: Bounds = Bounds(), _ handler: @escaping (HTTPRequest) -> Void
  ) {
    guard let made = evhttp_new(loop.base) else { fatalError("evhttp_new: no memory") }
    self.loop = loop
    self.handler = handler
    self.bounds = bounds
    server = made
    evhttp_set_max_headers_size(server, bounds.headerBytes)
    evhttp_set_max_body_size(server, bounds.bodyBytes)
    evhttp_set_timeout(server, bounds.firstSeconds)
    // All of them: what is not known is refused by the handler, in its own words.
    evhttp_set_allowed_methods(server, 0xFFFF)
    evhttp_set_default_content_type(server, nil)
    let me = Unmanaged.passUnretained(self).toOpaque()
    evhttp_set_gencb(
      server,
      { request, context in
        guard let request, let context else { return }
        Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().take(request)
      }, me)
  }

  deinit {
    stopListening()
    // What requests point to must stay after the server is let go of.
    if !isBusy { evhttp_free(server) }
  }

  /// Takes no more connections; those there are go on.
  package func stopListening() {
    for listener in listeners {
      Exhaustion.forget(listener)
      evconnlistener_disable(listener)
    }
    for socket in sockets { evhttp_del_accept_socket(server, socket) }
    listeners = []
    sockets = []
  }

  /// Leaves new connections waiting in the kernel, and ends each of the present ones with its next answer, as
  /// HTTP has it; `false` goes back to normal. For a server whose sockets another program is about to have.
  package func windDown(_ isDown: Bool = true) {
    pending.closesConnections = isDown
    for listener in listeners {
      _ = isDown ? evconnlistener_disable(listener) : evconnlistener_enable(listener)
    }
  }

  private func take(_ request: OpaquePointer) {
    let connection = evhttp_request_get_connection(request)
    evhttp_connection_set_timeout(connection, bounds.idleSeconds)
    AcceptGuard.hasSpoken(bufferevent_getfd(evhttp_connection_get_bufferevent(connection)))
    handler(HTTPRequest(request, pending))
  }

  /// Accepts connections on a bound socket, which is this server's from now on.
  package func listen(on descriptor: Int32) {
    setNonBlocking(descriptor, true)
    AcceptGuard.expectReports(of: descriptor)
    let flags = UInt32(LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC)
    // Freed with the server.
    guard let listener = evconnlistener_new(loop.base, nil, nil, flags, 1_024, descriptor) else {
      return closeDescriptor(descriptor)
    }
    if let socket = evhttp_bind_listener(server, listener) { sockets.append(socket) }
    Exhaustion.watch(listener)
    listeners.append(listener)
  }
}

/// The requests in work: how many, and what they have to know of the server.
final class Pending {
  fileprivate(set) var count = 0
  /// Those whose answer has no end.
  var streams = 0
  fileprivate(set) var closesConnections = false
  func begin() { count += 1 }
  func end() { count -= 1 }
}
