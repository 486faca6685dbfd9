/// Shell patterns for whole names: `*`, `?`, `[a-z]`, `[!a]` (Python's fnmatch).
package enum Pattern {
  /// Whether all of `name` matches, case told apart; a `[` that is never closed stands for itself.
  package static func matches(_ name: String, _ pattern: String) -> Bool {
    match(Array(name.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
  }

  /// Whether the pattern has no wildcard: it matches the name it is.
  package static func isLiteral(_ pattern: String) -> Bool {
    !pattern.unicodeScalars.contains { $0 == "*" || $0 == "?" || $0 == "[" }
  }

  private static func match(
    _ name: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    var name = name
    var pattern = pattern
    // Where to try again after the last star, so that many stars stay quadratic, not exponential.
    var retry: (name: ArraySlice<Unicode.Scalar>, pattern: ArraySlice<Unicode.Scalar>)?
    while true {
      if pattern.first == "*" {
        pattern = pattern.dropFirst()
        retry = (name, pattern)
      } else if let c = name.first, let rest = consume(c, pattern) {
        name = name.dropFirst()
        pattern = rest
      } else if name.isEmpty && pattern.isEmpty {
        return true
      } else if let again = retry, !again.name.isEmpty {
        retry = (again.name.dropFirst(), again.pattern)
        name = again.name.dropFirst()
        pattern = again.pattern
      } else {
        return false
      }
    }
  }

  /// The pattern after its first element, if that element accepts `c`.
  private static func consume(
    _ c: Unicode.Scalar, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> ArraySlice<Unicode.Scalar>? {
    guard let head = pattern.first else { return nil }
    if head == "?" { return pattern.dropFirst() }
    guard head == "[", let set = bracket(pattern) else {
      return head == c ? pattern.dropFirst() : nil
    }
    return set.accepts(c) ? pattern[set.end...] : nil
  }

  private struct Bracket {
    var items: ArraySlice<Unicode.Scalar>
    var negated: Bool
    var end: Int

    func accepts(_ c: Unicode.Scalar) -> Bool {
      var found = false
      var rest = items
      while let low = rest.popFirst() {
        if rest.first == "-", rest.count > 1 {
          let high = rest[rest.startIndex + 1]
          rest = rest.dropFirst(2)
          found = found || (low <= high && (low...high).contains(c))
        } else {
          found = found || low == c
        }
      }
      return found != negated
    }
  }

  private static func bracket(_ pattern: ArraySlice<Unicode.Scalar>) -> Bracket? {
    var start = pattern.startIndex + 1
    let negated = start < pattern.endIndex && pattern[start] == "!"
    if negated { start += 1 }
    let from = start < pattern.endIndex && pattern[start] == "]" ? start + 1 : start
    guard from <= pattern.endIndex, let close = pattern[from...].firstIndex(of: "]") else {
      return nil
    }
    return Bracket(items: pattern[start..<close], negated: negated, end: close + 1)
  }
}
