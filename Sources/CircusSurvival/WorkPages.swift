import CircusCore
import CircusLog
import CircusModel
import Glibc
import LinuxSystem

/// What the daemon has in its hands for a moment and must not drop when it is killed: bytes that were
/// read from a pipe and are not written yet, the beginnings of lines whose end has not come, children
/// that were started and are not in the state file yet, and where listeners stand.
///
/// It lies in memory that is a file as well, so keeping it costs no system call.
package final class WorkPages {
  private static let name = "work"
  private static let magic: Int64 = 0x0231_636b_726f_7763
  private static let headerSize = 20_480
  /// Bytes that are read at once, and may be in hand.
  package static let bufferSize = 256 * 1024
  private static let partialSlots = 128
  private static let partialSize = 1_024
  private static let size = headerSize + bufferSize + partialSlots * partialSize
  private static let listenerBase = 1_280
  private static let listenerSlots = 32
  private static let spawnBase = 4_096

  private let pages: SharedPages
  /// Whether a later daemon will find them.
  let outlivesUs: Bool
  private var base: UnsafeMutableRawPointer { pages.bytes.baseAddress! }
  private var freePartials = Array((0..<WorkPages.partialSlots).reversed())
  private var lastOwner = 0
  private var owners = 0
  /// Children that are not in the state file yet.
  package let spawns: SpawnNotes

  /// In `directory`, with what an earlier daemon left in it; without one, nothing outlives us.
  init(_ directory: PrivateDirectory?) {
    let shared = directory.flatMap(Self.map)
    pages = shared ?? SharedPages(count: Self.size)
    outlivesUs = shared != nil
    let base = pages.bytes.baseAddress!
    let magic = base.load(as: Int64.self)
    let boot = Int64(bitPattern: ProcFS.bootIdentity.utf8.fingerprint)
    let isOfThisBoot =
      magic == Self.magic && base.load(fromByteOffset: Field.boot, as: Int64.self) == boot
    // A new file is zero, and its pages are better not touched.
    if magic != 0, !isOfThisBoot {
      pages.bytes.prefix(Self.headerSize).initializeMemory(as: UInt8.self, repeating: 0)
    }
    spawns = SpawnNotes(
      UnsafeMutableRawBufferPointer(rebasing: pages.bytes[Self.spawnBase..<Self.headerSize]))
    guard !isOfThisBoot else { return }
    if magic != 0 { for slot in 0..<Self.partialSlots { setInteger(partial(slot), 0) } }
    setInteger(Field.boot, boot)
    setInteger(0, Self.magic)
  }

  private static func map(_ directory: PrivateDirectory) -> SharedPages? {
    do throws(Errno) {
      let file = try directory.open(name, O_RDWR | O_CREAT)
      return try SharedPages(file, count: size)
    } catch {
      return nil
    }
  }

  static func remove(from directory: PrivateDirectory) { directory.remove(name) }

  /// Where pumps read to.
  package var buffer: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base + Self.headerSize, count: Self.bufferSize)
  }

  private func integer(_ offset: Int) -> Int64 { base.load(fromByteOffset: offset, as: Int64.self) }
  private func setInteger(_ offset: Int, _ value: Int64) {
    base.storeBytes(of: value, toByteOffset: offset, as: Int64.self)
  }

  /// The number of the last event, for when the state file cannot be written.
  var lastSequence: Int {
    get { max(0, min(1 << 61, Int(integer(Field.sequence)))) }
    set { setInteger(Field.sequence, Int64(newValue)) }
  }

  /// Whether the state file could not be written to the end.
  var isStateBehind: Bool {
    get { integer(Field.stateIsBehind) != 0 }
    set { setInteger(Field.stateIsBehind, newValue ? 1 : 0) }
  }

  // MARK: bytes between pipe and file

  private enum Field {
    static let phase = 8
    static let pid = 16
    static let output = 24
    static let count = 32
    static let wall = 40
    /// Which of the two write records counts; -1: none.
    static let selector = 48
    static let records = 64
    static let pathLength = 128
    static let path = 136
    static let marks = 1_168
    static let boot = 1_176
    static let sequence = 1_184
    static let stateIsBehind = 1_192
  }
  private static let recordSize = 32
  /// Bytes of the present read that earlier writes have put into files.
  private var written = 0
  private static let longestPath = 1_024

  private enum Phase {
    static let idle: Int64 = 0
    static let reading: Int64 = 1
    static let holding: Int64 = 2
    static let keeping: Int64 = 3
  }

  /// Bytes no UTF-8 text has, drawn anew by each daemon: no program prints just these.
  private func mark(_ index: Int) -> UInt8 {
    0xF8 | base.load(fromByteOffset: Field.marks + index % 8, as: UInt8.self) & 7
  }

  /// A new number for one pipe and its sink, for `willRead`.
  package func newOwner() -> Int {
    owners += 1
    return owners
  }

  /// A read of exactly `count` bytes follows. Marks the place, so that one can tell afterwards whether
  /// it came to that.
  package func willRead(_ owner: Int, _ pid: PID, _ output: Int, count: Int, path: String) {
    if lastOwner != owner {
      lastOwner = owner
      setInteger(Field.pid, Int64(pid.rawValue))
      setInteger(Field.output, Int64(output))
      let bytes = Array(path.utf8.prefix(Self.longestPath))
      setInteger(Field.pathLength, Int64(bytes.count))
      UnsafeMutableRawBufferPointer(start: base + Field.path, count: Self.longestPath)
        .copyBytes(from: bytes)
    }
    setInteger(Field.count, Int64(count))
    setInteger(Field.selector, -1)
    written = 0
    for (index, place) in Self.marks(count).enumerated() { buffer[place] = mark(index) }
    setInteger(Field.phase, Phase.reading)
  }

  private static func marks(_ count: Int) -> [Int] {
    count <= 16 ? Array(0..<count) : Array(0..<8) + Array((count - 8)..<count)
  }

  /// The bytes are there; `wall` is when they were read, in seconds since the epoch.
  package func didRead(_ count: Int, wall: Double) {
    setInteger(Field.count, Int64(count))
    setInteger(Field.wall, Int64(bitPattern: wall.bitPattern))
    setInteger(Field.phase, Phase.holding)
  }

  /// They are written; what follows is only about the beginning of the next line.
  package func didDeliver() { setInteger(Field.phase, Phase.keeping) }

  /// They are where they belong.
  package func release() { setInteger(Field.phase, Phase.idle) }

  /// Bytes in the hands of a daemon that was killed.
  package struct Unfinished {
    /// The process they came from.
    package var pid: PID
    /// Which of its outputs: 1 or 2.
    package var output: Int
    /// When they were read, for their prefix.
    package var wall: Double
    /// How much of what is made of them was in the file when the last write began.
    var done: Int
    /// The file that write was for, and how long it was then; nil: none had begun.
    var place: (device: UInt64, inode: UInt64, size: Int)?
    var path: String
    /// All of it is written, and the beginning of the next line may be kept already.
    package var isWritten: Bool
    fileprivate var count: Int

    /// How much of what comes of the bytes is in files.
    package func written(_ file: LogFile?) -> Int {
      guard let place, let size = file?.size(ofInode: place.inode, device: place.device) else {
        return done
      }
      return done + max(0, size - place.size)
    }
  }

  /// What was in hand when the daemon was killed.
  package var unfinished: Unfinished? {
    let count = Int(integer(Field.count))
    let phase = integer(Field.phase)
    guard phase != Phase.idle, count > 0, count <= Self.bufferSize else { return nil }
    // Killed before the read: the bytes are still in the pipe.
    if phase == Phase.reading, Self.marks(count).enumerated().allSatisfy({ buffer[$1] == mark($0) })
    {
      return nil
    }
    let length = max(0, min(Self.longestPath, Int(integer(Field.pathLength))))
    let path = UnsafeRawBufferPointer(start: base + Field.path, count: length)
    let selector = Int(integer(Field.selector))
    let record = selector == 0 || selector == 1 ? Field.records + selector * Self.recordSize : nil
    return Unfinished(
      pid: PID(Int32(truncatingIfNeeded: integer(Field.pid))), output: Int(integer(Field.output)),
      wall: Double(bitPattern: UInt64(bitPattern: integer(Field.wall))),
      done: record.map { Int(integer($0 + 24)) } ?? 0,
      place: record.map {
        (
          UInt64(bitPattern: integer($0)), UInt64(bitPattern: integer($0 + 8)),
          Int(integer($0 + 16))
        )
      }, path: String(decoding: path, as: UTF8.self), isWritten: phase == Phase.keeping,
      count: count)
  }

  /// The bytes themselves, good until the next read.
  package func bytes(of unfinished: Unfinished) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(unfinished.count))
  }

  // MARK: beginnings of lines

  private func partial(_ slot: Int) -> Int {
    Self.headerSize + Self.bufferSize + slot * Self.partialSize
  }

  /// Keeps the beginning of a line; a longer one than there is room for is not kept.
  package func keep(_ bytes: [UInt8], _ pid: PID, _ output: Int, in slot: inout Int?) {
    guard !bytes.isEmpty, bytes.count <= Self.partialSize - 24,
      let place = slot ?? freePartials.popLast()
    else {
      if let used = slot {
        setInteger(partial(used), 0)
        freePartials.append(used)
        slot = nil
      }
      return
    }
    slot = place
    let offset = partial(place)
    setInteger(offset, 0)
    setInteger(offset + 8, Int64(output))
    setInteger(offset + 16, Int64(bytes.count))
    UnsafeMutableRawBufferPointer(start: base + offset + 24, count: bytes.count)
      .copyBytes(from: bytes)
    setInteger(offset, Int64(pid.rawValue))
  }

  /// Whether something of this output is in hand.
  package func holds(_ pid: PID, _ output: Int) -> Bool {
    if let unfinished, unfinished.pid == pid, unfinished.output == output { return true }
    return (0..<Self.partialSlots).contains {
      integer(partial($0)) == Int64(pid.rawValue) && integer(partial($0) + 8) == Int64(output)
    }
  }

  /// The beginning of a line that an earlier daemon kept, taken over into `slot`.
  package func takePartial(_ pid: PID, _ output: Int, into slot: inout Int?) -> [UInt8] {
    for place in 0..<Self.partialSlots {
      let offset = partial(place)
      guard integer(offset) == Int64(pid.rawValue), integer(offset + 8) == Int64(output) else {
        continue
      }
      let count = max(0, min(Self.partialSize - 24, Int(integer(offset + 16))))
      slot = place
      freePartials.removeAll { $0 == place }
      return Array(UnsafeRawBufferPointer(start: base + offset + 24, count: count))
    }
    return []
  }

  // MARK: listeners

  /// Where a listener process stands, by the word of the protocol.
  package func note(listener pid: PID, state: Int32?) {
    var free: Int?
    for slot in 0..<Self.listenerSlots {
      let offset = Self.listenerBase + slot * 8
      let known = base.load(fromByteOffset: offset, as: Int32.self)
      if known == 0 { free = free ?? offset }
      guard known == pid.rawValue else { continue }
      free = offset
      break
    }
    guard let free else { return }
    base.storeBytes(of: state ?? 0, toByteOffset: free + 4, as: Int32.self)
    base.storeBytes(of: state == nil ? 0 : pid.rawValue, toByteOffset: free, as: Int32.self)
  }

  /// What `note` kept of a listener process, also by an earlier daemon; nil: nothing.
  package func state(ofListener pid: PID) -> Int32? {
    for slot in 0..<Self.listenerSlots {
      let offset = Self.listenerBase + slot * 8
      if base.load(fromByteOffset: offset, as: Int32.self) == pid.rawValue {
        return base.load(fromByteOffset: offset + 4, as: Int32.self)
      }
    }
    return nil
  }

  /// Before the first read of this daemon.
  private func drawMarks() { setInteger(Field.marks, Int64.random(in: .min ... .max)) }

  /// Everything an earlier daemon left has been taken over.
  func forgetPredecessor(livingListeners: (PID) -> Bool) {
    release()
    drawMarks()
    for slot in freePartials { setInteger(partial(slot), 0) }
    for slot in 0..<Self.listenerSlots {
      let offset = Self.listenerBase + slot * 8
      let pid = base.load(fromByteOffset: offset, as: Int32.self)
      if pid != 0, !livingListeners(PID(pid)) {
        base.storeBytes(of: Int32(0), toByteOffset: offset, as: Int32.self)
      }
    }
  }
}

extension WorkPages: WriteWitness {
  /// Keeps which file is written next, and how long it is before that.
  package func willWrite(at size: Int, device: UInt64, inode: UInt64) {
    let selector = integer(Field.selector) == 0 ? 1 : 0
    let record = Field.records + selector * Self.recordSize
    setInteger(record, Int64(bitPattern: device))
    setInteger(record + 8, Int64(bitPattern: inode))
    setInteger(record + 16, Int64(size))
    setInteger(record + 24, Int64(written))
    // One store, so that there is no moment at which both writes or neither count.
    setInteger(Field.selector, Int64(selector))
  }

  /// Counts bytes of the present read that are in a file, or lost.
  package func didWrite(_ count: Int) { written += count }

  /// So much of what is in hand was in files before.
  package func goOn(after count: Int) { written = count }
}
