import CircusModel

/// A circus file resolved as circus's own reader resolves it: what `--dump-config` shows, and what
/// specs are built from.
package struct CircusDocument: Sendable {
  /// `[circus]` with defaults.
  package var circus: [String: ConfigValue] = [:]
  /// `[watcher:NAME]` sections as typed options, sorted by name (circus.md 1.6).
  package var watchers: [[String: ConfigValue]] = []
  /// `[plugin:NAME]` sections, sorted by name, which is the whole section text (circus.md 1.7).
  package var plugins: [[String: ConfigValue]] = []
  /// `[socket:NAME]` sections, sorted by name, which is in lower case (circus.md 1.7).
  package var sockets: [[String: ConfigValue]] = []
  /// The process environment with `[env]` laid over it.
  package var globalEnvironment: [String: String] = [:]
  /// Where each section began: `watcher:x` to (file, line).
  package var places: [String: (file: String, line: Int)] = [:]
  /// Where sections have their `depends_on`.
  var dependencyPlaces: [String: (file: String, line: Int)] = [:]

  package init() {}
}
