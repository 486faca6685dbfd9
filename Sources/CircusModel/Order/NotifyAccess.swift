/// Whose messages on a process's `NOTIFY_SOCKET` count, of those that run under its user. Those of the process itself
/// and of root always do.
package enum NotifyAccess: String, CaseIterable, Sendable {
  /// Those of its descendants, as far as they do not say what becomes of it.
  case tree
  /// No others.
  case main
  /// All.
  case all

  /// Who speaks for a process.
  package enum Speaker {
    /// Its main process, or root.
    case itself
    /// Another process of its own.
    case descendant
    /// Any other process of its user.
    case stranger
  }

  /// What is said for a process.
  package enum Subject {
    /// How it is doing: ready, its status, more time.
    case state
    /// What becomes of it: it ends, it reads its configuration again.
    case course
    /// That the one who speaks is the main process.
    case itself
    /// That another one is.
    case other
  }

  /// Whether one may say it.
  package func allows(_ subject: Subject, to speaker: Speaker) -> Bool {
    switch (speaker, subject) {
    case (.itself, _): true
    case (.descendant, .state), (.descendant, .itself): self != .main
    case (.descendant, .course), (.stranger, .state), (.stranger, .course): self == .all
    case (.descendant, .other), (.stranger, .itself), (.stranger, .other): false
    }
  }
}
