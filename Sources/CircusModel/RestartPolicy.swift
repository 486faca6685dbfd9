/// What to do when a process ends without an order.
package enum RestartPolicy: Hashable, Sendable {
  /// circus `respawn = true`, supervisor `autorestart = true`.
  case always
  /// circus `respawn = false`, supervisor `autorestart = false`.
  case never
  /// supervisor's default: restart unless the exit was expected.
  case unexpected

  /// supervisor's word: `true`, `false`, `unexpected`.
  package var word: String {
    switch self {
    case .always: "true"
    case .never: "false"
    case .unexpected: "unexpected"
    }
  }

  package init?(word: String) {
    switch word {
    case "true": self = .always
    case "false": self = .never
    case "unexpected": self = .unexpected
    default: return nil
    }
  }

  /// Whether a process that ended by itself is replaced (supervisor.md 2.4).
  package func restarts(afterExpected isExpected: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .unexpected: !isExpected
    }
  }
}

/// How long to wait before the next attempt after `failures` failures in a row.
package enum Backoff: Hashable, Sendable {
  /// circus: doubling from `base` to `cap`; the first failure after a healthy life counts as one.
  case exponential(base: Interval, cap: Interval)
  /// supervisor: one second more each time.
  case linear(step: Interval)

  /// The wait after so many failures in a row.
  package func delay(after failures: Int) -> Interval {
    switch self {
    case .exponential(let base, let cap):
      guard failures > 0 else { return .zero }
      let shifted =
        failures > 30
        ? cap.nanoseconds
        : base.nanoseconds.multipliedReportingOverflow(by: 1 << Int64(failures - 1)).partialValue
      return Interval(nanoseconds: max(0, min(cap.nanoseconds, shifted)))
    case .linear(let step):
      return Interval(
        nanoseconds: step.nanoseconds.multipliedReportingOverflow(by: Int64(failures))
          .partialValue)
    }
  }
}
