import CircusModel

/// A process that is to say at least so often that it lives (`WATCHDOG=1`, sd_notify(3)).
struct Watchdog: Sendable {
  /// From one word to the next; what the process asks for itself beats the option.
  var interval: Interval
  /// By then it must have said so again.
  var due: Instant
  /// Its time is over, and what it has sent meanwhile is being looked for.
  var isOver = false

  init(_ interval: Interval, at now: Instant) {
    self.interval = interval
    due = now + interval
  }

  /// It has said that it lives.
  mutating func heard(at now: Instant) {
    due = now + interval
    isOver = false
  }
}
