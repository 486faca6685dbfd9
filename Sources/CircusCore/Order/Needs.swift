import CircusConfig
import CircusModel

/// Which watcher depends on which.
struct Needs {
  struct Edge {
    var watcher: WatcherID
    var kind: Dependency
  }

  private let graph: DependencyGraph
  /// By position: asked for after each event of a watcher, and of those at its edges.
  private let needs: [[Edge]]
  private let dependents: [[Edge]]
  private let ids: [WatcherID]
  private let positions: [WatcherID: Int]
  /// Watchers that could never start, for they wait for each other.
  private let circles: Set<Int>
  /// Watchers whose processes say that they are ready.
  private let speakers: Set<WatcherID>
  private let missing: [Int: [DependencyEntry]]

  /// Nobody depends on anything.
  init() { self.init([]) }

  init(_ watchers: [(id: WatcherID, spec: WatcherSpec)]) {
    graph = DependencyGraph(watchers.map(\.spec))
    speakers = Set(watchers.lazy.filter { $0.spec.ready.isExplicit }.map(\.id))
    guard !graph.isEmpty else {
      (ids, positions, circles, missing, needs, dependents) = ([], [:], [], [:], [], [])
      return
    }
    let ids = watchers.map(\.id)
    self.ids = ids
    needs = graph.needs.map { $0.map { Edge(watcher: ids[$0.dependency], kind: $0.kind) } }
    dependents = graph.dependents.map {
      $0.map { Edge(watcher: ids[$0.dependent], kind: $0.kind) }
    }
    positions = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
    circles = Set(graph.circles.joined())
    missing = Dictionary(grouping: graph.missing, by: \.dependent).mapValues { $0.map(\.entry) }
  }

  /// Nobody depends on anybody, or says how far it is.
  var isEmpty: Bool { graph.isEmpty && speakers.isEmpty }
  /// Whether anybody depends on anything.
  var hasEdges: Bool { !graph.isEmpty }

  /// What a watcher depends on, in the order in which it says so.
  func of(_ id: WatcherID) -> [Edge] {
    guard let position = positions[id] else { return [] }
    return needs[position]
  }

  /// What depends on a watcher.
  func dependents(of id: WatcherID) -> [Edge] {
    guard let position = positions[id] else { return [] }
    return dependents[position]
  }

  /// Entries of a watcher that name nothing, and may not.
  func missing(of id: WatcherID) -> [DependencyEntry] {
    let all = positions[id].flatMap { missing[$0] } ?? []
    return all.filter { !$0.isOptional }
  }

  func isInCircle(_ id: WatcherID) -> Bool {
    positions[id].map { circles.contains($0) } ?? false
  }

  /// Whether a watcher depends on another one, or another one on it.
  func isLinked(_ id: WatcherID) -> Bool {
    guard let position = positions[id] else { return false }
    return !graph.needs[position].isEmpty || !graph.dependents[position].isEmpty
  }

  /// Whether anybody may want to know how far a watcher is: it has an edge, to it or from it, or says so itself.
  func concerns(_ id: WatcherID) -> Bool {
    if speakers.contains(id) { return true }
    guard let position = positions[id] else { return false }
    return !graph.needs[position].isEmpty || !graph.dependents[position].isEmpty
      || missing[position] != nil
  }
}

extension Needs {
  /// These watchers, each after those it depends on. One that is needed comes as early as the first that needs it would.
  func order(_ sorted: [WatcherID]) -> [WatcherID] {
    var rank = [Int](repeating: Int.max, count: ids.count)
    for (place, id) in sorted.enumerated() {
      if let position = positions[id] { rank[position] = place }
    }
    let free = graph.order { rank[$0] < rank[$1] }
    for position in free.reversed() {
      for edge in graph.needs[position] where !isInCircle(ids[position]) {
        rank[edge.dependency] = min(rank[edge.dependency], rank[position])
      }
    }
    // Equals stay as they are listed.
    let own = Dictionary(uniqueKeysWithValues: zip(sorted, sorted.indices))
    let ordered = graph.order { a, b in
      rank[a] == rank[b] ? own[ids[a]] ?? .max < own[ids[b]] ?? .max : rank[a] < rank[b]
    }
    let known = ordered.map { ids[$0] }
    return known.filter { own[$0] != nil } + sorted.filter { positions[$0] == nil }
  }

  /// Stages of a stop in which nothing is stopped in an earlier one than what depends on it. `order`: each after those
  /// it depends on.
  func raised(_ stages: [[WatcherID]], in order: [WatcherID]) -> [[WatcherID]] {
    var stage: [WatcherID: Int] = [:]
    for (number, members) in stages.enumerated() {
      for id in members { stage[id] = number }
    }
    for id in order.reversed() {
      for need in of(id) where !isInCircle(id) {
        stage[need.watcher] = max(stage[need.watcher] ?? 0, stage[id] ?? 0)
      }
    }
    var out: [[WatcherID]] = Array(repeating: [], count: stages.count)
    for id in stages.joined() { out[stage[id] ?? 0].append(id) }
    return out.filter { !$0.isEmpty }
  }
}
