import CircusModel

/// What the daemon ends with, and why: the end of an essential watcher.
package struct Conclusion: Hashable, Sendable {
  /// The exit status.
  package var status: Int32
  /// `web: exit status 3 after 5 tries`.
  package var reason: String

  package init(status: Int32, reason: String) {
    self.status = status
    self.reason = reason
  }
}
