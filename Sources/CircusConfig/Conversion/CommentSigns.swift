import CircusModel

/// `;` and `#` behind a blank begin a comment in a supervisor file, even inside of quotes.
enum CommentSigns {
  /// A command line of the same words in which a backslash stands before each of them: `a ;b` is `a \;b`, and `'a ;b'`
  /// is `'a '\;'b'`.
  static func escaped(in command: String) -> String {
    var out = ""
    var quote: Character?
    var isEscaped = false
    var previous: Character = " "
    for c in command {
      if isEscaped {
        isEscaped = false
        out.append(c)
      } else if c == ";" || c == "#", PythonText.isSpace(previous) {
        let mark = quote.map(String.init) ?? ""
        out += "\(mark)\\\(c)\(mark)"
      } else {
        if c == "\\", quote != "'" { isEscaped = true }
        if c == quote {
          quote = nil
        } else if quote == nil, !isEscaped, c == "'" || c == "\"" {
          quote = c
        }
        out.append(c)
      }
      previous = c
    }
    return out
  }
}
