import CLinux
import Glibc

/// An open descriptor with one owner; closed when that owner lets go.
package struct FileDescriptor: ~Copyable {
  /// The kernel's number, good as long as the owner lives.
  package let number: Int32

  /// Takes ownership of an open descriptor.
  package init(owning number: Int32) { self.number = number }

  deinit { close(number) }

  /// Gives up ownership without closing.
  package consuming func release() -> Int32 {
    let number = self.number
    discard self
    return number
  }

  /// What is opened here is close-on-exec and never becomes a controlling terminal.
  package static func open(
    _ path: String, _ flags: Int32, mode: mode_t = 0o666
  ) throws(Errno) -> FileDescriptor {
    FileDescriptor(
      owning: try systemCall { Glibc.open(path, flags | O_CLOEXEC | O_NOCTTY, mode) })
  }

  /// The bytes read; 0 at the end, nil when a non-blocking descriptor has none now.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int? {
    try readSome(number, buffer)
  }

  /// How many bytes can be read now.
  package var readableBytes: Int { Int(cl_readable_bytes(number)) }

  /// The number of the pipe or file behind it, which no other open one has; 0 when fstat(2) fails.
  package var inode: UInt64 { LinuxSystem.inode(of: number) }

  /// Makes reads and writes return at once (O_NONBLOCK), or wait again.
  package func setNonBlocking(_ on: Bool = true) { LinuxSystem.setNonBlocking(number, on) }
}

/// The number of what an open descriptor stands for; 0 when fstat(2) fails.
package func inode(of descriptor: Int32) -> UInt64 {
  var info = stat()
  return fstat(descriptor, &info) == 0 ? UInt64(info.st_ino) : 0
}

/// Another number for an open descriptor, close-on-exec; -1 when there is none left.
package func duplicate(_ descriptor: Int32, above lowest: Int32 = 3) -> Int32 {
  cl_dup_above(descriptor, lowest)
}

/// Closes a descriptor that has no owner of its own; a negative one is passed over.
package func closeDescriptor(_ descriptor: Int32) { if descriptor >= 0 { close(descriptor) } }

/// The same for a descriptor owned elsewhere; a closed one is passed over.
package func setNonBlocking(_ descriptor: Int32, _ on: Bool) {
  let flags = fcntl(descriptor, F_GETFL)
  _ = fcntl(descriptor, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK)
}

/// Writes all of it; a short write is continued, a full non-blocking pipe is waited for.
package func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) {
  var rest = bytes
  while !rest.isEmpty {
    let wrote = Glibc.write(descriptor, rest.baseAddress, rest.count)
    if wrote >= 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(wrote))
      continue
    }
    let error = Errno.last
    switch error.code {
    case EINTR: continue
    case EAGAIN:
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // A terminal that was stopped (^S) must not stop the daemon for good.
      if poll(&wait, 1, 1_000) == 0 { throw error }
    default: throw error
    }
  }
}

/// The bytes read from a descriptor owned elsewhere; 0 at the end, nil when a non-blocking one has none now.
package func readSome(
  _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer
) throws(Errno) -> Int? {
  do {
    return try systemCall { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
  } catch {
    if error.wouldBlock { return nil }
    throw error
  }
}

/// Writes as much as is taken without waiting: how much that was, and why it was not all.
package func writeSome(
  _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer
) -> (written: Int, error: Errno?) {
  var rest = bytes
  while !rest.isEmpty {
    let wrote = Glibc.write(descriptor, rest.baseAddress, rest.count)
    if wrote >= 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(wrote))
    } else if errno != EINTR {
      return (bytes.count - rest.count, Errno.last)
    }
  }
  return (bytes.count, nil)
}

/// As above for bytes in an array. (A typed `throws` through `withUnsafeBytes` crashes the 6.3
/// compiler, hence the detour.)
package func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
  var failure: Errno?
  bytes.withUnsafeBytes { raw in
    do throws(Errno) { try writeAll(descriptor, raw) } catch { failure = error }
  }
  if let failure { throw failure }
}

/// Both ends of a new pipe, close-on-exec.
package struct Pipe: ~Copyable {
  /// Where what was written comes out.
  package var readEnd: FileDescriptor
  /// Where to write; the reader sees the end once all copies of it are closed.
  package var writeEnd: FileDescriptor

  /// Throws EMFILE or ENFILE when descriptors are used up.
  package init() throws(Errno) {
    var ends: [Int32] = [-1, -1]
    _ = try systemCall { cl_pipe(&ends) }
    readEnd = FileDescriptor(owning: ends[0])
    writeEnd = FileDescriptor(owning: ends[1])
  }

  /// Both ends to one owner each.
  package consuming func split() -> (read: Int32, write: Int32) {
    (readEnd.release(), writeEnd.release())
  }
}

/// Both ends of a new pipe, closed with their owner unless they were taken: whatever goes wrong
/// between making a pipe and handing it on, nothing leaks.
package final class PipeEnds {
  /// Where what was written comes out; -1 once it was taken.
  package private(set) var readEnd: Int32
  /// Where to write; -1 once it was taken.
  package private(set) var writeEnd: Int32

  /// `outlivesUs`: the end for the child is one for reading and writing, so that the pipe does not
  /// break while no daemon holds our end. Where that cannot be had (no /proc) it is a plain one.
  package init(outlivesUs child: ChildEnd? = nil) throws(Errno) {
    (readEnd, writeEnd) = try Pipe().split()
    guard let child else { return }
    let old = child == .write ? writeEnd : readEnd
    let whole = open("/proc/self/fd/\(old)", O_RDWR | O_CLOEXEC)
    guard whole >= 0 else { return }
    close(old)
    if child == .write { writeEnd = whole } else { readEnd = whole }
  }

  /// Which end a child gets.
  package enum ChildEnd { case read, write }

  deinit {
    if readEnd >= 0 { close(readEnd) }
    if writeEnd >= 0 { close(writeEnd) }
  }

  /// The read end, which the caller must close from now on; -1 when it was taken before.
  package func takeReadEnd() -> Int32 {
    defer { readEnd = -1 }
    return readEnd
  }

  /// The write end, which the caller must close from now on; -1 when it was taken before.
  package func takeWriteEnd() -> Int32 {
    defer { writeEnd = -1 }
    return writeEnd
  }
}

/// More room in a pipe means fewer wake-ups for a chatty child. Refusal is no loss.
package func growPipe(_ descriptor: Int32, to bytes: Int32) {
  _ = cl_set_pipe_size(descriptor, bytes)
}
