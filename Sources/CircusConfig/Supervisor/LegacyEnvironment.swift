/// `environment=` as supervisor 4.3 reads it: tokens as Python's shlex makes them outside of POSIX mode. Quotes may
/// stand inside of a word, belong to it, and are taken off at both ends of a value (supervisor.md 1.7).
enum LegacyEnvironment {
  /// The pairs in order; nil where 4.3 refuses the text.
  static func parse(_ text: String) -> [(key: String, value: String)]? {
    guard let tokens = tokenize(text) else { return nil }
    var pairs: [(key: String, value: String)] = []
    var i = 0
    while i < tokens.count {
      guard i + 2 < tokens.count, tokens[i + 1] == "=" else { return nil }
      pairs.append((tokens[i], withoutQuotes(tokens[i + 2])))
      i += 4
    }
    return pairs
  }

  private static func withoutQuotes(_ text: String) -> String {
    let isQuote: (Character) -> Bool = { $0 == "'" || $0 == "\"" }
    let rest = text.drop(while: isQuote)
    guard let last = rest.lastIndex(where: { !isQuote($0) }) else { return "" }
    return String(rest[...last])
  }

  /// Nil: a quotation has no end.
  private static func tokenize(_ text: String) -> [String]? {
    var tokens: [String] = []
    var word = ""
    var rest = text.unicodeScalars[...]
    func finish() {
      if !word.isEmpty { tokens.append(word) }
      word = ""
    }
    while let c = rest.popFirst() {
      switch c {
      case " ", "\t", "\r", "\n": finish()
      case "#": rest = rest.drop { $0 != "\n" }.dropFirst()
      case "'", "\"":
        guard word.isEmpty else {
          word.unicodeScalars.append(c)
          continue
        }
        guard let end = rest.firstIndex(of: c) else { return nil }
        tokens.append(String(c) + String(rest[..<end]) + String(c))
        rest = rest[rest.index(after: end)...]
      case _ where isWordCharacter(c): word.unicodeScalars.append(c)
      default:
        finish()
        tokens.append(String(c))
      }
    }
    finish()
    return tokens
  }

  private static func isWordCharacter(_ c: Unicode.Scalar) -> Bool {
    guard c.isASCII else { return false }
    let character = Character(c)
    return character.isLetter || character.isNumber || "_/.+-():".contains(character)
  }
}

extension SupervisorScope {
  /// The pairs of `environment=`; none where the text is refused, which is reported.
  mutating func environmentPairs() -> [(key: String, value: String)] {
    guard let raw = raw("environment"),
      let text = expand(raw, for: "environment", "environment")
    else { return [] }
    let hint = "write KEY=\"value\",KEY2=\"value 2\""
    do {
      let pairs = try EnvironmentGrammar.parse(text)
      // Values may be secrets: names alone are reported.
      guard let legacy = LegacyEnvironment.parse(text) else { return pairs }
      if !EnvironmentGrammar.isReadable(text) {
        warn("environment", "can be read as supervisor 4.3 reads it only", hint: hint)
      } else if let odd = zip(pairs, legacy).first(where: { $0 != $1 })?.0.key
        ?? (pairs.count == legacy.count ? nil : "its end")
      {
        warn("environment", "supervisor 4.3 reads \(odd) differently", hint: hint)
      }
      return pairs
    } catch {
      fail("environment", error.text, hint: hint)
      return []
    }
  }
}
