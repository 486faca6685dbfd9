import CLinux
import Glibc

/// Which program this process is: a file may hold several.
extension Program {
  /// The path or name it was started with.
  package static var called: String { CommandLine.arguments.first ?? "" }

  /// `circusd --as supervisord`: the name in the first two arguments; nil: it goes by its own.
  private static var chosen: String? {
    let words = CommandLine.arguments
    return words.count > 2 && words[1] == "--as" ? words[2] : nil
  }

  /// The name it goes by.
  package static var name: String { chosen ?? baseName(called) }

  /// Its arguments, without those that say which program it is.
  package static var arguments: [String] {
    Array(CommandLine.arguments.dropFirst(chosen == nil ? 1 : 3))
  }

  /// What a file that is started in its place is to be called, so that it goes by the same name.
  package static func called(as path: String) -> String {
    baseName(path) == name ? path : name
  }

  /// The revision of the sources it was built from, as git names it, with `-dirty` where they were changed since; nil: it
  /// was not built by `make` in a git clone.
  package static var revision: String? {
    let text = String(cString: cl_revision())
    return text.isEmpty ? nil : text
  }

  /// Whether the file it was started from holds several programs of this project.
  package static var holdsMany: Bool {
    get { cl_holds_many_programs() != 0 }
    set {
      cl_set_holds_many_programs(newValue ? 1 : 0)
      // What `ps` and `pkill` know it by.
      cl_set_process_name(name)
    }
  }

  /// The words that run another program of this project: the one beside this one where it is there, else this file by
  /// that name where it holds several, else whatever PATH leads to.
  package static func sibling(_ name: String) -> [String] {
    if let path, let slash = path.lastIndex(of: "/") {
      let beside = path[...slash] + name
      if Files.isExecutable(String(beside)) { return [String(beside)] }
    }
    return holdsMany ? [started, "--as", name] : [name]
  }

  private static func baseName(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
