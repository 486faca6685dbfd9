import Glibc

/// POSIX extended regular expressions of the C library, anchored at the start as Python's `match`.
package enum Regex {
  /// Nil when the pattern is not valid. `\d` and `(?:` are put into POSIX's words first.
  package static func matchesStart(_ pattern: String, _ text: String) -> Bool? {
    var posix = ""
    var rest = pattern[...]
    while let c = rest.first {
      if rest.hasPrefix("\\d") {
        posix += "[0-9]"
        rest = rest.dropFirst(2)
      } else if rest.hasPrefix("(?:") {
        posix += "("
        rest = rest.dropFirst(3)
      } else if c == "\\" {
        posix += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else {
        posix.append(c)
        rest = rest.dropFirst()
      }
    }
    var compiled = regex_t()
    guard regcomp(&compiled, "^(\(posix))", REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
    defer { regfree(&compiled) }
    return regexec(&compiled, text, 0, nil, 0) == 0
  }
}

/// A POSIX extended expression, compiled once, that may match anywhere in a text.
package final class Expression {
  private var compiled = regex_t()

  /// Nil when it is not valid.
  package init?(_ pattern: String) {
    guard regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
  }

  deinit { regfree(&compiled) }

  package func matches(_ text: String) -> Bool { regexec(&compiled, text, 0, nil, 0) == 0 }
}
