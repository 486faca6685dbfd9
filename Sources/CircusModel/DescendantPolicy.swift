/// Which descendants a stop ends besides the process itself (`stop_descendants`).
package enum DescendantPolicy: String, CaseIterable, Hashable, Sendable {
  /// Those that are left in the process's session or process group: the default.
  case session
  /// Those with a session of their own too: daemonised programs, workers that call setsid(2).
  case all
  /// None (supervisor's explicit `killasgroup=false`).
  case none

  /// The booleans that the option once took.
  package static let aliases = [
    "true": "session", "yes": "session", "on": "session", "1": "session", "false": "none",
    "no": "none", "off": "none", "0": "none",
  ]

  /// By its word or as the boolean the option once was: true is `session`, false is `none`. Nil: neither.
  package init?(text: String) {
    let word = text.lowercased()
    self.init(rawValue: Self.aliases[word] ?? word)
  }
}
