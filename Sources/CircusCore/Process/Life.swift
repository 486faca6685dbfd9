import CircusModel

/// A process from its spawn to its death.
package struct Life: Hashable, Sendable {
  /// What the kernel calls it.
  package let pid: PID
  /// When it was spawned.
  let startedAt: Instant
  /// When `max_age` ends it; nil: never.
  var expiresAt: Instant?
  /// `after_spawn` has not agreed yet.
  var isOnTrial = false

  init(_ pid: PID, startedAt: Instant, expiresAt: Instant? = nil) {
    self.pid = pid
    self.startedAt = startedAt
    self.expiresAt = expiresAt
  }
}
