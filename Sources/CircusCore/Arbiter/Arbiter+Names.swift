import CircusModel

/// Finding watchers by name.
extension Arbiter {
  /// By name as written, then in any letter case, then by the form event topics use.
  func index(named name: String) -> Int? {
    let wanted = name.lowercased()
    // One that is being removed cannot be addressed any more.
    return watchers.firstIndex { $0.spec.name == name && !$0.isDoomed }
      ?? watchers.firstIndex { $0.spec.name.lowercased() == wanted && !$0.isDoomed }
      ?? watchers.firstIndex { $0.spec.topicName == wanted && !$0.isDoomed }
  }

  /// Those that can be addressed, by name in lower case; the first of a name.
  var idsByName: [String: WatcherID] {
    Dictionary(
      watchers.lazy.filter { !$0.isDoomed }.map { ($0.spec.name.lowercased(), $0.id) },
      uniquingKeysWith: { first, _ in first })
  }
}
