import CircusModel

/// What the daemon ends with, and why: the end of an essential watcher.
package struct Conclusion: Hashable, Sendable {
  /// The exit status.
  package var status: Int32
  /// `web: exit status 3 after 5 tries`.
  package var reason: String
  /// No process has come to an end of its own: it could not be started.
  package var isFailedStart = false

  package init(status: Int32, reason: String) {
    self.status = status
    self.reason = reason
  }
}
