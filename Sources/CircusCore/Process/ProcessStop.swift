import CircusModel

/// The stop of one process, while the process lives.
package struct ProcessStop: Hashable, Sendable {
  /// The last signal it sent.
  var signal: Signal
  /// When the first signal is due; nil: it was sent.
  package internal(set) var drainsUntil: Instant?
  /// From the signal to SIGKILL.
  var grace: Interval
  /// When SIGKILL is due, or was.
  package internal(set) var killAt: Instant
  /// SIGKILL was sent.
  package internal(set) var wasKilled = false
  /// Why.
  var cause: Cause
  /// Whether the death is published as `reap`; circus does not for decr, reload, max_age and kill.
  var announcesReap: Bool
  /// `after_spawn` refused the process before its spawn was published: its death is not published either.
  var isUnannounced = false

  /// When it is to be looked at; nil: SIGKILL was sent.
  var deadline: Instant? { drainsUntil ?? (wasKilled ? nil : killAt) }

  init(_ plan: StopPlan, cause: Cause, announcesReap: Bool, at now: Instant) {
    signal = plan.signal
    grace = plan.grace
    killAt = now + plan.grace
    self.cause = cause
    self.announcesReap = announcesReap
  }
}
