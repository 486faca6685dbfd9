import CircusModel

/// What a process printed, made harmless for a terminal: colours stay, whatever else a terminal would
/// obey (titles, cursor movements, NUL) is shown instead of done.
enum TerminalText {
  static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var out = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\u{1B}", let color = color(rest) {
        out.append(scalar)
        out += rest[..<color]
        rest = rest[color...]
      } else if isControl(scalar) {
        out += "^".unicodeScalars
        out.append(UnicodeScalar((scalar.value & 0x1F) + 0x40) ?? "?")
      } else {
        out.append(scalar)
      }
    }
    return String(out)
  }

  private static func isControl(_ scalar: UnicodeScalar) -> Bool {
    ControlText.isControl(scalar) && scalar != "\t" && scalar != "\n"
  }

  /// Where a colour sequence (`ESC [ 1 ; 31 m`) ends, if one begins here.
  private static func color(
    _ rest: Substring.UnicodeScalarView
  ) -> Substring.UnicodeScalarView.Index? {
    guard rest.first == "[" else { return nil }
    let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) || $0 == ";" }
    guard digits.endIndex < rest.endIndex, rest[digits.endIndex] == "m" else { return nil }
    return rest.index(after: digits.endIndex)
  }
}
