import Glibc

/// A directory with one file for each variable of an environment, which holds its value and nothing else: what envdir,
/// s6-envdir and chpst read. Only its owner may read them: values may be secrets.
package struct VariableFiles {
  private let directory: String
  private let names: [String]

  /// Makes the directory and the files; throws when that cannot be. What else is in the directory stays.
  package init(_ environment: [String: String], in directory: String) throws(Errno) {
    self.directory = directory
    // A name with a slash would lead elsewhere; a hidden file is passed over by what reads them.
    names = environment.keys.filter {
      !$0.isEmpty && !$0.hasPrefix(".") && !$0.utf8.contains(UInt8(ascii: "/"))
        && $0.utf8.count <= Int(NAME_MAX)
    }.sorted()
    Files.makeParents(of: directory)
    if mkdir(directory, 0o700) != 0 && errno != EEXIST { throw Errno.last }
    // A directory of another user's, or a link to one, is not ours to fill.
    var info = stat()
    try systemCall { lstat(directory, &info) }
    guard info.st_mode & S_IFMT == S_IFDIR else { throw Errno(ENOTDIR) }
    guard info.st_uid == geteuid() else { throw Errno(EPERM) }
    for name in names {
      let path = "\(directory)/\(name)"
      unlink(path)
      let file = try FileDescriptor.open(
        path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o400)
      try writeAll(file.number, Array((environment[name] ?? "").utf8))
    }
  }

  /// Takes the files away, and the directory if nothing else is in it.
  package func remove() {
    for name in names { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }
}
