import Glibc

/// Whole-file and path operations.
package enum Files {
  /// All bytes of a file; throws when it cannot be opened or read.
  package static func read(_ path: String) throws(Errno) -> [UInt8] {
    let file = try FileDescriptor.open(path, O_RDONLY)
    var bytes: [UInt8] = []
    try readAll(file, into: &bytes)
    return bytes
  }

  /// Appends what is left in the file.
  package static func readAll(
    _ file: borrowing FileDescriptor, into buffer: inout [UInt8]
  ) throws(Errno) {
    var chunk = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
      var failure: Errno?
      let count = chunk.withUnsafeMutableBytes { raw -> Int in
        do { return try file.read(into: raw) ?? 0 } catch { failure = error as? Errno }
        return 0
      }
      if let failure { throw failure }
      if count == 0 { return }
      buffer.append(contentsOf: chunk.prefix(count))
    }
  }

  /// When a regular file was changed last, in seconds since the epoch; nil when it is none.
  package static func modificationTime(_ path: String) -> Double? {
    var info = stat()
    guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    return Double(info.st_mtim.tv_sec) + Double(info.st_mtim.tv_nsec) / 1e9
  }

  /// The last bytes of a file, at most so many; nil when it cannot be read.
  package static func readEnd(_ path: String, atMost limit: Int) -> [UInt8]? {
    guard let file = try? FileDescriptor.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
    var info = stat()
    guard fstat(file.number, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    if info.st_size > limit { lseek(file.number, off_t(-limit), SEEK_END) }
    var bytes: [UInt8] = []
    guard (try? readAll(file, into: &bytes)) != nil else { return nil }
    return bytes
  }

  /// Writes a whole file: a reader sees the old one or the new one, also after a power cut.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(Errno) {
    let fresh = path + ".new"
    do throws(Errno) {
      let file = try FileDescriptor.open(fresh, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
      try writeAll(file.number, bytes)
      try systemCall { fdatasync(file.number) }
      try systemCall { Glibc.rename(fresh, path) }
    } catch {
      unlink(fresh)
      throw error
    }
  }

  /// What tells one file from another, and from itself after a change.
  package struct Identity: Equatable {
    fileprivate var numbers: [Int]
  }

  /// The identity of the file at a path; nil when there is none.
  package static func identity(_ path: String) -> Identity? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return Identity(numbers: [
      Int(truncatingIfNeeded: info.st_dev), Int(truncatingIfNeeded: info.st_ino), Int(info.st_size),
      info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
    ])
  }

  /// The number of the file, pipe or socket behind a descriptor; nil when it is closed.
  package static func inode(_ descriptor: Int32) -> UInt64? {
    var info = stat()
    return fstat(descriptor, &info) == 0 ? UInt64(info.st_ino) : nil
  }

  /// Where a symbolic link leads, as it says; nil for what is none.
  package static func linkTarget(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }

  /// Whether there is something at a path; false for a link that leads nowhere.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a path leads to a directory, through links too; false when it cannot be looked at.
  package static func isDirectory(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether this process may write a file, or create it in its directory.
  package static func canWrite(_ path: String) -> Bool {
    if exists(path) { return access(path, W_OK) == 0 && !isPipe(path) }
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    return access(path.hasPrefix("/") ? "/" + parent : (parent.isEmpty ? "." : parent), W_OK | X_OK)
      == 0
  }

  /// Whether it is a named pipe: opening it waits for a reader.
  private static func isPipe(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFIFO
  }

  /// Whether this user may execute it; true also for a directory that may be entered.
  package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// Whether its owner, its group or all others may execute it.
  package static func hasExecutableBit(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & 0o111 != 0
  }

  /// Bytes in a file, whatever it is; nil when it cannot be looked at.
  package static func size(_ path: String) -> Int? {
    var info = stat()
    return stat(path, &info) == 0 ? Int(info.st_size) : nil
  }

  /// Whether a path leads to a regular file.
  package static func isRegular(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
  }

  /// Some bytes of a file; fewer where it ends. Throws when it cannot be opened or read.
  package static func read(_ path: String, from offset: Int, count: Int) throws(Errno) -> [UInt8] {
    let file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(file.number, $0.baseAddress! + filled, count - filled, off_t(offset + filled))
      }
      if got < 0 && errno == EINTR { continue }
      if got < 0 { throw Errno.last }
      if got == 0 { break }
      filled += got
    }
    bytes.removeLast(count - filled)
    return bytes
  }

  /// Empties a file; false when that is refused.
  package static func truncate(_ path: String) -> Bool { Glibc.truncate(path, 0) == 0 }

  /// Writes to a file that is there, and is no symbolic link; nothing happens where there is none.
  package static func overwrite(_ path: String, with bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    try? writeAll(descriptor, bytes)
    close(descriptor)
  }

  /// Whether a path is a symbolic link itself.
  package static func isLink(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
  }

  /// Where a path leads when all links are followed; nil when it leads nowhere.
  package static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Makes the directories of an absolute path that are not there yet, without its last part.
  package static func makeParents(of path: String) {
    var place = ""
    for part in path.split(separator: "/").dropLast() {
      place += "/\(part)"
      mkdir(place, 0o755)
    }
  }

  /// Takes a file or socket away; one that is not there or may not go is passed over.
  package static func remove(_ path: String) { unlink(path) }

  /// Gives a file another name on the same disk, in one step replacing what had it: rename(2).
  package static func rename(_ old: String, _ new: String) throws(Errno) {
    try systemCall { Glibc.rename(old, new) }
  }

  /// Gives a file to a user and leaves its group alone; throws EPERM unless privileged.
  package static func setOwner(_ path: String, user: uid_t) throws(Errno) {
    try systemCall { chown(path, user, gid_t.max) }
  }

  /// Makes a directory the current one; false when that cannot be.
  package static func changeDirectory(_ path: String) -> Bool { chdir(path) == 0 }

  /// An absolute path; `/` when the directory is gone or may not be looked up.
  package static var currentDirectory: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    guard getcwd(&buffer, buffer.count) != nil else { return "/" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `path` made absolute against the current directory, without looking at the disk.
  package static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    let directory = currentDirectory
    return directory == "/" ? "/" + path : directory + "/" + path
  }

  /// The names in a directory, unsorted; empty if it cannot be read.
  package static func list(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// The paths a shell pattern matches, sorted bytewise; `**` is `*`.
  package static func glob(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard Glibc.glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
  }

  /// A new file in `directory` named `prefix` + 6 random characters + `suffix`, mode 0600.
  package static func makeUnique(
    in directory: String, prefix: String, suffix: String
  ) throws(Errno) -> String {
    let template = "\(directory)/\(prefix)XXXXXX\(suffix)"
    var bytes = Array(template.utf8CString)
    let number = try systemCall { mkstemps(&bytes, Int32(suffix.utf8.count)) }
    close(number)
    return String(
      decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
