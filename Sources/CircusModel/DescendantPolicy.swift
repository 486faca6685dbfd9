/// Which descendants a stop ends besides the process itself (`stop_descendants`).
package enum DescendantPolicy: String, CaseIterable, Hashable, Sendable {
  /// Those that are left in the process's session or process group: the default.
  case session
  /// Those with a session of their own too: daemonised programs, workers that call setsid(2).
  case all
  /// None (supervisor's explicit `killasgroup=false`).
  case none

  /// By its word or as the boolean the option once was: true is `session`, false is `none`. Nil: neither.
  package init?(text: String) {
    switch text.lowercased() {
    case "true", "yes", "on", "1": self = .session
    case "false", "no", "off", "0": self = .none
    case let word: self.init(rawValue: word)
    }
  }
}
