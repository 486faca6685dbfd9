import CLinux
import Glibc

/// A file by its directory and its name in it, found without following links that a lesser user has planted.
///
/// Root writes log files into directories that belong to others. A link there that leads out of what its owner owns is
/// refused: following it would write, rename or remove a file with rights its owner does not have. Links made by root,
/// and links between directories of one user, are followed.
package final class CheckedPath {
  /// A directory, open as long as it is needed.
  private final class Directory {
    let number: Int32
    init(_ number: Int32) { self.number = number }
    deinit { close(number) }
  }

  private let directory: Directory
  /// The name in its directory; what a link at the path leads to.
  package let name: String
  /// The path that was asked for.
  package let path: String

  private static let mostLinks = 40

  /// Throws ELOOP for a link that is refused, or what the kernel says of the path.
  package init(_ path: String) throws(Errno) {
    self.path = path
    var rest = path.split(separator: "/").map(String.init)
    guard !rest.isEmpty else { throw Errno(EISDIR) }
    var directory = try Self.root(path.hasPrefix("/") ? "/" : ".")
    var planter: uid_t?
    var links = 0
    while true {
      let part = rest.removeFirst()
      if let target = try Self.link(directory.number, part, &planter) {
        links += 1
        guard links <= Self.mostLinks else { throw Errno(ELOOP) }
        rest = target.split(separator: "/").map(String.init) + rest
        if target.hasPrefix("/") { directory = try Self.root("/") }
        guard !rest.isEmpty else { throw Errno(EISDIR) }
      } else if rest.isEmpty {
        name = part
        break
      } else {
        let flags = cl_path_flag() | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let number = directory.number
        directory = Directory(try systemCall { openat(number, part, flags) })
      }
    }
    if let planter {
      var info = stat()
      guard fstat(directory.number, &info) == 0, info.st_uid == planter else { throw Errno(ELOOP) }
    }
    self.directory = directory
  }

  private static func root(_ path: String) throws(Errno) -> Directory {
    Directory(try systemCall { Glibc.open(path, cl_path_flag() | O_DIRECTORY | O_CLOEXEC) })
  }

  /// Where a link leads; nil for anything else. `planter`: the lesser user whose link was followed last.
  private static func link(
    _ directory: Int32, _ name: String, _ planter: inout uid_t?
  ) throws(Errno) -> String? {
    var info = stat()
    guard fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0,
      info.st_mode & S_IFMT == S_IFLNK
    else { return nil }
    if geteuid() == 0, info.st_uid != 0 { planter = info.st_uid }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let size = buffer.count
    let count = try systemCall { readlinkat(directory, name, &buffer, size) }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Opens the file; what became a link since is refused.
  package func open(_ flags: Int32, mode: mode_t) throws(Errno) -> FileDescriptor {
    let (number, name) = (directory.number, name)
    return FileDescriptor(
      owning: try systemCall {
        openat(number, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode)
      })
  }

  /// A new file beside it, whatever stood under that name before.
  package func create(suffix: String, _ flags: Int32, mode: mode_t) throws(Errno) -> FileDescriptor
  {
    let (number, fresh) = (directory.number, name + suffix)
    let all = flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    do {
      return FileDescriptor(owning: try systemCall { openat(number, fresh, all, mode) })
    } catch {
      guard error.code == EEXIST else { throw error }
      unlinkat(number, fresh, 0)
      return FileDescriptor(owning: try systemCall { openat(number, fresh, all, mode) })
    }
  }

  /// Whether there is a file of its name and this suffix.
  package func exists(suffix: String) -> Bool {
    var info = stat()
    return fstatat(directory.number, name + suffix, &info, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// Renames the file with one suffix to that with another; a link is renamed itself.
  package func rename(from old: String, to new: String) {
    renameat(directory.number, name + old, directory.number, name + new)
  }

  /// Removes the file, or a link of that name itself.
  package func remove(suffix: String = "") throws(Errno) {
    let (number, name) = (directory.number, name + suffix)
    _ = try systemCall { unlinkat(number, name, 0) }
  }

  /// The suffixes of files that begin with its name and a dot.
  package var suffixes: [String] {
    Files.list("/proc/self/fd/\(directory.number)").filter { $0.hasPrefix(name + ".") }.map {
      String($0.dropFirst(name.count))
    }
  }
}
