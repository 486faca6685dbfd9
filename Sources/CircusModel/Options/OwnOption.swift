/// Options that come in families.
extension WatcherOption {
  /// One of ours that both systems spell alike, and that holds at once. One that says more of another, as `backoff.cap`
  /// does, would only make the list of `options` long.
  static func own(
    _ key: String, _ kind: Kind, _ field: Field, _ help: String,
    range: ClosedRange<Int>? = nil
  ) -> WatcherOption {
    WatcherOption(
      circus: .init(key, kind), supervisor: .init(key, kind), field, .live,
      key.contains(".") ? [.settable, .ours] : [.settable, .shown, .ours], range: range,
      help: help)
  }

  /// One of a probe or limit; without a suffix what it asks for.
  static func own(
    _ probe: ProbeKind, _ suffix: String, _ kind: Kind, _ field: Field, _ help: String,
    range: ClosedRange<Int>? = nil
  ) -> WatcherOption {
    own(suffix.isEmpty ? probe.key : "\(probe.key).\(suffix)", kind, field, help, range: range)
  }

  /// What stands before the dot in the names of a family: no plugin has it.
  package static let families = Set(
    all.compactMap { option in
      option.has(.ours) ? option.circus.map { $0.key.split(separator: ".") } : nil
    }
    .filter { $0.count == 2 }.map { String($0[0]) }
  ).union(["on_exit"])
}
