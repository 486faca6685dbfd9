/// The form a watcher's name has in topics of events and statistics: lower case, blanks as `_`
/// (circus.md 4.1).
package enum TopicName {
  /// The topic form of a name as it was written.
  package static func of(_ name: String) -> String {
    String(name.lowercased().map { $0 == " " ? "_" : $0 })
  }
}
