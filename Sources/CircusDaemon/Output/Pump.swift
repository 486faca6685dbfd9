import CircusModel
import EventLoop
import Glibc
import LinuxSystem

/// Moves the bytes of one pipe to its sink. All pumps share one buffer; the core never sees bytes.
final class Pump {
  let pid: PID
  private let descriptor: FileDescriptor
  var sink: Sink
  /// What `logs` shows.
  private let ring: LineRing
  private var registration: Registration?
  private var isGrown = false
  /// The beginning of a line whose end has not come yet (prefixing sinks only).
  private var partial: [UInt8] = []
  private(set) var isAtEnd = false

  /// One buffer for all pumps of the thread.
  private let buffer: UnsafeMutableRawBufferPointer
  static let bufferSize = 256 * 1024
  private static let pipeSize = 64 * 1024
  private static let grownPipeSize: Int32 = 1 << 20
  /// A line longer than this is passed on in pieces.
  private static let longestLine = 64 * 1024
  /// Reads per readiness: one chatty child must not keep the rest waiting.
  private static let fairness = 8

  init(
    _ readEnd: consuming FileDescriptor, pid: PID, sink: Sink, ring: LineRing,
    buffer: UnsafeMutableRawBufferPointer, loop: EventLoop, atEnd: @escaping (Pump) -> Void
  ) {
    descriptor = readEnd
    self.pid = pid
    self.sink = sink
    self.ring = ring
    self.buffer = buffer
    descriptor.setNonBlocking()
    registration = loop.whenReadable(descriptor.number) { [unowned self] in
      move(atMost: Self.fairness)
      if isAtEnd { atEnd(self) }
    }
  }

  /// Everything that is in the pipe now. Never waits for its end, which a grandchild may hold, and
  /// never for more: it may also write faster than we read.
  func drain() {
    var left = descriptor.readableBytes
    repeat { left -= move(atMost: 1) } while left > 0 && !isAtEnd && descriptor.readableBytes > 0
  }

  /// Returns how many bytes were moved.
  @discardableResult
  private func move(atMost reads: Int) -> Int {
    var moved = 0
    for _ in 0..<reads where !isAtEnd {
      let count: Int?
      do { count = try descriptor.read(into: buffer) } catch { count = 0 }
      guard let count else { break }
      if count == 0 {
        finish()
        break
      }
      moved += count
      if count >= Self.pipeSize && !isGrown {
        isGrown = true
        growPipe(descriptor.number, to: Self.grownPipeSize)
      }
      deliver(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count)))
      // A short read emptied the pipe: asking again would only be told so.
      if count < buffer.count { break }
    }
    return moved
  }

  private func deliver(_ bytes: UnsafeRawBufferPointer) {
    ring.append(bytes, pid: pid.rawValue, time: Clock.wall)
    guard let prefix = sink.wantsLines else { return sink.write(bytes, pid: pid) }
    guard let last = bytes.lastIndex(of: 10) else {
      partial += bytes
      if partial.count >= Self.longestLine { flushPartial() }
      return
    }
    let whole = bytes.prefix(last + 1)
    if partial.isEmpty {
      send(prefix.apply(to: UnsafeRawBufferPointer(rebasing: whole), pid: pid.rawValue))
    } else {
      partial += whole
      send(partial.withUnsafeBytes { prefix.apply(to: $0, pid: pid.rawValue) })
    }
    partial = Array(bytes[(last + 1)...])
  }

  private func send(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { sink.write($0, pid: pid) }
  }

  /// The last line need not end with a newline; the log's does.
  func flushPartial() {
    guard !partial.isEmpty, let prefix = sink.wantsLines else { return }
    partial.append(10)
    send(partial.withUnsafeBytes { prefix.apply(to: $0, pid: pid.rawValue) })
    partial = []
  }

  /// Nothing more will come, or nobody wants it.
  func finish() {
    flushPartial()
    if !isAtEnd { sink.finish(pid: pid) }
    ring.finish(pid: pid.rawValue, time: Clock.wall)
    isAtEnd = true
    registration?.cancel()
    registration = nil
  }
}
