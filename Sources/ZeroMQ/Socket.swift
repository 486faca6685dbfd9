import CZeroMQ
import LinuxSystem

/// A libzmq socket, owned by one thread; closed when released, without lingering unless told.
package final class Socket {
  /// What it is for: router and dealer carry commands, publish and subscribe events; a pair talks to itself.
  package enum Kind { case router, dealer, publish, subscribe, pair }

  private let pointer: UnsafeMutableRawPointer
  private let context: Context
  private var isClosed = false

  package init(_ context: Context, _ kind: Kind) throws(ZeroMQError) {
    let type: Int32 =
      switch kind {
      case .router: ZMQ_ROUTER
      case .dealer: ZMQ_DEALER
      case .publish: ZMQ_PUB
      case .subscribe: ZMQ_SUB
      case .pair: ZMQ_PAIR
      }
    guard let made = zmq_socket(context.pointer, type) else { throw .last }
    pointer = made
    self.context = context
    set(ZMQ_LINGER, 0)
  }

  deinit { close() }

  /// Closes it now; what was sent still goes out as far as the linger time allows.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    zmq_close(pointer)
  }

  // MARK: options

  /// How long closing may wait for unsent messages, in milliseconds; -1 for ever.
  package func setLinger(_ milliseconds: Int32) { set(ZMQ_LINGER, milliseconds) }
  /// Messages queued for one slow peer before they are dropped or sending blocks.
  package func setHighWater(_ messages: Int32) {
    set(ZMQ_SNDHWM, messages)
    set(ZMQ_RCVHWM, messages)
  }
  /// Messages queued that were received and not asked for; then the sender is slowed down.
  package func setReceiveHighWater(_ messages: Int32) { set(ZMQ_RCVHWM, messages) }
  /// A longer message closes its sender's connection instead of filling our memory.
  package func setMaxMessage(bytes: Int64) {
    var value = bytes
    zmq_setsockopt(pointer, ZMQ_MAXMSGSIZE, &value, MemoryLayout<Int64>.size)
  }
  /// `send` throws for a peer that is gone, or that does not take what was sent before, instead of dropping the
  /// message in silence.
  package func setMandatory() { set(ZMQ_ROUTER_MANDATORY, 1) }
  /// A connection that has not introduced itself within this is closed, in milliseconds.
  package func setHandshakeTime(_ milliseconds: Int32) { set(ZMQ_HANDSHAKE_IVL, milliseconds) }
  /// Over `ipc://`, only connections from processes of these users are accepted, as the kernel tells
  /// who they are; to be called for each of them, before `bind`.
  package func accept(user: UInt32) { set(ZMQ_IPC_FILTER_UID, Int32(bitPattern: user)) }

  /// How long `receive` and `send` may block, in milliseconds; -1 for ever.
  package func setTimeout(_ milliseconds: Int32) {
    set(ZMQ_RCVTIMEO, milliseconds)
    set(ZMQ_SNDTIMEO, milliseconds)
  }

  /// Asks for messages whose first frame begins so; empty: for all.
  package func subscribe(to prefix: String) throws(ZeroMQError) {
    let bytes = Array(prefix.utf8)
    if zmq_setsockopt(pointer, ZMQ_SUBSCRIBE, bytes, bytes.count) != 0 { throw .last }
  }

  private func set(_ option: Int32, _ value: Int32) {
    var value = value
    zmq_setsockopt(pointer, option, &value, MemoryLayout<Int32>.size)
  }

  private func option(_ option: Int32) -> Int32 {
    var value: Int32 = 0
    var size = MemoryLayout<Int32>.size
    zmq_getsockopt(pointer, option, &value, &size)
    return value
  }

  // MARK: addresses

  /// Listens at an address; throws when it is taken or wrong. A host's name is looked up, which libzmq before
  /// 4.3.5 does not do.
  package func bind(_ endpoint: String) throws(ZeroMQError) {
    if zmq_bind(pointer, endpoint) == 0 { return }
    let error = ZeroMQError.last
    guard error.code == ENODEV, let numeric = Self.resolved(endpoint) else { throw error }
    if zmq_bind(pointer, numeric) != 0 { throw .last }
  }

  private static func resolved(_ endpoint: String) -> String? {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
    let host = endpoint[..<colon].dropFirst("tcp://".count)
    return Network.address(of: String(host)).map { "tcp://\($0)\(endpoint[colon...])" }
  }

  /// The same on a socket that listens already, which is libzmq's from now on.
  package func bind(_ endpoint: String, listening descriptor: Int32) throws(ZeroMQError) {
    set(ZMQ_USE_FD, descriptor)
    defer { set(ZMQ_USE_FD, -1) }
    try bind(endpoint)
  }

  /// Stops listening at an address; failure is ignored.
  package func unbind(_ endpoint: String) { zmq_unbind(pointer, endpoint) }

  /// Connects in the background; throws only for an address that cannot be right.
  package func connect(_ endpoint: String) throws(ZeroMQError) {
    if zmq_connect(pointer, endpoint) != 0 { throw .last }
  }

  /// The address really bound, with the port the kernel chose for `:*`.
  package var boundEndpoint: String {
    var buffer = [UInt8](repeating: 0, count: 256)
    var size = buffer.count
    guard zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0 else { return "" }
    return String(decoding: buffer.prefix(max(0, size - 1)), as: UTF8.self)
  }

  // MARK: readiness

  /// The descriptor to watch. It is edge-triggered and says only "look": after every wake-up *and
  /// after every send or receive*, ask `hasInput` until it is false, or messages are forgotten.
  package var descriptor: Int32 { option(ZMQ_FD) }

  /// Whether a message can be received now.
  package var hasInput: Bool { option(ZMQ_EVENTS) & ZMQ_POLLIN != 0 }

  // MARK: messages

  /// Sends one message of several frames. Never blocks when `wait` is false.
  package func send(_ frames: [[UInt8]], wait: Bool = false) throws(ZeroMQError) {
    for (index, frame) in frames.enumerated() {
      let more = index + 1 < frames.count ? ZMQ_SNDMORE : 0
      try send(frame, flags: more | (wait ? 0 : ZMQ_DONTWAIT))
    }
  }

  private func send(_ frame: [UInt8], flags: Int32) throws(ZeroMQError) {
    while zmq_send(pointer, frame, frame.count, flags) < 0 {
      if zmq_errno() != EINTR { throw .last }
    }
  }

  /// Sends one byte that stays where it is; `released` is called with the hint, by libzmq's own thread, once
  /// it is written.
  func send(
    token: UnsafeMutablePointer<UInt8>,
    released: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void,
    _ hint: UnsafeMutableRawPointer
  ) throws(ZeroMQError) {
    var message = zmq_msg_t()
    guard zmq_msg_init_data(&message, token, 1, released, hint) == 0 else { throw .last }
    if zmq_msg_send(&message, pointer, ZMQ_DONTWAIT) < 0 {
      // Not closed: that would call `released` here.
      throw .last
    }
  }

  /// The next message; nil when there is none (or, waiting, when the timeout passed).
  package func receive(wait: Bool = false) throws(ZeroMQError) -> [[UInt8]]? {
    var frames: [[UInt8]] = []
    repeat {
      var message = zmq_msg_t()
      zmq_msg_init(&message)
      defer { zmq_msg_close(&message) }
      while zmq_msg_recv(&message, pointer, wait ? 0 : ZMQ_DONTWAIT) < 0 {
        let error = ZeroMQError.last
        if error.wouldBlock { return nil }
        if error.code != EINTR { throw error }
      }
      let size = zmq_msg_size(&message)
      frames.append(Array(UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: size)))
    } while option(ZMQ_RCVMORE) != 0
    return frames
  }
}
