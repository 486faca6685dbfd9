/// Finds in a command line what only a shell understands. Without one, the words go to the program as they are.
enum ShellSyntax {
  /// The first such word that no quotes protect: `&&`, `>/var/log/x`, `$HOME/bin`, `cd /srv;`.
  static func firstWord(in text: String) -> String? {
    for word in words(text) where isOfAShell(word) { return String(word.map(\.character)) }
    return nil
  }

  /// One character of a word.
  private struct Letter {
    var character: Character
    /// Neither quoted nor escaped.
    var isBare: Bool
  }

  private static let operators: Set<String> = [
    "|", "||", "&&", "&", ">", ">>", "<", "<<", "2>", "2>&1", "&>",
  ]

  private static func isOfAShell(_ word: [Letter]) -> Bool {
    let bare = String(word.map { $0.isBare ? $0.character : "\0" })
    if operators.contains(bare) { return true }
    // Of `find -exec`, the semicolon stands alone.
    if bare.hasSuffix(";"), bare.count > 1 { return true }
    for prefix in [">", "2>", "&>"] where bare.hasPrefix(prefix) { return true }
    guard let sign = bare.firstIndex(of: "$") else { return false }
    let next = bare[bare.index(after: sign)...].drop { $0 == "{" }.first
    return next.map { $0.isASCII && $0.isLetter && $0.isUppercase } ?? false
  }

  private static func words(_ text: String) -> [[Letter]] {
    var words: [[Letter]] = []
    var word: [Letter] = []
    var quote: Character?
    var isEscaped = false
    for c in text {
      if isEscaped {
        word.append(Letter(character: c, isBare: false))
        isEscaped = false
      } else if c == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if c == open { quote = nil } else { word.append(Letter(character: c, isBare: false)) }
      } else if c == "'" || c == "\"" {
        quote = c
      } else if c.isWhitespace {
        if !word.isEmpty { words.append(word) }
        word = []
      } else {
        word.append(Letter(character: c, isBare: true))
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}
