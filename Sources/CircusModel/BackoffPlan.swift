/// How long a watcher waits before it starts a process again that has failed (`backoff`).
package struct BackoffPlan: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// At once.
    case immediate
    /// One `base` more each time.
    case linear
    /// `factor` times as long each time.
    case exponential
  }

  /// Nil: as the system does it whose file it is.
  package var kind: Kind?
  /// The first pause; zero: a second.
  package var base = Interval.zero
  /// By which each pause is longer than the one before.
  package var factor = 2.0
  /// The longest pause.
  package var cap = Interval.seconds(60)
  /// By how many hundredths a pause may be shorter or longer, at random.
  package var jitter = 0
  /// A process that has lived for so long has not failed.
  package var reset = Interval.seconds(60)
  /// So many failures in a row, and it is given up; 0: never.
  package var limit = 0

  package init() {}

  /// Whether the file says anything about it.
  package var isExplicit: Bool { kind != nil }

  /// The pause after so many failures in a row. `chance`: from 0 up to 1.
  package func pause(after failures: Int, chance: Double) -> Interval {
    guard failures > 0, let kind else { return .zero }
    let first = base > .zero ? base.seconds : 1
    let seconds =
      switch kind {
      case .immediate: 0.0
      case .linear: first * Double(failures)
      case .exponential: first * Self.power(max(1, factor), failures - 1)
      }
    let share = Double(min(100, max(0, jitter))) / 100
    return .seconds(min(cap.seconds, seconds) * (1 + share * (2 * chance - 1)))
  }

  private static func power(_ factor: Double, _ exponent: Int) -> Double {
    var result = 1.0
    // More than a year by then, whatever the factor is.
    for _ in 0..<min(exponent, 64) where result < 1e9 { result *= factor }
    return result
  }
}
