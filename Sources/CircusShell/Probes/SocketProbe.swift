import CircusCore
import CircusModel
import EventLoop
import Glibc
import LinuxSystem

/// Asks over a connection: whether it can be made, and what an HTTP server answers on it.
///
/// The story:
///   1. connect to each address of the host in turn, until one takes it
///   2. that alone is the answer, or a request is sent and its answer judged
///   3. the connection is parted with politely, whatever came
/// All of it within the timeout. A redirect begins again with another path.
final class SocketProbe: Connecting {
  private let question: ProbeQuestion
  private let loop: EventLoop
  private let parting: PartingSockets
  private let pending = PendingAnswer()
  private var watch: Registration?
  private var descriptor: Int32 = -1
  private var isConnected = false
  /// Addresses that were not tried yet.
  private var addresses: [String] = []
  private var exchange: HTTPExchange?
  /// What is left of the request.
  private var unsent: [UInt8] = []

  init(_ question: ProbeQuestion, loop: EventLoop, parting: PartingSockets) {
    self.question = question
    self.loop = loop
    self.parting = parting
    if case .http(let check) = question.check { exchange = HTTPExchange(check) }
  }

  deinit { closeDescriptor(descriptor) }

  func start(_ answer: @escaping (ProbeAnswer) -> Void) {
    pending.await(answer)
    connect()
    // Most are answered by then.
    guard pending.isOpen else { return }
    pending.limit(
      milliseconds: question.timeout.milliseconds, loop, late: { [unowned self] in late },
      expire: { [unowned self] in give($0, $1) })
  }

  func abandon() {
    pending.withdraw()
    leave()
  }

  private var late: String {
    let seconds = question.timeout.seconds.description
    return "\(isConnected ? "no answer" : "no connection") within \(seconds) s"
  }

  private func give(_ outcome: ProbeAnswer.Outcome, _ text: String) {
    leave()
    pending.give(outcome, text)
  }

  private func leave() {
    watch?.cancel()
    watch = nil
    if descriptor >= 0 { parting.part(descriptor) }
    descriptor = -1
  }

  // MARK: the connection

  private var place: (path: String?, host: String, port: Int) {
    switch question.check {
    case .tcp(let host, let port): return (nil, host, port)
    case .unix(let path): return (path, "", 0)
    case .http(let check):
      return (check.socket.isEmpty ? nil : check.socket, check.url.host, check.url.port)
    case .exec, .figure: return (nil, "", 0)
    }
  }

  private func connect() {
    let place = place
    if let path = place.path {
      return attempt { () throws(Errno) in
        try Network.beginConnecting(path: path)
      }
    }
    guard let addresses = Network.addresses(place.host) else {
      return give(.error, "\(place.host) is no address")
    }
    self.addresses = addresses
    connectToNext()
  }

  private func connectToNext() {
    let address = addresses.removeFirst()
    attempt { () throws(Errno) in
      try Network.beginConnecting(address: address, port: place.port)
    }
  }

  private func attempt(_ begin: () throws(Errno) -> Network.Attempt) {
    do throws(Errno) {
      let attempt = try begin()
      descriptor = attempt.descriptor
      guard !attempt.isDone else { return attempt.stands ? stands() : connected() }
      watch = loop.whenWritable(descriptor) { [unowned self] in
        watch?.cancel()
        watch = nil
        connected()
      }
    } catch { failed(error) }
  }

  private func connected() {
    if let problem = Network.problem(of: descriptor) { return failed(problem) }
    stands()
  }

  private func stands() {
    isConnected = true
    let place = place
    guard place.path != nil || !Network.isConnectedToItself(descriptor, port: place.port) else {
      return give(.failure, "nothing listens: the connection met itself")
    }
    guard let exchange else { return give(.success, "connected") }
    unsent = exchange.request
    send()
  }

  private func failed(_ problem: Errno) {
    closeDescriptor(descriptor)
    descriptor = -1
    guard addresses.isEmpty else { return connectToNext() }
    // What this daemon or machine is short of says nothing about the peer.
    let isOurs = [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(problem.code)
    give(isOurs ? .error : .failure, "connect: \(problem.description)")
  }

  // MARK: HTTP

  private func send() {
    let sent = unsent.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard sent >= 0 || errno == EAGAIN || errno == EINTR else {
      return give(.failure, "send: \(Errno.last.description)")
    }
    unsent.removeFirst(max(0, sent))
    watch =
      unsent.isEmpty
      ? loop.whenReadable(descriptor) { [unowned self] in receive() }
      : loop.whenWritable(descriptor) { [unowned self] in send() }
  }

  private func receive() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    // A peer that sends without end must not keep the daemon from its other work.
    for _ in 0..<4 {
      let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count < 0 {
        guard errno != EAGAIN, errno != EINTR else { return }
        return give(.failure, "receive: \(Errno.last.description)")
      }
      switch exchange?.take(buffer[..<count], isEnd: count == 0) {
      case .answer(let outcome, let text)?: return give(outcome, text)
      case .redirect?: return follow()
      case nil: break
      }
    }
  }

  private func follow() {
    watch?.cancel()
    watch = nil
    parting.part(descriptor)
    descriptor = -1
    isConnected = false
    connect()
  }
}
