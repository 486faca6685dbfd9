import CircusModel

/// What the lines of a file look like and are not: options that became a part of another one's value, sections and
/// options that are given twice, environments of watchers that do not exist.
enum LayoutCheck {
  /// `  numprocesses = 3` below `cmd = ...`: an indented line continues the value above it.
  static func swallowed(in section: INIDocument.Section, known: Set<String>) -> [Diagnostic] {
    section.options.flatMap { option -> [Diagnostic] in
      guard option.key != "environment" else { return [] }
      let lines = option.value.split(separator: "\n", omittingEmptySubsequences: false)
        .dropFirst()
      return lines.map(String.init).filter { isOption($0, known) }.map { line in
        option.warning(
          in: section.name, "the indented line `\(line)` is a part of this value",
          hint: "write it without the blanks in front")
      }
    }
  }

  private static func isOption(_ line: String, _ known: Set<String>) -> Bool {
    guard let cut = PythonText.delimiter(line) else { return false }
    let key = PythonText.strip(line[..<cut])
    let prefixes = known.contains("cmd") ? WatcherOption.circusPrefixes : []
    return known.contains(key)
      || prefixes.contains { key.hasPrefix($0) && !key.contains(where: PythonText.isSpace) }
  }

  /// A second header of a name: its options are added to the first, without a word.
  static func doubled(_ headers: [INIDocument.Header]) -> [Diagnostic] {
    var first: [String: INIDocument.Header] = [:]
    var found: [Diagnostic] = []
    for header in headers {
      guard let known = first[header.name] else {
        first[header.name] = header
        continue
      }
      let heads = ["watcher:", "program:", "eventlistener:", "fcgi-program:", "socket:", "plugin:"]
      guard heads.contains(where: header.name.hasPrefix) else { continue }
      let place = known.file == header.file ? "line \(known.line)" : "\(known.file):\(known.line)"
      found.append(
        Diagnostic(
          .warning, file: header.file, line: header.line, section: header.name,
          problem: "is there a second time: its options are added to those of \(place)",
          hint: "give it another name"))
    }
    return found
  }

  /// `[env:wbe]` where no watcher is called so.
  static func orphanedEnvironments(
    _ sections: [INIDocument.Section], watchers: [String]
  ) -> [Diagnostic] {
    let names = Set(watchers)
    return sections.filter { $0.name.hasPrefix("env:") && !$0.options.isEmpty }.flatMap { section in
      section.name.dropFirst("env:".count).split(separator: ",").map(PythonText.strip).compactMap {
        pattern -> Diagnostic? in
        let isUsed =
          Pattern.isLiteral(pattern)
          ? names.contains(pattern) : watchers.contains { Pattern.matches($0, pattern) }
        guard !isUsed else { return nil }
        return Diagnostic(
          .warning, file: section.file, line: section.line, section: section.name,
          problem: "no watcher is called \(pattern): nothing gets these variables",
          hint: Suggestion.hint(for: pattern, among: watchers))
      }
    }
  }
}
