import Glibc

/// A file that is held open: as long as it is, no other file can have its identity.
package final class OpenedFile {
  private let descriptor: Int32
  private let device: dev_t
  private let inode: ino_t

  /// Nil when it cannot be opened.
  package init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    var info = stat()
    guard descriptor >= 0, fstat(descriptor, &info) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      return nil
    }
    device = info.st_dev
    inode = info.st_ino
  }

  deinit { close(descriptor) }

  /// Bytes in it now.
  package var size: Int {
    var info = stat()
    return fstat(descriptor, &info) == 0 ? Int(info.st_size) : 0
  }

  /// Whether a path leads to it; false when there is nothing.
  package func isAt(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_dev == device && info.st_ino == inode
  }

  /// Some bytes; fewer where it ends.
  package func read(from offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { space, used in
      used = max(0, pread(descriptor, space.baseAddress, count, off_t(offset)))
    }
  }
}
