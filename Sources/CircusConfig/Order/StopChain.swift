import CircusModel

/// The longest time that an ordered end of the daemon can take: what depends on others stops before them, supervisor's
/// groups one after the other, and each process has its grace.
package struct StopChain: Equatable, Sendable {
  /// One after the other: who stops, and how long that takes at most, in seconds.
  package var links: [Link] = []

  /// A watcher and its grace.
  package struct Link: Equatable, Sendable {
    package var name: String
    package var seconds: Double
  }

  /// In seconds.
  package var seconds: Double { links.reduce(0) { $0 + $1.seconds } }

  /// `web 30 s, then db 10 s`.
  package var text: String {
    links.map { "\($0.name) \(formatted($0.seconds)) s" }.joined(separator: ", then ")
  }

  package init(of specs: [WatcherSpec]) {
    let graph = DependencyGraph(specs)
    var chains: [Int: StopChain] = [:]
    func chain(_ index: Int, _ seen: Set<Int>) -> StopChain {
      if let known = chains[index] { return known }
      var longest = StopChain()
      for edge in graph.dependents[index] where !seen.contains(edge.dependent) {
        let other = chain(edge.dependent, seen.union([index]))
        if other.seconds > longest.seconds { longest = other }
      }
      longest.links.append(
        Link(
          name: specs[index].name,
          seconds: (specs[index].stop.drain + specs[index].stop.grace).seconds))
      chains[index] = longest
      return longest
    }
    var groups: [(name: String?, chain: StopChain)] = []
    for (index, spec) in specs.enumerated() {
      let group = spec.habits.stopsByGroup ? spec.group : nil
      let found = chain(index, [])
      if let place = groups.firstIndex(where: { $0.name == group }) {
        if found.seconds > groups[place].chain.seconds { groups[place].chain = found }
      } else {
        groups.append((group, found))
      }
    }
    for link in groups.flatMap(\.chain.links) where !links.contains(link) { links.append(link) }
  }

  private init() {}

  private func formatted(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e9 ? String(Int(seconds)) : "\(seconds)"
  }
}
