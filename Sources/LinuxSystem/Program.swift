import CLinux
import Glibc

/// This process as a program.
package enum Program {
  /// The file it was started from; nil where /proc does not tell.
  package static var path: String? {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Where it lies, by the name it was called with; one that was found through PATH has none of its
  /// directory in that name.
  package static func path(calledAs name: String) -> String {
    name.contains("/") ? name : path ?? name
  }

  /// Another program of this project: beside this one where it is there, else through PATH.
  package static func sibling(_ name: String) -> String {
    guard let path, let slash = path.lastIndex(of: "/") else { return name }
    let beside = path[...slash] + name
    return Files.isExecutable(String(beside)) ? String(beside) : name
  }

  /// Becomes another program, looked for in PATH; comes back only when that is not possible.
  package static func replace(with words: [String]) {
    var pointers = words.map { strdup($0) }
    pointers.append(nil)
    if let program = pointers[0] { execvp(program, pointers) }
    for pointer in pointers { free(pointer) }
  }
}
