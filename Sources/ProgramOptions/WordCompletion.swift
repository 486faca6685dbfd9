import LinuxSystem

/// What could stand at the cursor: `PROGRAM --complete WORD...`, which the completion files of the shells call.
package enum WordCompletion {
  /// Prints the options the last word may become, or paths where it is no option, and returns the exit status.
  package static func options(
    _ names: [String], _ words: [String], orPaths: Bool = false
  ) -> Int32 {
    let current = words.dropFirst().last ?? ""
    let found =
      current.hasPrefix("-") || !orPaths
      ? names.filter { $0.hasPrefix(current) }.sorted() : paths(current)
    tell(found)
    return 0
  }

  /// Prints candidates, one a line.
  package static func tell(_ candidates: [String]) {
    guard !candidates.isEmpty else { return }
    try? writeAll(1, Array((candidates.joined(separator: "\n") + "\n").utf8))
  }

  /// Files and directories that begin so; directories end in a slash.
  package static func paths(_ beginning: String) -> [String] {
    guard !beginning.contains(where: { "*?[".contains($0) }) else { return [] }
    return Files.glob(beginning + "*").map { Files.isDirectory($0) ? $0 + "/" : $0 }
  }
}
