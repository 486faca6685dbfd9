import Glibc

/// Which file a path leads to: two looks at one path tell whether it was replaced.
package struct FileIdentity: Hashable {
  private let device: UInt64
  private let inode: UInt64

  /// Nil when there is nothing at the path.
  package init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
  }
}
