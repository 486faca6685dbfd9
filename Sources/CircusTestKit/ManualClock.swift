import CircusModel

/// Time that moves only when a test says so.
package struct ManualClock: Sendable {
  /// Begins one second after boot and at 1700000000 seconds since the epoch.
  package private(set) var now: Moment

  package init() {
    now = Moment(instant: Instant(nanoseconds: 1_000_000_000), wall: 1_700_000_000)
  }

  /// Moves both the steady and the wall clock on.
  package mutating func advance(_ interval: Interval) {
    now = Moment(instant: now.instant + interval, wall: now.wall + interval.seconds)
  }

  /// The wall clock is set: the steady one goes on.
  package mutating func step(_ seconds: Double) {
    now = Moment(instant: now.instant, wall: now.wall + seconds)
  }
}
