/// Splitting a command line into words with POSIX quoting, as both systems do (no comments, no
/// globbing, no variables).
package enum ShellWords {
  /// Why a text cannot be split.
  package enum Failure: Error, Equatable {
    case noClosingQuotation
    case noEscapedCharacter

    /// In the words of Python's shlex, which circus's messages carry.
    package var text: String {
      switch self {
      case .noClosingQuotation: "No closing quotation"
      case .noEscapedCharacter: "No escaped character"
      }
    }
  }

  /// The words; throws for a quote that stays open and for a backslash at the very end.
  package static func split(_ text: String) throws(Failure) -> [String] {
    var words: [String] = []
    var word: String?
    var rest = text[...]
    while let c = rest.popFirst() {
      switch c {
      case " ", "\t", "\r", "\n", "\r\n":
        if let done = word { words.append(done) }
        word = nil
      case "'":
        guard let end = rest.firstIndex(of: "'") else { throw .noClosingQuotation }
        word = (word ?? "") + rest[..<end]
        rest = rest[rest.index(after: end)...]
      case "\"": word = (word ?? "") + (try doubleQuoted(&rest))
      case "\\":
        guard let next = rest.popFirst() else { throw .noEscapedCharacter }
        word = (word ?? "") + String(next)
      default: word = (word ?? "") + String(c)
      }
    }
    if let done = word { words.append(done) }
    return words
  }

  private static func doubleQuoted(_ rest: inout Substring) throws(Failure) -> String {
    var out = ""
    while let c = rest.popFirst() {
      if c == "\"" { return out }
      guard c == "\\" else {
        out.append(c)
        continue
      }
      guard let next = rest.popFirst() else { throw .noClosingQuotation }
      // Inside quotes a backslash escapes only itself and the quote.
      if next != "\\" && next != "\"" { out.append("\\") }
      out.append(next)
    }
    throw .noClosingQuotation
  }

  /// A word quoted so that a shell reads it back unchanged.
  package static func quote(_ word: String) -> String {
    let safe = word.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "@%+=:,./-_".unicodeScalars.contains($0)
    }
    if safe && !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\"'\"'") + "'"
  }
}
