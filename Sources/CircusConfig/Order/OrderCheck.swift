import CircusModel

/// What is wrong with the dependencies of a file: circles, names of no watcher, conditions that never hold.
struct OrderCheck {
  private let specs: [WatcherSpec]
  private let graph: DependencyGraph
  private let names: DependencyNames
  /// Where sections have their `depends_on`.
  private let places: [String: (file: String, line: Int)]

  init(_ specs: [WatcherSpec], places: [String: (file: String, line: Int)]) {
    self.specs = specs
    self.places = places
    graph = DependencyGraph(specs)
    names = DependencyNames(graph.isEmpty ? [] : specs)
  }

  var problems: [Diagnostic] {
    guard !graph.isEmpty else { return [] }
    return graph.circles.map(circle) + graph.missing.map(missing)
      + graph.needs.joined().flatMap(problems)
  }

  /// The whole way round, and where each step of it is said. No watcher in it could ever start.
  private func circle(_ way: [Int]) -> Diagnostic {
    var text = specs[way[0]].name
    for (here, next) in zip(way, way.dropFirst()) {
      let place = place(of: here, naming: next)
      text += " -> \(specs[next].name)"
      if let line = place.place { text += " (\(line.file):\(line.line))" }
    }
    return diagnostic(
      .error, way[0], naming: way[1], "a circle of dependencies: \(text)",
      "take one of these steps out, or let one of the watchers do without the other")
  }

  private func missing(_ missing: DependencyGraph.Missing) -> Diagnostic {
    let name = missing.entry.name
    let isPattern = !Pattern.isLiteral(name)
    var found = diagnostic(
      .warning, missing.dependent, naming: nil,
      isPattern
        ? "depends on \(name), which matches nothing" : "depends on \(name), which does not exist",
      names.suggestion(for: name) ?? "write `\(name)?` if it may be missing")
    found.losesPart = !missing.entry.isOptional
    return found
  }

  private func problems(of edge: DependencyGraph.Edge) -> [Diagnostic] {
    let (dependent, dependency) = (specs[edge.dependent], specs[edge.dependency])
    var found: [Diagnostic] = []
    func never(_ problem: String, _ hint: String) {
      var diagnostic = diagnostic(
        .warning, edge.dependent, naming: edge.dependency, problem, hint)
      diagnostic.losesPart = !edge.kind.isOptional
      found.append(diagnostic)
    }
    switch edge.kind.condition {
    case .healthy where !dependency.probes.has(.readiness):
      found.append(
        diagnostic(
          .warning, edge.dependent, naming: edge.dependency,
          "\(dependency.name) has no readiness probe: it is healthy as soon as it is ready",
          "write readiness_probe in \(dependency.name), or depend on \(dependency.name):ready"))
    case .healthy: break
    case .completed, .completedOK:
      if !dependency.mayEnd {
        never(
          "\(dependency.name) is started again whenever it ends: it is never completed",
          "write \(dependency.dialect == .circus ? "respawn = False" : "autorestart=unexpected") in \(dependency.name), or depend on \(dependency.name):ready"
        )
      }
    case .started, .ready: break
    }
    if dependent.starts(before: dependency) {
      found.append(
        diagnostic(
          .warning, edge.dependent, naming: edge.dependency,
          "priority of \(dependency.name) (\(dependency.startPriority)) would start it after \(dependent.name) (\(dependent.startPriority)): the dependency wins",
          nil))
    }
    return found
  }

  private func diagnostic(
    _ severity: Diagnostic.Severity, _ index: Int, naming other: Int?, _ problem: String,
    _ hint: String?
  ) -> Diagnostic {
    let (section, place) = place(of: index, naming: other)
    return Diagnostic(
      severity, file: place?.file ?? "", line: place?.line ?? 0, section: section,
      key: "depends_on", value: specs[index].dependsOn.joined(separator: ", "), problem: problem,
      hint: hint)
  }

  /// The section that says that one watcher depends on another, and the line: its own, or its group's.
  private func place(
    of index: Int, naming other: Int?
  ) -> (section: String, place: (file: String, line: Int)?) {
    let spec = specs[index]
    let own = spec.definition["__name__"]?.string ?? spec.definition["section"]?.string ?? ""
    let group = "group:\(spec.group)"
    guard places[group] != nil, let theirs = spec.definition["group_depends_on"] else {
      return (own, places[own])
    }
    guard let other, places[own] != nil else {
      return places[own] == nil ? (group, places[group]) : (own, places[own])
    }
    func says(_ entries: [String]) -> Bool {
      entries.contains { names.find(DependencyEntry($0, in: names).name)?.contains(other) == true }
    }
    let groupEntries =
      if case .list(let entries) = theirs { entries.compactMap(\.string) } else { [String]() }
    let isTheirs = says(groupEntries)
    let isOwn = says(WatcherSpec.dependencies(in: spec.definition["depends_on"]?.string ?? ""))
    return isTheirs && !isOwn ? (group, places[group]) : (own, places[own])
  }
}

extension WatcherSpec {
  /// The priority that decides among programs, or among watchers.
  fileprivate var startPriority: Int { dialect == .circus ? priority : groupPriority }

  /// Whether the two priorities were written to start this one earlier.
  fileprivate func starts(before other: WatcherSpec) -> Bool {
    guard dialect == other.dialect else { return false }
    switch dialect {
    case .circus: return priority > other.priority
    case .supervisor:
      return group == other.group
        ? priority < other.priority : groupPriority < other.groupPriority
    }
  }
}
