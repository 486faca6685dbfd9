import CircusModel

/// A circus file resolved as circus's own reader resolves it: what `--dump-config` shows, and what
/// specs are built from.
package struct CircusDocument: Sendable {
  /// `[circus]` with defaults.
  package var circus: [String: ConfigValue] = [:]
  package var watchers: [[String: ConfigValue]] = []
  package var plugins: [[String: ConfigValue]] = []
  package var sockets: [[String: ConfigValue]] = []
  /// The process environment with `[env]` laid over it.
  package var globalEnvironment: [String: String] = [:]
  /// Where each section began: `watcher:x` to (file, line).
  package var places: [String: (file: String, line: Int)] = [:]

  package init() {}
}
