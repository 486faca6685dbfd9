import CircusLog
import CircusModel
import CircusSurvival
import EventLoop
import Glibc
import LinuxSystem

/// Moves the bytes of one pipe to its sink. All pumps share one buffer; the core never sees bytes.
package final class Pump {
  /// The process it was made for; others may have the pipe too.
  package internal(set) var pid: PID
  private let descriptor: FileDescriptor
  /// Which of its pid's outputs it is: 1 or 2.
  package let output: Int
  /// Our end.
  package var number: Int32 { descriptor.number }
  /// The pipe's number, by which a later daemon finds it.
  let inode: UInt64
  var sink: Sink {
    didSet {
      path = sink.path
      owner = work.newOwner()
    }
  }
  /// Tells in the work pages whose bytes are in hand.
  private var owner: Int
  private var path: String
  /// What `logs` shows.
  private let ring: LineRing
  private var registration: Registration?
  private var isGrown = false
  /// The beginning of a line whose end has not come yet, where lines are passed on whole.
  private var partial: [UInt8] = []
  /// The end has to come until then.
  private var patience: Registration?
  /// Milliseconds that the beginning of a line is kept, where several write to one place.
  private static let partialPause = 100
  /// Where that is kept for a later daemon.
  private var partialSlot: Int?
  private let work: WorkPages
  private let loop: EventLoop
  /// What happens to what cannot be written now; nil: it depends on where it goes.
  private let onFull: FullPolicy?
  /// What could not be written and is kept; while there is any, nothing more is read.
  private var held: [UInt8] = []
  /// It has been through the sink's filters, and goes into the file as it is.
  private var isHeldFiltered = false
  private var retry: Registration?
  /// Milliseconds between two attempts.
  private static let pause = 200
  /// Looks for a line in what comes; nil: nobody does.
  var watch: LineWatch?
  /// Called with the number of bytes that were given up.
  var onLoss: (Int) -> Void = { _ in }
  private(set) var isAtEnd = false
  /// What stands before its lines where others print, too; nil: nothing.
  var name: String?

  /// How lines are passed on; nil: as the bytes they come as.
  private var shape: LineShape? {
    guard let name, case .plain? = sink.lines else { return sink.lines }
    return .named(name)
  }

  /// One buffer for all pumps of the thread.
  private var buffer: UnsafeMutableRawBufferPointer { work.buffer }
  static let bufferSize = WorkPages.bufferSize
  private static let pipeSize = 64 * 1024
  private static let grownPipeSize: Int32 = 1 << 20
  /// A line longer than this is passed on in pieces.
  private static let longestLine = 64 * 1024
  /// Reads per readiness: one chatty child must not keep the rest waiting.
  private static let fairness = 8
  /// And no more nanoseconds than this, where each line has to be looked at.
  private static let budget: Int64 = 2_000_000
  /// Bytes read at once where each line has to be looked at.
  private static let linedSize = 32 * 1024

  init(
    _ readEnd: consuming FileDescriptor, pid: PID, output: Int, sink: Sink, ring: LineRing,
    onFull: FullPolicy?, work: WorkPages, loop: EventLoop, atEnd: @escaping (Pump) -> Void
  ) {
    inode = readEnd.inode
    descriptor = readEnd
    self.pid = pid
    self.output = output
    self.sink = sink
    path = sink.path
    owner = work.newOwner()
    self.ring = ring
    self.work = work
    self.loop = loop
    self.onFull = onFull
    descriptor.setNonBlocking()
    registration = loop.whenReadable(descriptor.number) { [unowned self] in
      move(atMost: Self.fairness)
      if isAtEnd { atEnd(self) }
    }
  }

  /// Everything that is in the pipe now. Never waits for its end, which a grandchild may hold, and
  /// never for more: it may also write faster than we read.
  func drain() {
    guard !isBlocked else { return }
    var left = descriptor.readableBytes
    repeat {
      left -= move(atMost: 1)
    } while left > 0 && !isAtEnd && !isBlocked
      && descriptor.readableBytes > 0
  }

  /// Returns how many bytes were moved.
  @discardableResult
  private func move(atMost reads: Int) -> Int {
    var moved = 0
    let end = Clock.monotonic + Self.budget
    let most = shape?.isCostly == true ? Self.linedSize : buffer.count
    for _ in 0..<reads where !isAtEnd && !isBlocked {
      // Read in known portions, so that what a killed daemon had read can be kept apart from what
      // it had not. Nothing there: the end, or a byte that comes this moment.
      let wanted = min(max(1, descriptor.readableBytes), most)
      let count = read(wanted)
      guard let count else { break }
      if count == 0 {
        finish()
        break
      }
      let wall = Clock.wall
      work.didRead(count, wall: wall)
      moved += count
      if count >= Self.pipeSize && !isGrown {
        isGrown = true
        growPipe(descriptor.number, to: Self.grownPipeSize)
      }
      deliver(
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count)), at: wall)
      work.release()
      // Less than the buffer holds emptied the pipe: another read would find nothing.
      if count < most || Clock.monotonic >= end { break }
    }
    return moved
  }

  /// At most this much, which is there; nil: nothing now, 0: the end.
  private func read(_ wanted: Int) -> Int? {
    work.willRead(owner, pid, output, count: wanted, path: path)
    var count: Int?
    do {
      count = try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    } catch {
      count = 0
    }
    if count == nil || count == 0 { work.release() }
    return count
  }

  /// `skipping`: so much of what comes of it is written already.
  private func deliver(_ bytes: UnsafeRawBufferPointer, at wall: Double, skipping: Int = 0) {
    ring.append(bytes, pid: pid.rawValue, time: wall)
    watch?.look(at: bytes, of: output)
    guard let shape else {
      return write(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(skipping)))
    }
    guard let last = bytes.lastIndex(of: 10) else {
      partial += bytes
      if partial.count >= Self.longestLine { flushPartial() }
      work.didDeliver()
      return keepPartial()
    }
    let whole = bytes.prefix(last + 1)
    if partial.isEmpty {
      send(
        shape.apply(
          to: UnsafeRawBufferPointer(rebasing: whole), pid: pid.rawValue, at: wall), skipping)
    } else {
      partial += whole
      send(
        partial.withUnsafeBytes { shape.apply(to: $0, pid: pid.rawValue, at: wall) }, skipping)
    }
    partial = Array(bytes[(last + 1)...])
    patience = nil
    work.didDeliver()
    keepPartial()
  }

  private func keepPartial() {
    hurryPartial()
    guard !partial.isEmpty || partialSlot != nil else { return }
    work.keep(partial, pid, output, in: &partialSlot)
  }

  /// Sees to it that the beginning of a line does not wait for long.
  private func hurryPartial() {
    guard !partial.isEmpty, case .plain? = shape else {
      patience = nil
      return
    }
    guard patience == nil else { return }
    patience = loop.after(milliseconds: Self.partialPause) { [unowned self] in
      patience = nil
      // Its end may have come, and was not read yet.
      if isBlocked || descriptor.readableBytes > 0 { hurryPartial() } else { flushPartial() }
    }
  }

  private func send(_ bytes: [UInt8], _ skipping: Int) {
    bytes.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0.dropFirst(skipping))) }
  }

  // MARK: what cannot be written now

  /// Whether it waits until something can be written.
  var isBlocked: Bool { !held.isEmpty }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard held.isEmpty else { return held.append(contentsOf: bytes) }
    let outcome =
      isHeldFiltered
      ? sink.file.map { $0.write(bytes, onFull: onFull ?? $0.usualPolicy) }
        ?? WriteOutcome(taken: bytes.count)
      : sink.write(bytes, pid: pid, onFull: onFull)
    if outcome.lost > 0 { onLoss(outcome.lost) }
    guard outcome.taken < bytes.count || !outcome.filtered.isEmpty else {
      return isHeldFiltered = false
    }
    if !outcome.filtered.isEmpty { isHeldFiltered = true }
    held = outcome.filtered + bytes.dropFirst(outcome.taken)
    registration?.pause()
    wait()
  }

  private func wait() {
    retry = loop.after(milliseconds: Self.pause) { [unowned self] in
      _ = press()
      guard !isBlocked else { return }
      retry = nil
      registration?.resume()
    }
  }

  /// Another attempt to write what is in hand; whether any of it could be written.
  func press() -> Bool {
    let bytes = held
    held = []
    bytes.withUnsafeBytes { write($0) }
    return held.count < bytes.count
  }

  /// Reads some of what is in the pipe; how much.
  func readSome() -> Int { move(atMost: 1) }

  /// Bytes that could not be written yet.
  var inHandCount: Int { held.count }

  /// Bytes in the pipe that are not read; none where they would be dropped.
  var unread: Int {
    if case .null = sink { return 0 }
    return isAtEnd ? 0 : descriptor.readableBytes
  }

  /// What is read and not passed on.
  package var inHand: InHand { InHand(held: held, partial: partial) }

  /// Finishes what an earlier daemon had in hand when it was killed, or what it left when it became another
  /// program.
  func takeOver(_ unfinished: WorkPages.Unfinished?, _ left: InHand) {
    if !left.held.isEmpty { left.held.withUnsafeBytes { write($0) } }
    partial = work.takePartial(pid, output, into: &partialSlot)
    // The work pages keep no more than the beginning of a long one.
    if !left.partial.isEmpty { partial = left.partial }
    hurryPartial()
    guard let unfinished, unfinished.pid == pid, unfinished.output == output else { return }
    let bytes = work.bytes(of: unfinished)
    if unfinished.isWritten { return keepRest(of: bytes) }
    let isWritten = unfinished.written(sink.file)
    // What is filtered on its way has no place in the file that could be counted.
    if sink.isFiltered && isWritten > 0 { return }
    work.goOn(after: isWritten)
    deliver(bytes, at: unfinished.wall, skipping: isWritten)
    work.release()
  }

  /// What is left of bytes whose whole lines are written; some of it may be kept already.
  private func keepRest(of bytes: UnsafeRawBufferPointer) {
    if let last = bytes.lastIndex(of: 10) {
      partial = Array(bytes[(last + 1)...])
    } else if !partial.suffix(bytes.count).elementsEqual(bytes) {
      partial += bytes
    }
    keepPartial()
    work.release()
  }

  /// What comes from now on is read and dropped: a full pipe must not stop a process that still
  /// writes to it.
  func discard() {
    flushPartial()
    sink.finish(pid: pid)
    sink = .null
  }

  /// The last line need not end with a newline; the log's does, where lines are changed.
  func flushPartial() {
    guard !partial.isEmpty, let shape else { return }
    if shape.isCostly { partial.append(10) }
    send(partial.withUnsafeBytes { shape.apply(to: $0, pid: pid.rawValue, at: Clock.wall) }, 0)
    partial = []
    keepPartial()
  }

  /// Nothing more will come. What could not be written is counted as lost.
  func finish() {
    flushPartial()
    retry = nil
    if !held.isEmpty { onLoss(held.count) }
    held = []
    if !isAtEnd { sink.finish(pid: pid) }
    watch?.finish(output)
    ring.finish(pid: pid.rawValue, time: Clock.wall)
    isAtEnd = true
    registration?.cancel()
    registration = nil
  }
}
