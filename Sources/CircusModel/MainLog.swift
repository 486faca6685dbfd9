/// supervisord's own log and pid file, which a reload may change (supervisor.md 1.5).
package struct MainLog: Hashable, Sendable {
  /// Least severe level that is logged.
  package var level: LogLevel
  /// The file, or `syslog`.
  package var path: String
  /// Bytes after which it is rotated; 0: never.
  package var maxBytes: Int
  /// Older files kept.
  package var backups: Int
  /// Where the daemon's number is written.
  package var pidFile: String

  package init(level: LogLevel, path: String, maxBytes: Int, backups: Int, pidFile: String) {
    self.level = level
    self.path = path
    self.maxBytes = maxBytes
    self.backups = backups
    self.pidFile = pidFile
  }
}
