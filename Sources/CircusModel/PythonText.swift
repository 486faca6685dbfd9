/// Text handled the way Python's str methods handle it, where the file formats depend on it.
package enum PythonText {
  /// `str.isspace()` of one character: the separators U+001C to U+001F count as well.
  package static func isSpace(_ c: Character) -> Bool {
    c.isWhitespace || ("\u{1C}"..."\u{1F}").contains(c)
  }

  /// `str.strip()`: without white space at either end.
  package static func strip(_ text: some StringProtocol) -> String {
    var rest = text[...]
    while let c = rest.first, isSpace(c) { rest = rest.dropFirst() }
    while let c = rest.last, isSpace(c) { rest = rest.dropLast() }
    return String(rest)
  }

  /// `str.rstrip()`: without white space at the end.
  package static func stripRight(_ text: some StringProtocol) -> String {
    var rest = text[...]
    while let c = rest.last, isSpace(c) { rest = rest.dropLast() }
    return String(rest)
  }

  /// The first `=` or `:`, by code point: a combining mark behind it does not hide it.
  package static func delimiter(_ line: String) -> String.Index? {
    line.unicodeScalars.firstIndex { $0 == "=" || $0 == ":" }
  }

  /// `str.split()`: at runs of white space, no empty pieces.
  package static func words(_ text: some StringProtocol) -> [String] {
    text.split { isSpace($0) }.map { String($0) }
  }

  /// Lines of a text file read with universal newlines.
  package static func lines(_ bytes: [UInt8]) -> [String]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var lines: [String] = []
    var current = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r":
        lines.append(String(current))
        current.removeAll()
      case "\n":
        if !afterReturn {
          lines.append(String(current))
          current.removeAll()
        }
      default: current.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    if !current.isEmpty { lines.append(String(current)) }
    return lines
  }

  /// Python's `repr` of a string: which quote it picks, what it escapes.
  package static func quoted(_ text: String) -> String {
    let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var out = String(quote)
    for c in text.unicodeScalars {
      switch c {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "'" where quote == "'": out += "\\'"
      case "\u{FEFF}": out += "\\ufeff"
      default: out.unicodeScalars.append(c)
      }
    }
    out.append(quote)
    return out
  }

  /// `int(text)`: surrounding blanks, a sign, digits with single underscores between.
  package static func int(_ text: String) -> Int? {
    let trimmed = strip(text)
    guard !trimmed.isEmpty, !trimmed.hasPrefix("_"), !trimmed.hasSuffix("_"),
      !trimmed.holds("__"), !trimmed.hasPrefix("+_"), !trimmed.hasPrefix("-_")
    else { return nil }
    return Int(trimmed.filter { $0 != "_" })
  }

  /// `float(text)`.
  package static func float(_ text: String) -> Double? {
    let trimmed = strip(text).lowercased()
    let digits = Array(trimmed.unicodeScalars)
    // An underscore stands between two digits or not at all.
    for (index, c) in digits.enumerated() where c == "_" {
      guard index > 0, index + 1 < digits.count, ("0"..."9").contains(digits[index - 1]),
        ("0"..."9").contains(digits[index + 1])
      else { return nil }
    }
    let words = [
      "nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity",
    ]
    guard
      words.contains(trimmed)
        || digits.allSatisfy({ "0123456789+-.e_".unicodeScalars.contains($0) })
    else { return nil }
    return Double(trimmed.filter { $0 != "_" })
  }

  /// `yes true on 1` and `no false off 0`, any case: both systems' booleans.
  package static func bool(_ text: String) -> Bool? {
    switch strip(text).lowercased() {
    case "yes", "true", "on", "1": true
    case "no", "false", "off", "0": false
    default: nil
    }
  }

  /// `int(text, 8)`: optional `0o`.
  package static func octal(_ text: String) -> Int? {
    var digits = strip(text).lowercased()[...]
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    if digits.hasPrefix("0o") { digits = digits.dropFirst(2) }
    guard digits.first != "+", digits.first != "-", digits.last != "_", !digits.holds("__"),
      let value = Int(digits.filter { $0 != "_" }, radix: 8)
    else { return nil }
    return isNegative ? -value : value
  }

  /// Python's literal for bytes: `b'...'`.
  package static func bytesLiteral(_ bytes: [UInt8]) -> String {
    let quote: UInt8 =
      bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\"")) ? 0x22 : 0x27
    var out = "b" + String(UnicodeScalar(quote))
    for byte in bytes {
      switch byte {
      case 0x5C: out += "\\\\"
      case 0x0A: out += "\\n"
      case 0x0D: out += "\\r"
      case 0x09: out += "\\t"
      case quote: out += "\\" + String(UnicodeScalar(quote))
      case 0x20...0x7E: out += String(UnicodeScalar(byte))
      default: out += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return out + String(UnicodeScalar(quote))
  }
}
