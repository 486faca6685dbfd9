import Glibc

/// A directory of this user alone, held open: what is in it is reached through its descriptor, so
/// that no other user can put another one in its place.
package final class PrivateDirectory {
  /// Where it is.
  package let path: String
  private let descriptor: Int32

  /// Why it cannot be used.
  package struct Refusal: Error {
    /// The reason, naming the path.
    package let text: String
  }

  /// Makes it, and those above it, if need be.
  package init(_ path: String) throws(Refusal) {
    self.path = path
    Files.makeParents(of: path)
    if mkdir(path, 0o700) != 0 && errno != EEXIST {
      throw Refusal(text: "\(path): \(Errno.last.description)")
    }
    let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw Refusal(text: "\(path): \(Errno.last.description)") }
    descriptor = number
    var info = stat()
    guard fstat(number, &info) == 0, info.st_uid == geteuid(), info.st_mode & 0o077 == 0 else {
      throw Refusal(text: "\(path) belongs to another user, or others may enter it: chmod 700")
    }
  }

  /// Goes on with one that another program has handed over open.
  package init(_ path: String, inherited number: Int32) {
    self.path = path
    descriptor = number
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Takes it for this process alone until it ends; false when another one has it.
  package func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// A copy of its descriptor that stays open over exec; the lock goes with it.
  package func handOver(above lowest: Int32) throws(Errno) -> Int32 {
    try systemCall { fcntl(descriptor, F_DUPFD, lowest) }
  }

  /// Opens a file in it, readable by this user alone. Links are not followed, and what is no
  /// regular file is refused. Opening a FIFO does not wait for its other end.
  package func open(_ name: String, _ flags: Int32) throws(Errno) -> FileDescriptor {
    let careful = flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
    let number = try systemCall { openat(descriptor, name, careful, 0o600) }
    let file = FileDescriptor(owning: number)
    var info = stat()
    guard fstat(number, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { throw Errno(ENXIO) }
    return file
  }

  /// Renames within it, replacing what is there.
  package func rename(_ old: String, to new: String) throws(Errno) {
    try systemCall { renameat(descriptor, old, descriptor, new) }
  }

  /// Removes a file; one that is not there is no matter.
  package func remove(_ name: String) { unlinkat(descriptor, name, 0) }

  /// Removes the directory itself, if it is empty.
  package func removeItself() { rmdir(path) }

  /// What was renamed and removed in it is on the disk.
  package func sync() { fsync(descriptor) }
}
