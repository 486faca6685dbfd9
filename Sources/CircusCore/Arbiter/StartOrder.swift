import CircusModel

/// In which order watchers start; they stop in the reverse.
struct StartOrder {
  /// Each after those it comes behind.
  let watchers: [WatcherID]
  /// What stops together: the watchers of a group, or all that are in none. The first stops first.
  let stopStages: [[WatcherID]]

  /// `watchers` as they are listed, which decides among equals.
  ///
  /// Watchers that start by themselves come by falling priority (circus.md 2.3); groups after them, by rising priority
  /// and name, as listed inside (supervisor.md 2.11). What others depend on comes before them, whatever it says.
  init(_ watchers: [(id: WatcherID, spec: WatcherSpec)], _ needs: Needs = Needs()) {
    let sorted = watchers.enumerated().sorted { a, b in
      let (x, y) = (Rank(a.element.spec), Rank(b.element.spec))
      return x == y ? a.offset < b.offset : x < y
    }.map(\.element)
    let stages = Self.stopStages(sorted)
    guard needs.hasEdges else {
      self.watchers = sorted.map(\.id)
      stopStages = stages
      return
    }
    self.watchers = needs.order(sorted.map(\.id))
    stopStages = needs.raised(stages, in: self.watchers)
  }

  private static func stopStages(
    _ sorted: [(id: WatcherID, spec: WatcherSpec)]
  ) -> [[WatcherID]] {
    var stages: [[WatcherID]] = []
    var last: String?
    for (id, spec) in sorted.reversed() {
      let group = spec.habits.stopsByGroup ? spec.group : nil
      if !stages.isEmpty, group == last {
        stages[stages.count - 1].append(id)
      } else {
        stages.append([id])
      }
      last = group
    }
    return stages
  }

  /// Smaller starts earlier.
  private struct Rank: Comparable {
    let isGrouped: Bool
    let priority: Int
    let group: String

    init(_ spec: WatcherSpec) {
      isGrouped = spec.habits.stopsByGroup
      priority = isGrouped ? spec.groupPriority : -spec.priority
      group = isGrouped ? spec.group : ""
    }

    static func < (a: Rank, b: Rank) -> Bool {
      if a.isGrouped != b.isGrouped { return b.isGrouped }
      return (a.priority, a.group) < (b.priority, b.group)
    }
  }
}
