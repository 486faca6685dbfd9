import CircusModel

/// What a process that starts has yet to do to count as running.
package enum Milestone: Hashable, Sendable {
  /// To live until then.
  case age(Instant)
  /// To say that it is ready, by then at the latest; nil: at any time.
  case word(by: Instant?)

  /// When it is to be looked at.
  var deadline: Instant? {
    switch self {
    case .age(let instant): instant
    case .word(let limit): limit
    }
  }

  /// Whether it has to say something.
  package var isWord: Bool { if case .word = self { true } else { false } }
}
