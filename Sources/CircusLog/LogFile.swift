import CircusModel
import Glibc
import LinuxSystem

/// Has to know how far a write had come if it was the last thing this process did.
package protocol WriteWitness: AnyObject {
  /// A write to a file that is `size` bytes long begins.
  func willWrite(at size: Int, device: UInt64, inode: UInt64)
  /// All of it is in the file, or is lost and counted.
  func didWrite(_ count: Int)
}

/// One log file, shared by every stream that writes to the same path, so that two streams rotate it
/// together instead of renaming it under each other.
package final class LogFile {
  /// Where it is, absolute.
  package let path: String
  private var descriptor: Int32 = -1
  private var size = 0
  private var schedule: RotationSchedule?
  private var spec: FileStreamSpec
  /// Bytes that were given up since the last complaint.
  private var lost = 0
  /// Whether it is what the daemon was started with, which others write to as well.
  package var isShared: Bool { console != nil }
  /// Writing has failed and was complained about.
  private var isTroubled = false
  private var cannotBeReopened = false
  /// How long the rotations of one write may take: nanoseconds.
  private static let rollBudget: Int64 = 5_000_000
  /// Called before and after each write; nil: no notes are kept.
  package weak var witness: (any WriteWitness)?
  /// Called once when writing begins to fail, and once when it works again.
  package var complain: (LogLevel, String) -> Void = { _, _ in }

  /// Opens for appending; throws when it cannot.
  package convenience init(path: String) throws(Errno) {
    try self.init(FileStreamSpec(path: path))
  }

  /// Opens the file for appending, and makes it if need be; throws when it cannot.
  package init(_ spec: FileStreamSpec) throws(Errno) {
    self.spec = spec
    path = spec.path
    try open()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func open() throws(Errno) {
    let mode: mode_t = spec.isAutomatic ? 0o600 : 0o666
    // Non-blocking matters for a FIFO only: the daemon does not wait for its reader.
    let flags = O_APPEND | O_CREAT | O_NONBLOCK
    if let inherited = try Self.inherited(path) {
      descriptor = inherited
      console = Console(descriptor: inherited)
    } else {
      descriptor = try Self.open(path, flags, mode)
      console = nil
    }
    var info = stat()
    size = fstat(descriptor, &info) == 0 ? Int(info.st_size) : 0
    isFile = info.st_mode & S_IFMT == S_IFREG
    isRegular = isFile && !Self.isDevice(path)
    if schedule == nil, let timed = spec.timed {
      let begun = size > 0 ? Double(info.st_mtim.tv_sec) : Clock.wall
      schedule = RotationSchedule(timed, from: begun)
    }
  }
  /// A copy of the daemon's own stdout or stderr, where the path means one of them. Opened by its name a file that it
  /// leads to would be written from its beginning, and after a change of user, or where it is a socket, the kernel does not
  /// open it at all, though it is ours to write to.
  private static func inherited(_ path: String) throws(Errno) -> Int32? {
    guard let number = StandardStream.number(of: path) else { return nil }
    let copy = duplicate(number)
    guard copy >= 0 else { throw Errno.last }
    return copy
  }

  /// Writes to what was inherited: its other users decide whether it may block.
  private var console: Console?
  private static func open(_ path: String, _ flags: Int32, _ mode: mode_t) throws(Errno) -> Int32 {
    // The names of the system's own devices are links that processes may follow as they please.
    if isDevice(path) {
      return try FileDescriptor.open(path, O_WRONLY | flags, mode: mode).release()
    }
    return lowest(try openChecked(path, flags, mode))
  }

  private static func openChecked(
    _ path: String, _ flags: Int32, _ mode: mode_t
  ) throws(Errno) -> Int32 {
    let checked = try CheckedPath(path)
    do {
      return try checked.open(O_WRONLY | flags, mode: mode).release()
    } catch {
      // A FIFO without a reader yet.
      guard error.code == ENXIO else { throw error }
      return try checked.open(O_RDWR | flags, mode: mode).release()
    }
  }

  /// The same file at the lowest number there is. The directory had that one while the file was
  /// opened. A gap there would make the next free number too small to count open descriptors by.
  private static func lowest(_ number: Int32) -> Int32 {
    let copy = duplicate(number)
    guard copy >= 0 else { return number }
    close(max(copy, number))
    return min(copy, number)
  }

  /// Only regular files can be rotated.
  private var isRegular = true
  private var isFile = true

  /// `/dev/stdout` may well lead to a file; its name belongs to the system all the same.
  private static func isDevice(_ path: String) -> Bool {
    let real = Files.isLink(path) ? Files.real(path) ?? path : path
    return [path, real].contains { $0.hasPrefix("/dev/") || $0.hasPrefix("/proc/") }
  }

  /// Its number, where it is a FIFO or a device. When no process has one open, what lies in it is
  /// gone and its reader is done.
  package var special: Int32? { isFile || descriptor < 0 ? nil : descriptor }

  /// Other rotation limits for the same file (a `set` on a live stream).
  package func adopt(_ spec: FileStreamSpec) {
    if spec.timed != self.spec.timed {
      schedule = spec.timed.map { RotationSchedule($0, from: Clock.wall) }
    }
    self.spec = spec
  }

  /// Writes everything, rotating where the limits say so. False when bytes were lost.
  @discardableResult
  package func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    write(bytes, onFull: .drop).lost == 0
  }

  /// What happens to what cannot be written unless a file says so: who reads a pipe or looks
  /// at a terminal may be slow, a disk is full for good.
  package var usualPolicy: FullPolicy { isFile ? .drop : .block }

  /// The same; what cannot be written now is given up, or left to the caller.
  package func write(_ bytes: UnsafeRawBufferPointer, onFull policy: FullPolicy) -> WriteOutcome {
    if spec.followsMoves { reopenIfMoved() }
    if let schedule, Clock.wall >= schedule.next { rollByTime() }
    guard spec.maxBytes > 0, isRegular else { return put(bytes, policy) }
    var rest = bytes
    var outcome = WriteOutcome(taken: 0)
    let end = Clock.monotonic + Self.rollBudget
    while !rest.isEmpty {
      // A thousand files for one write would keep everything waiting: the last one gets the rest.
      if outcome.taken > 0, Clock.monotonic > end {
        let piece = put(rest, policy)
        return WriteOutcome(taken: outcome.taken + piece.taken, lost: outcome.lost + piece.lost)
      }
      let count = min(rest.count, room(in: rest))
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
      if rollsBefore(part) { roll() }
      let piece = put(part, policy)
      outcome.taken += piece.taken
      outcome.lost += piece.lost
      if piece.taken < part.count { break }
      if spec.rotation == .afterWrite && size >= spec.maxBytes { roll() }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return outcome
  }

  /// circus: what would reach the limit goes into a new file.
  private func rollsBefore(_ part: UnsafeRawBufferPointer) -> Bool {
    spec.rotation == .beforeWrite && spec.backups > 0 && size + part.count >= spec.maxBytes
  }

  /// How much of the bytes belongs into the present file: whole lines, at least one. A chunk here
  /// may be far larger than the limit, and lines must not be torn.
  private func room(in bytes: UnsafeRawBufferPointer) -> Int {
    let space =
      spec.rotation == .beforeWrite ? spec.maxBytes - 1 - size : spec.maxBytes - size
    guard bytes.count > max(0, space) else { return bytes.count }
    if spec.rotation == .afterWrite {
      // Up to the end of the line that reaches the limit.
      let from = max(0, space - 1)
      let end = bytes[from...].firstIndex(of: 10)
      return end.map { $0 + 1 } ?? bytes.count
    }
    if space > 0, let end = bytes.prefix(space).lastIndex(of: 10) { return end + 1 }
    // Not even one line fits: the next file takes as many as fit there, or one long line.
    let fresh = bytes.prefix(max(1, spec.maxBytes - 1))
    if let end = fresh.lastIndex(of: 10) { return end + 1 }
    return bytes.firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
  }

  private func put(_ bytes: UnsafeRawBufferPointer, _ policy: FullPolicy) -> WriteOutcome {
    if let witness, let extent {
      witness.willWrite(at: extent.size, device: extent.device, inode: extent.inode)
    }
    let (written, error) = writeNow(bytes)
    size += written
    guard let error else {
      witness?.didWrite(written)
      if isTroubled {
        let loss = lost > 0 ? "\(lost) bytes were lost meanwhile" : "nothing was lost"
        complain(.warning, "\(path): writing again; \(loss)")
        (isTroubled, lost) = (false, 0)
      }
      return WriteOutcome(taken: written)
    }
    // A slow reader is no trouble.
    if policy == .drop || error.code != EAGAIN {
      if !isTroubled {
        let consequence =
          policy == .drop ? "output is being lost" : "the process that prints has to wait"
        complain(.error, "\(path): \(error.description); \(consequence)")
      }
      isTroubled = true
    }
    let rest = policy == .drop ? bytes.count - written : 0
    lost += rest
    witness?.didWrite(written + rest)
    return WriteOutcome(taken: written + rest, lost: rest)
  }

  private func writeNow(_ bytes: UnsafeRawBufferPointer) -> (written: Int, error: Errno?) {
    guard let console else { return writeSome(descriptor, bytes) }
    let written = console.write(bytes)
    return (written, written < bytes.count ? Errno(EAGAIN) : nil)
  }

  /// Which file is open, and how long it is; nil when none is.
  package var extent: (device: UInt64, inode: UInt64, size: Int)? {
    var info = stat()
    guard descriptor >= 0, fstat(descriptor, &info) == 0 else { return nil }
    return (UInt64(info.st_dev), UInt64(info.st_ino), Int(info.st_size))
  }

  /// How long the file of this number is by now: the open one, or one that was put aside since; nil when
  /// it is gone.
  package func size(ofInode inode: UInt64, device: UInt64) -> Int? {
    if let extent, extent.inode == inode, extent.device == device { return extent.size }
    guard let place = try? CheckedPath(path) else { return nil }
    for suffix in place.suffixes {
      var info = stat()
      guard stat(path + suffix, &info) == 0, UInt64(info.st_ino) == inode,
        UInt64(info.st_dev) == device
      else { continue }
      return Int(info.st_size)
    }
    return nil
  }

  /// `.N-1` to `.N` ... the file to `.1`, and a new file. Without backups supervisor truncates;
  /// circus lets the file grow.
  private func roll() {
    guard spec.backups > 0 else {
      if ftruncate(descriptor, 0) == 0 { size = 0 }
      return
    }
    begin { place in LogRotation.shift(place, backups: spec.backups) }
  }

  /// The period is over: the file is put aside under its date, and only the newest are kept.
  private func rollByTime() {
    guard isRegular, var schedule else { return }
    let suffix = schedule.suffix
    schedule.advance(past: Clock.wall)
    self.schedule = schedule
    begin { place in LogRotation.putAside(place, under: suffix, backups: spec.backups) }
  }

  /// A new file in place of the present one, which `putAside` renames.
  private func begin(_ putAside: (CheckedPath) -> Void) {
    // The new file comes first: without it (no descriptors, no inodes) nothing is moved, and the
    // old one grows until there is room again.
    do throws(Errno) {
      let place = try CheckedPath(path)
      let opened = try place.create(
        suffix: ".new", O_WRONLY | O_APPEND | O_NONBLOCK, mode: spec.isAutomatic ? 0o600 : 0o666)
      putAside(place)
      place.rename(from: ".new", to: "")
      close(descriptor)
      descriptor = opened.release()
    } catch {
      complain(.error, "\(path): cannot be rotated: \(error.description)")
    }
    size = 0
  }

  /// Begins an empty file under the same name. What is no regular file, `/dev/stdout` for one, is left
  /// alone. False when it cannot be done; the old file goes on being used.
  package func clear() -> Bool {
    guard isRegular else { return true }
    do throws(Errno) { try CheckedPath(path).remove() } catch {
      guard error.code == ENOENT else { return false }
    }
    reopen()
    return Files.exists(path)
  }

  /// Opens the path anew; if that fails, the old file goes on being used.
  package func reopen() {
    let old = descriptor
    do {
      try open()
      if old >= 0 { close(old) }
      cannotBeReopened = false
    } catch {
      descriptor = old
      // Tried at each write, reported once.
      if !cannotBeReopened {
        complain(
          .error, "\(path): cannot be reopened: \(error.description); the old file is written on")
      }
      cannotBeReopened = true
    }
  }

  /// Another program renamed or removed the file: begin a new one.
  package func reopenIfMoved() {
    var onDisk = stat()
    var held = stat()
    guard fstat(descriptor, &held) == 0 else { return reopen() }
    let isThere = stat(path, &onDisk) == 0
    if !isThere || onDisk.st_ino != held.st_ino || onDisk.st_dev != held.st_dev { reopen() }
  }
}
