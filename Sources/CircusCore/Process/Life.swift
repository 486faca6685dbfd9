import CircusModel

/// A process from its spawn to its death.
package struct Life: Hashable, Sendable {
  /// By which processes it is known.
  package internal(set) var leaders: Leaders
  /// When it was spawned.
  let startedAt: Instant
  /// When `max_age` ends it; nil: never.
  var expiresAt: Instant?
  /// `after_spawn` has not agreed yet.
  var isOnTrial = false
  /// How it is doing, in its own words; empty: it has not said.
  package internal(set) var status = ""
  /// It reads its configuration again, and has said so.
  package internal(set) var isReloading = false
  /// It is about to end, and has said so: by then it is ended; nil: it is not.
  package internal(set) var leavesBy: Instant?
  /// When the run of a oneshot is ended; nil: never.
  var runsUntil: Instant?
  /// It may have said that it is ready while nobody listened.
  package internal(set) var isUnheard = false
  /// A reload that it was asked for and has yet to confirm; nil: there is none.
  var reload: ReloadWord?
  /// Seconds from its spawn until it was ready; nil: it is not.
  package internal(set) var readyAfter: Double?

  /// What the kernel calls its main process.
  package var pid: PID { leaders.main }

  /// It is about to end by itself.
  package var isLeaving: Bool { leavesBy != nil }

  /// When something about it is due while it runs.
  var deadline: Instant? { [expiresAt, leavesBy, runsUntil, reload?.by].compactMap(\.self).min() }

  init(_ leaders: Leaders, startedAt: Instant, expiresAt: Instant? = nil) {
    self.leaders = leaders
    self.startedAt = startedAt
    self.expiresAt = expiresAt
  }
}
