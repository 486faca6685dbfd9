import CircusCore
import CircusLog
import CircusWire
import EventLoop
import JSON
import LinuxSystem
import ZeroMQ

/// The ROUTER socket: frames to requests, replies to frames. Serves DEALER clients (one frame) and
/// REQ clients (an empty frame before it).
package final class ControlSocket {
  /// Whom a request came from: one of libzmq's connections, or one an earlier program accepted.
  private enum Peer {
    case socket(Socket)
    case carried(CarriedClient)
  }

  private struct Route {
    var peer: Peer
    /// The frames before the answer: who among the socket's peers, and what a REQ client expects.
    var envelope: [[UInt8]]
    var id = JSON.null
  }

  /// The ROUTER socket at the present address.
  package private(set) var socket: Socket
  /// Clients of an earlier program in this process.
  private var carried: [CarriedClient] = []
  private var lastServed = 0
  private var registration: Registration?
  private var ready: (() -> Void)?
  private var backlog = AnswerBacklog()
  private var retry: Registration?
  private var loop: EventLoop?
  /// Milliseconds between two looks whether clients have read.
  private static let retryPause = 20
  private let log: Logger
  /// Larger requests are answered with an error instead of being parsed.
  private static let largestRequest = 4 << 20
  /// Nanoseconds per turn: control must not keep deaths, signals and output waiting.
  private static let budget: Int64 = 5_000_000

  /// Takes a request, and how it is answered; nil: the client wants no answer (a cast).
  package typealias Handler = (Request, ((Reply) -> Void)?) -> Void

  package init(_ socket: Socket, log: Logger) {
    self.socket = socket
    self.log = log
  }

  /// Calls `ready` whenever requests may have come, from clients of either kind.
  package func watch(_ loop: EventLoop, _ ready: @escaping () -> Void) {
    self.ready = ready
    self.loop = loop
    registration?.cancel()
    registration = loop.whenReadable(socket.descriptor, ready)
  }

  /// Watches no more; the socket stays open.
  package func stop() { registration?.cancel() }

  /// Whether a request has arrived that was not handled.
  package var hasInput: Bool { socket.hasInput || carried.contains(where: \.hasMore) }

  /// Serves clients of an earlier program, by their connections.
  package func carry(_ connections: [Int32], _ loop: EventLoop) {
    carried += connections.map { number in
      CarriedClient(owning: number, loop) { [unowned self] in ready?() }
    }
  }

  /// Carried connections on which something is halfway in or out.
  package var halfway: [Int32] { carried.filter(\.isWithinMessage).map(\.descriptor) }

  /// Goes on at another address; parked commands are still answered at the old one.
  package func move(to fresh: Socket, _ loop: EventLoop) {
    socket = fresh
    backlog = AnswerBacklog()
    if let ready { watch(loop, ready) }
  }

  /// Takes what has arrived, as far as the budget goes. True when there may be more: the descriptor
  /// will not tell again.
  package func drain(_ handle: Handler) -> Bool {
    let end = Clock.monotonic + Self.budget
    carried.removeAll { !$0.isOpen }
    var hasTaken: Bool
    repeat {
      // One from each in turn: a client that sends without end does not delay the others.
      hasTaken = takeFromSocket(handle)
      for _ in carried.indices where Clock.monotonic < end {
        lastServed = (lastServed + 1) % carried.count
        hasTaken = takeFromCarried(carried[lastServed], handle) || hasTaken
      }
    } while hasTaken && Clock.monotonic < end
    return hasTaken
  }

  /// Whether there was something.
  private func takeFromSocket(_ handle: Handler) -> Bool {
    do {
      guard let frames = try socket.receive() else { return false }
      if let identity = frames.first {
        take(frames.dropFirst(), Route(peer: .socket(socket), envelope: [identity]), handle)
      }
      return true
    } catch {
      log.error("control socket: \(error)")
      return false
    }
  }

  private func takeFromCarried(
    _ client: CarriedClient, _ handle: Handler
  ) -> Bool {
    guard let frames = client.receive() else { return false }
    take(frames[...], Route(peer: .carried(client), envelope: []), handle)
    return true
  }

  private func take(
    _ frames: ArraySlice<[UInt8]>, _ sender: Route, _ handle: Handler
  ) {
    var route = sender
    var rest = frames
    if rest.count != 1, rest.first?.isEmpty == true { route.envelope.append(rest.removeFirst()) }
    guard rest.count == 1, let payload = rest.first else {
      log.warning("got unexpected message of \(frames.count + 1) frames")
      return send(
        .error(.invalid("message invalid: one frame is expected, got \(frames.count)")), route)
    }
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
      let answered = route
      handle(request) { [unowned self] reply in send(reply, answered) }
    }
  }

  private func send(_ reply: Reply, _ route: Route) {
    let payload = reply.encode(id: route.id, time: Clock.wall)
    let frames = route.envelope + [payload]
    switch route.peer {
    case .carried(let client): client.send(frames: frames)
    case .socket(let socket):
      // A client that went away or does not read loses its reply.
      do {
        if socket === self.socket, let peer = frames.first {
          try backlog.send(frames, to: peer, socket)
          retryLater()
        } else {
          try socket.send(frames)
        }
      } catch {
        log.debug("reply not sent: \(error)")
      }
    }
  }

  private func retryLater() {
    guard !backlog.isEmpty, retry == nil else { return }
    retry = loop?.after(milliseconds: Self.retryPause) { [unowned self] in
      retry = nil
      backlog.flush(socket)
      // Looking at a socket may use up what its descriptor had to tell.
      ready?()
      retryLater()
    }
  }
}
