/// Text of others (command lines, names, headers, configurations) where a terminal or a log line may show it.
package enum ControlText {
  /// Whether a terminal would obey it instead of showing it: control characters, and those that turn the direction
  /// of a line.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<32, 127..<160, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// On one line: `\n`, `\t`, `\x1b` and the like for what a terminal would obey.
  package static func oneLine(_ text: String) -> String { escaping(text) { _ in false } }

  /// The same, with its own lines and tabs.
  package static func lines(_ text: String) -> String {
    escaping(text) { $0 == "\n" || $0 == "\t" }
  }

  private static func escaping(_ text: String, except isKept: (Unicode.Scalar) -> Bool) -> String {
    guard text.unicodeScalars.contains(where: { isControl($0) && !isKept($0) }) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case _ where !isControl(scalar) || isKept(scalar): out.unicodeScalars.append(scalar)
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x100:
        out += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: out += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return out
  }
}
