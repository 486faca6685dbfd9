/// A process name in supervisor's form: `process`, `group:process`, `group:*` (supervisor.md 4.5).
struct Namespec {
  let group: String
  /// Nil: the whole group.
  let process: String?

  init(_ text: String) {
    // The whole of a group whose name has a colon; else the daemon finds out which colon is meant.
    if text.hasSuffix(":*") || text.hasSuffix(":") {
      group = String(text.dropLast(text.hasSuffix("*") ? 2 : 1))
      process = nil
      return
    }
    guard let colon = text.firstIndex(of: ":") else {
      (group, process) = (text, text)
      return
    }
    group = String(text[..<colon])
    let rest = String(text[text.index(after: colon)...])
    process = rest.isEmpty || rest == "*" ? nil : rest
  }

  /// The shortest form of a name.
  static func text(_ group: String, _ process: String) -> String {
    group == process ? process : "\(group):\(process)"
  }
}
