/// The files a configuration is read from; handed in, so that reading is testable without a disk.
package protocol FileReader {
  /// The bytes of a file, or why they cannot be had (the operating system's text).
  func read(_ path: String) -> Result<[UInt8], FileReaderError>
  /// Paths that match a shell pattern, sorted bytewise.
  func glob(_ pattern: String) -> [String]
}

/// Why a configuration file could not be read.
package struct FileReaderError: Error, Equatable {
  /// Not there at all, or there and refused; the originals word the two differently.
  package enum Reason: Equatable { case missing, unreadable }
  /// Which of the two it is.
  package var reason: Reason
  /// The operating system's text: `Permission denied`.
  package var text: String

  package init(_ reason: Reason, _ text: String) {
    self.reason = reason
    self.text = text
  }
}

/// Path arithmetic as Python's `os.path` does it.
package enum Path {
  /// What stands before the last slash, as `os.path.dirname`; empty for a bare name.
  package static func directory(of path: String) -> String {
    guard let cut = path.lastIndex(of: "/") else { return "" }
    let head = path[..<cut]
    return head.isEmpty ? "/" : String(head)
  }

  /// `path` below `base`, as `os.path.join`: an absolute `path` stays as it is.
  package static func join(_ base: String, _ path: String) -> String {
    if path.hasPrefix("/") || base.isEmpty { return path }
    return base.hasSuffix("/") ? base + path : base + "/" + path
  }

  /// `.` and `..` resolved, slashes collapsed, without looking at the disk.
  package static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    let isAbsolute = path.hasPrefix("/")
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    // POSIX leaves exactly two leading slashes to the system.
    let root = path.hasPrefix("//") && !path.hasPrefix("///") ? "//" : "/"
    let joined = (isAbsolute ? root : "") + parts.joined(separator: "/")
    return joined.isEmpty ? "." : joined
  }

  /// A leading `~` becomes HOME; other users' homes are left as they stand.
  package static func expandingHome(_ path: String, _ environment: [String: String]) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
    return home + path.dropFirst()
  }
}
