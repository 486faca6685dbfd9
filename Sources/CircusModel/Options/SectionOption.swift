/// One option of a section that describes neither a watcher nor circus's daemon: the only place that names it.
package struct SectionOption: Sendable {
  /// What its text stands for, beyond its kind.
  package enum Meaning: Sendable {
    case plain
    /// A path in which `~` is expanded.
    case home
    /// A path that is made absolute, `~` expanded; these words stand for themselves.
    case file(except: [String])
  }

  /// Its name, the kind of its values, and what stands for it where the file says nothing.
  package var spelling: WatcherOption.Spelling
  /// What its text stands for.
  package var meaning: Meaning
  /// What circus has instead, for those who convert a file; nil: the same, or code of its own says it.
  package var elsewhere: String?

  init(
    _ key: String, _ kind: WatcherOption.Kind, listed: ConfigValue? = nil,
    _ meaning: Meaning = .plain, elsewhere: String? = nil
  ) {
    spelling = .init(key, kind, listed: listed)
    self.meaning = meaning
    self.elsewhere = elsewhere
  }

  /// Its name.
  package var key: String { spelling.key }
  /// Whether its text may say anything; else it is a number, a word of several or a list.
  package var isText: Bool { spelling.kind == .text }
}

/// The options of one kind of section.
package struct SectionTable: Sendable {
  /// Every option, in the order it is read.
  package let options: [SectionOption]
  /// The same by name.
  package let byKey: [String: SectionOption]
  /// Their names.
  package let keys: Set<String>

  init(_ options: [SectionOption]) {
    self.options = options
    byKey = Dictionary(uniqueKeysWithValues: options.map { ($0.key, $0) })
    keys = Set(byKey.keys)
  }

  /// What stands for an option where the file says nothing.
  package func listed(_ key: String) -> ConfigValue? { byKey[key]?.spelling.listed }
}
