import CircusModel

/// What a process has told of itself in one message (sd_notify(3)), by a newline, or by a line of its output.
package struct Notification: Hashable, Sendable {
  /// `READY=1`: its start or its reload is complete.
  package var isReady = false
  /// `RELOADING=1`: it reads its configuration again.
  package var isReloading = false
  /// `MONOTONIC_USEC=`: when it was sent; nil: it does not say.
  package var sentAt: Instant?
  /// `STOPPING=1`: it is about to end by itself.
  package var isStopping = false
  /// `STATUS=`: how it is doing, for people.
  package var status: String?
  /// `ERRNO=`: why it fails.
  package var errno: Int?
  /// `EXTEND_TIMEOUT_USEC=`: so much longer may last what is under way.
  package var extra: Interval?

  /// `WATCHDOG=1`: it lives.
  package var isAlive = false
  /// `WATCHDOG=trigger`: it is broken, and knows it.
  package var isBroken = false
  /// `WATCHDOG_USEC=`: how often it will say so from now on.
  package var watchdog: Interval?

  package init() {}

  /// It lives, and that is all it says.
  var isOnlyAlive: Bool {
    var plain = Notification()
    (plain.isAlive, plain.watchdog) = (isAlive, watchdog)
    return plain == self && plain != Notification()
  }

  /// It is ready, and that is all.
  package static let ready: Notification = {
    var notification = Notification()
    notification.isReady = true
    return notification
  }()
}
