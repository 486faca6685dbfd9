import CircusModel

/// Which watcher depends on which, by their positions in a list.
package struct DependencyGraph: Sendable {
  /// From a watcher to one it depends on.
  package struct Edge: Hashable, Sendable {
    package var dependent: Int
    package var dependency: Int
    package var kind: Dependency
  }

  /// An entry that names nothing.
  package struct Missing: Hashable, Sendable {
    package var dependent: Int
    package var entry: DependencyEntry
  }

  /// What each watcher depends on, in the order in which it says so.
  package private(set) var needs: [[Edge]]
  /// What depends on each watcher.
  package private(set) var dependents: [[Edge]]
  package private(set) var missing: [Missing] = []

  /// Whether there is no dependency.
  package var isEmpty: Bool { edgeCount == 0 && missing.isEmpty }
  package private(set) var edgeCount = 0

  /// A oneshot is never up: ready means that it is done.
  private static func condition(
    _ entry: DependencyEntry, _ spec: WatcherSpec
  ) -> Dependency.Condition {
    switch entry.condition {
    case nil, .ready?: spec.isOneshot ? .completedOK : .ready
    case let condition?: condition
    }
  }

  package init(_ specs: [WatcherSpec]) {
    needs = Array(repeating: [], count: specs.count)
    dependents = needs
    guard specs.contains(where: { !$0.dependsOn.isEmpty }) else { return }
    let names = DependencyNames(specs)
    for (index, spec) in specs.enumerated() where !spec.dependsOn.isEmpty {
      var seen: Set<Edge> = []
      for text in spec.dependsOn {
        let entry = DependencyEntry(text, in: names)
        guard let found = names.find(entry.name) else {
          missing.append(Missing(dependent: index, entry: entry))
          continue
        }
        // What names several does not name the watcher itself; alone, it is a circle of one.
        for other in found where found.count == 1 || other != index {
          let edge = Edge(
            dependent: index, dependency: other,
            kind: Dependency(
              Self.condition(entry, specs[other]),
              entry.reaction ?? (entry.isOptional ? .ignore : spec.onDependency),
              isOptional: entry.isOptional))
          guard seen.insert(edge).inserted else { continue }
          needs[index].append(edge)
          dependents[other].append(edge)
          edgeCount += 1
        }
      }
    }
  }
}
