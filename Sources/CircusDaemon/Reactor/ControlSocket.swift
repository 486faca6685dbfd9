import CircusCore
import CircusLog
import CircusWire
import EventLoop
import JSON
import LinuxSystem
import ZeroMQ

/// The ROUTER socket: frames to requests, replies to frames. Serves DEALER clients (one frame) and
/// REQ clients (an empty frame before it).
final class ControlSocket {
  private struct Route {
    var identity: [UInt8]
    var hasDelimiter: Bool
    var id: JSON
    var socket: Socket
  }

  private(set) var socket: Socket
  private var registration: Registration?
  private var ready: (() -> Void)?
  private var routes: [Ticket: Route] = [:]
  private var lastTicket: UInt64 = 0
  private let log: Logger
  /// Larger requests are answered with an error instead of being parsed.
  private static let largestRequest = 4 << 20
  /// Nanoseconds per turn: control must not keep deaths, signals and output waiting.
  private static let budget: Int64 = 5_000_000

  init(_ socket: Socket, log: Logger) {
    self.socket = socket
    self.log = log
  }

  func watch(_ loop: EventLoop, _ ready: @escaping () -> Void) {
    self.ready = ready
    registration?.cancel()
    registration = loop.whenReadable(socket.descriptor, ready)
  }

  func stop() { registration?.cancel() }

  /// Whether a request has arrived.
  var hasInput: Bool { socket.hasInput }

  /// Lets go of everything; what was answered still goes out.
  func close() {
    stop()
    for route in routes.values { route.socket.close() }
    routes = [:]
    socket.close()
  }

  /// Goes on at another address; parked commands are still answered at the old one.
  func move(to fresh: Socket, _ loop: EventLoop) {
    socket = fresh
    if let ready { watch(loop, ready) }
  }

  /// Takes what has arrived, as far as the budget goes. True when there may be more: the descriptor
  /// will not tell again.
  func drain(_ handle: (Request, Ticket?) -> Void) -> Bool {
    let end = Clock.monotonic + Self.budget
    repeat {
      let frames: [[UInt8]]?
      do { frames = try socket.receive() } catch {
        log.error("control socket: \(error)")
        return false
      }
      guard let frames else { return false }
      take(frames, handle)
    } while Clock.monotonic < end
    return socket.hasInput
  }

  private func take(_ frames: [[UInt8]], _ handle: (Request, Ticket?) -> Void) {
    guard let identity = frames.first else { return }
    let hasDelimiter = frames.count == 3 && frames[1].isEmpty
    guard frames.count == 2 || hasDelimiter, let payload = frames.last else {
      log.warning("got unexpected message of \(frames.count) frames")
      let isRequest = frames.count > 1 && frames[1].isEmpty
      let route = Route(
        identity: identity, hasDelimiter: isRequest, id: .null, socket: socket)
      return send(
        .error(.invalid("message invalid: one frame is expected, got \(frames.count - 1)")), route)
    }
    var route = Route(
      identity: identity, hasDelimiter: hasDelimiter, id: .null, socket: socket)
    guard payload.count <= Self.largestRequest else {
      log.warning("a request of \(payload.count) bytes was refused")
      send(
        .error(
          .invalid(
            "message invalid: \(payload.count) bytes, at most \(Self.largestRequest) are accepted")
        ), route)
      return Environment.trimHeap()
    }
    let message = RequestMessage.decode(payload)
    route.id = message.id
    switch message.request {
    case .failure(let error):
      log.debug("refused a request: \(error.reason)")
      if !message.isCast { send(.error(error), route) }
    case .success(let request):
      guard !message.isCast else { return handle(request, nil) }
      lastTicket += 1
      let ticket = Ticket(lastTicket)
      routes[ticket] = route
      handle(request, ticket)
    }
  }

  func reply(_ ticket: Ticket, _ reply: Reply) {
    guard let route = routes.removeValue(forKey: ticket) else { return }
    send(reply, route)
  }

  private func send(_ reply: Reply, _ route: Route) {
    let payload = reply.encode(id: route.id, time: Clock.wall)
    var frames = [route.identity]
    if route.hasDelimiter { frames.append([]) }
    frames.append(payload)
    // A client that went away or does not read: its reply is lost, nobody else's.
    do { try route.socket.send(frames) } catch { log.debug("reply not sent: \(error)") }
  }
}
