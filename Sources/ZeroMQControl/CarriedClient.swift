import EventLoop
import LinuxSystem
import ZeroMQ

/// A client of the control endpoint whose connection an earlier program of this process has accepted. libzmq
/// cannot take up a connection that exists, so this one is served here for as long as the client keeps it.
final class CarriedClient {
  /// -1 once the client is gone, or has said what it should not.
  private(set) var descriptor: Int32
  private var reader = FrameReader(largest: Endpoints.largestMessage)
  private var unsent: [UInt8] = []
  private var reading: Registration?
  private var writing: Registration?
  private let loop: EventLoop
  private var hasInput = true
  /// What was read may hold more messages.
  private(set) var hasMore = false
  /// Bytes of answers a client may leave unread before it is disconnected.
  private static let mostUnsent = 16 << 20
  private static let pieceSize = 64 << 10

  /// `ready` is called when there may be a message.
  init(owning descriptor: Int32, _ loop: EventLoop, _ ready: @escaping () -> Void) {
    self.descriptor = descriptor
    self.loop = loop
    setNonBlocking(descriptor, true)
    reading = loop.whenReadable(descriptor) { [unowned self] in
      hasInput = true
      ready()
    }
  }

  deinit { close() }

  var isOpen: Bool { descriptor >= 0 }
  /// A message is not whole, or an answer not taken: another program could not go on with it.
  var isWithinMessage: Bool { reader.isWithinMessage || !unsent.isEmpty }

  private func close() {
    reading = nil
    writing = nil
    unsent = []
    closeDescriptor(descriptor)
    descriptor = -1
  }

  /// The next message; nil when there is none now.
  func receive() -> [[UInt8]]? {
    hasMore = true
    while isOpen {
      do {
        switch try reader.take() {
        case .message(let frames): return frames
        case .ping(let context): send(FrameReader.pong(context))
        case nil: hasMore = read()
        }
      } catch {
        close()
      }
      if !hasMore { break }
    }
    hasMore = false
    return nil
  }

  /// Whether there was something to read.
  private func read() -> Bool {
    guard hasInput else { return false }
    withUnsafeTemporaryAllocation(byteCount: Self.pieceSize, alignment: 1) { buffer in
      do {
        guard let count = try readSome(descriptor, buffer) else { return hasInput = false }
        if count == 0 { close() }
        reader.add(buffer[..<count])
      } catch {
        close()
      }
    }
    return isOpen && hasInput
  }

  /// Never blocks; what the client does not take at once waits, within a bound.
  func send(frames: [[UInt8]]) { send(FrameReader.message(frames)) }

  private func send(_ bytes: [UInt8]) {
    guard isOpen else { return }
    unsent += bytes
    push()
    if unsent.count > Self.mostUnsent { close() }
  }

  private func push() {
    let (written, error) = unsent.withUnsafeBytes { writeSome(descriptor, $0) }
    unsent.removeFirst(written)
    guard !unsent.isEmpty else { return writing = nil }
    guard error?.wouldBlock == true else { return close() }
    if writing == nil {
      writing = loop.whenWritable(descriptor) { [unowned self] in push() }
    }
  }
}
