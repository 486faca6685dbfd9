import CircusModel

/// `environment=KEY=value,KEY2="value 2"`: tokens as supervisor 4.4's POSIX tokenizer makes them,
/// read in groups of key, `=`, value, separator (supervisor.md 1.7).
package enum EnvironmentGrammar {
  /// Why a value is no list of pairs, in supervisor's words.
  package struct Failure: Error, Equatable { package var text: String }

  /// The pairs in order, repeated keys included. What 4.4 refuses and 4.3 reads is taken as 4.3 reads it. Throws for
  /// a half pair and for an open quote.
  package static func parse(_ text: String) throws(Failure) -> [(key: String, value: String)] {
    do throws(Failure) { return try parsePOSIX(text) } catch {
      guard let pairs = LegacyEnvironment.parse(text) else { throw error }
      return pairs
    }
  }

  /// Whether 4.4 reads it.
  static func isReadable(_ text: String) -> Bool { (try? parsePOSIX(text)) != nil }

  private static func parsePOSIX(_ text: String) throws(Failure) -> [(key: String, value: String)] {
    let tokens = try tokenize(text)
    var pairs: [(key: String, value: String)] = []
    var i = 0
    while i < tokens.count {
      guard i + 2 < tokens.count, tokens[i + 1] == .symbol("=") else {
        throw Failure(
          text: "Unexpected end of key/value pairs in value \(PythonText.quoted(text))")
      }
      pairs.append((tokens[i].text, tokens[i + 2].text))
      // Whatever stands between two pairs separates them; supervisor does not look at it.
      i += 4
    }
    return pairs
  }

  enum Token: Equatable {
    case word(String)
    case symbol(Character)

    var text: String {
      switch self {
      case .word(let text): text
      case .symbol(let c): String(c)
      }
    }
  }

  static func tokenize(_ text: String) throws(Failure) -> [Token] {
    var tokens: [Token] = []
    var word: String?
    var rest = text[...]
    func finish() {
      if let done = word { tokens.append(.word(done)) }
      word = nil
    }
    while let c = rest.popFirst() {
      switch c {
      case "'", "\"": word = (word ?? "") + (try quoted(by: c, &rest))
      case "\\":
        guard let next = rest.popFirst() else { throw Failure(text: "No escaped character") }
        word = (word ?? "") + String(next)
      case "#":
        finish()
        rest = rest.drop { !$0.isNewline }
      case _ where isWordCharacter(c): word = (word ?? "") + String(c)
      case " ", "\t", "\r", "\n", "\r\n": finish()
      default:
        finish()
        tokens.append(.symbol(c))
      }
    }
    finish()
    return tokens
  }

  private static func quoted(by quote: Character, _ rest: inout Substring) throws(Failure) -> String
  {
    var out = ""
    while let c = rest.popFirst() {
      if c == quote { return out }
      if c == "\\" && quote == "\"", let next = rest.popFirst() {
        if next != "\"" && next != "\\" { out.append("\\") }
        out.append(next)
      } else {
        out.append(c)
      }
    }
    throw Failure(text: "No closing quotation")
  }

  private static func isWordCharacter(_ c: Character) -> Bool {
    if c.isASCII { return c.isLetter || c.isNumber || "_/.+-():".contains(c) }
    return c.isLetter
  }
}
