import CircusModel

/// Time that moves only when a test says so.
package struct ManualClock: Sendable {
  package private(set) var now: Moment

  package init() {
    now = Moment(instant: Instant(nanoseconds: 1_000_000_000), wall: 1_700_000_000)
  }

  package mutating func advance(_ interval: Interval) {
    now = Moment(instant: now.instant + interval, wall: now.wall + interval.seconds)
  }
}
