/// What the daemon's own death, not its ordered end, means for a watcher's processes (`on_daemon_exit`).
package enum DaemonExit: String, CaseIterable, Hashable, Sendable {
  /// They run on, and the next daemon takes them over.
  case keep
  /// The kernel kills them at once.
  case kill
}

/// What a daemon begins with (`on_boot`).
package enum BootState: String, CaseIterable, Hashable, Sendable {
  /// What the configuration file says.
  case config
  /// What was wanted when the last daemon ended: stopped stays stopped, scaled stays scaled.
  case last
}
