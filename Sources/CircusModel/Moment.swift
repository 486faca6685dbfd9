/// A span of time in nanoseconds; may be negative.
package struct Interval: Hashable, Comparable, Sendable {
  /// The length in nanoseconds; negative when it points back.
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Seconds as configurations write them. Out of range (years beyond 292) is clamped.
  package init(seconds: Double) {
    let limit = 9.2e18
    nanoseconds = Int64(max(-limit, min(limit, seconds.isNaN ? 0 : seconds * 1e9)))
  }

  /// No time at all.
  package static let zero = Interval(nanoseconds: 0)
  /// A span given in seconds, fractions allowed.
  package static func seconds(_ n: Double) -> Interval { Interval(seconds: n) }
  /// A span given in milliseconds.
  package static func milliseconds(_ n: Int64) -> Interval { Interval(nanoseconds: n * 1_000_000) }
  /// The length in whole milliseconds, rounded up; for timers.
  package var milliseconds: Int {
    Int(clamping: nanoseconds / 1_000_000) + (nanoseconds % 1_000_000 > 0 ? 1 : 0)
  }
  /// The length in seconds, as replies and options show it.
  package var seconds: Double { Double(nanoseconds) / 1e9 }

  package static func < (a: Interval, b: Interval) -> Bool { a.nanoseconds < b.nanoseconds }
  package static func + (a: Interval, b: Interval) -> Interval {
    let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
    return Interval(nanoseconds: overflow ? (a > .zero ? .max : .min) : sum)
  }
}

/// A point on the monotonic clock. It decides; it is never shown.
package struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since a start that means nothing; only differences do.
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Never: later than every other instant.
  package static let distantFuture = Instant(nanoseconds: .max)
  package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

  /// Saturates, so that "never" plus a grace period stays "never".
  package static func + (a: Instant, b: Interval) -> Instant {
    let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
    return overflow ? .distantFuture : Instant(nanoseconds: sum)
  }
  package static func - (a: Instant, b: Instant) -> Interval {
    let (span, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
    return Interval(nanoseconds: overflow ? (a > b ? .max : .min) : span)
  }
}

/// "Now", as handed to the core with every event: monotonic time decides, wall time is displayed.
package struct Moment: Hashable, Sendable {
  /// Monotonic time, for every decision.
  package let instant: Instant
  /// Seconds since the epoch, as circus puts them into `time` keys.
  package let wall: Double

  package init(instant: Instant, wall: Double) {
    self.instant = instant
    self.wall = wall
  }
}
