import CLinux
import Glibc

/// This process as a program.
package enum Program {
  /// The file it was started from; nil where /proc does not tell.
  package static var path: String? { Files.linkTarget("/proc/self/exe") }

  /// Where it lies, by the name it was called with; one that was found through PATH has none of its
  /// directory in that name.
  package static func path(calledAs name: String) -> String {
    name.contains("/") ? name : path ?? name
  }

  /// The file to run for the same program anew: as it was called, so that a link to the present release
  /// leads to the next one. To be asked for before the working directory changes.
  package static let started: String = {
    let called = CommandLine.arguments.first ?? ""
    if called.contains("/") { return Files.absolute(called) }
    let replaced = " (deleted)"
    guard let path else { return called }
    return path.hasSuffix(replaced) ? String(path.dropLast(replaced.count)) : path
  }()

  /// What the first line of a script says runs it, and whether that line ends in CR LF; nil: it is no script.
  package static func interpreter(of path: String) -> (path: String, hasCarriageReturn: Bool)? {
    guard Files.isRegular(path), let head = try? Files.read(path, from: 0, count: 256),
      head.starts(with: Array("#!".utf8))
    else { return nil }
    let line = head.dropFirst(2).prefix { $0 != 10 }
    guard let word = line.split(whereSeparator: { $0 == 32 || $0 == 9 }).first else { return nil }
    return (String(decoding: word, as: UTF8.self), line.last == 13)
  }

  /// A file in memory that stays open over exec.
  package static func memoryFile() throws(Errno) -> Int32 {
    try systemCall { cl_memory_file() }
  }

  /// Becomes another program with one variable more; comes back only with the reason why not.
  package static func execute(
    _ path: String, _ arguments: [String], adding variable: (name: String, value: String)
  ) -> Errno {
    setenv(variable.name, variable.value, 1)
    var pointers = arguments.map { strdup($0) }
    pointers.append(nil)
    execv(path, pointers)
    let error = Errno.last
    for pointer in pointers { free(pointer) }
    unsetenv(variable.name)
    return error
  }

  /// Becomes another program, looked for in PATH; comes back only when that is not possible.
  package static func replace(with words: [String]) {
    var pointers = words.map { strdup($0) }
    pointers.append(nil)
    if let program = pointers[0] { execvp(program, pointers) }
    for pointer in pointers { free(pointer) }
  }
}
