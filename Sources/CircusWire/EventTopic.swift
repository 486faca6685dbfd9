/// The first frame of an event: `watcher.<name>.<event>` (circus.md 4.1). A name may have dots, an event has none.
package struct EventTopic: Hashable, Sendable {
  /// What subscribers of all events ask for.
  package static let prefix = "watcher."

  /// The watcher in topic form: lower case, blanks as `_`.
  package var watcher: String
  /// `spawn`, `reap` ...
  package var event: String

  package init(watcher: String, event: String) {
    self.watcher = watcher
    self.event = event
  }

  /// Nil for what is no event of a watcher.
  package init?(_ text: String) {
    guard text.hasPrefix(Self.prefix), let dot = text.lastIndex(of: ".") else { return nil }
    let start = text.index(text.startIndex, offsetBy: Self.prefix.count)
    guard start < dot else { return nil }
    watcher = String(text[start..<dot])
    event = String(text[text.index(after: dot)...])
  }

  /// As it is sent.
  package var text: String { "\(Self.prefix)\(watcher).\(event)" }
}
