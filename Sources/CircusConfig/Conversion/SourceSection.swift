/// A section that is being converted. Options that were not taken at its end have no equivalent.
struct SourceSection {
  let name: String
  private var options: [INIDocument.Option]
  private var taken: Set<String> = []

  init(_ section: INIDocument.Section) {
    name = section.name
    options = section.options
  }

  /// Whether the file says anything about it.
  func has(_ key: String) -> Bool { options.contains { $0.key == key } }

  /// The text of an option, which counts as taken from now on; nil where there is none.
  mutating func take(_ key: String) -> String? {
    taken.insert(key)
    return options.first { $0.key == key }?.value
  }

  /// Counts options as taken whose meaning was read elsewhere.
  mutating func take(all keys: [String]) { taken.formUnion(keys) }

  /// The same of every option whose name begins so.
  mutating func take(prefix: String) {
    taken.formUnion(options.lazy.map(\.key).filter { $0.hasPrefix(prefix) })
  }

  /// What has not been taken, in the order of the file.
  var rest: [String] { options.map(\.key).filter { !taken.contains($0) } }
}
