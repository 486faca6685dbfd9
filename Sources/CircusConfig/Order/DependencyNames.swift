import CircusModel

/// What the names in `depends_on` stand for, in any letter case.
///
/// A watcher is known by its name and by `group:name`; the name of a group means all its members, a pattern
/// (`worker-*`) all watchers it matches.
package struct DependencyNames {
  private let watchers: [String: Int]
  private let groups: [String: [Int]]
  /// In lower case, as they are listed.
  private let names: [String]

  package init(_ specs: [WatcherSpec]) {
    var watchers: [String: Int] = [:]
    var groups: [String: [Int]] = [:]
    names = specs.map { $0.name.lowercased() }
    for (index, spec) in specs.enumerated() {
      let group = spec.group.lowercased()
      watchers[names[index]] = index
      groups[group, default: []].append(index)
    }
    for (index, spec) in specs.enumerated() where spec.group != spec.name {
      let full = "\(spec.group):\(spec.name)".lowercased()
      if watchers[full] == nil { watchers[full] = index }
    }
    self.watchers = watchers
    self.groups = groups
  }

  /// Whether it is the name of a watcher or a group as it stands.
  func isExact(_ name: String) -> Bool {
    let name = name.lowercased()
    return watchers[name] != nil || groups[name] != nil
  }

  /// The watchers a name means; nil: it means none.
  package func find(_ name: String) -> [Int]? {
    let name = name.lowercased()
    if let index = watchers[name] { return [index] }
    if let members = groups[name] { return members }
    guard !Pattern.isLiteral(name) else { return nil }
    let found = names.indices.filter { Pattern.matches(names[$0], name) }
    return found.isEmpty ? nil : found
  }

  /// The nearest known name.
  package func suggestion(for name: String) -> String? {
    Suggestion.hint(for: name.lowercased(), among: (Set(names).union(groups.keys)).sorted())
  }
}
