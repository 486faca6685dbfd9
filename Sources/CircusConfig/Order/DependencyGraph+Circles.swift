import CircusModel

/// Circles, and an order without them.
extension DependencyGraph {
  /// Each watcher after those it depends on; those in a circle come last, in the order of the list. `isBefore` decides
  /// among those that could come next.
  package func order(by isBefore: (Int, Int) -> Bool) -> [Int] {
    var open = needs.map { Set($0.map(\.dependency)).count }
    var free = needs.indices.filter { open[$0] == 0 }
    free.sort { isBefore($1, $0) }
    var out: [Int] = []
    out.reserveCapacity(needs.count)
    while let next = free.popLast() {
      out.append(next)
      for dependent in Set(dependents[next].map(\.dependent)) {
        open[dependent] -= 1
        guard open[dependent] == 0 else { continue }
        let place = free.partitioningIndex { isBefore(dependent, $0) }
        free.insert(dependent, at: place)
      }
    }
    guard out.count < needs.count else { return out }
    let done = Set(out)
    return out + needs.indices.filter { !done.contains($0) }
  }

  /// Every circle: the watchers that depend on each other, as a shortest way round that ends where it began.
  package var circles: [[Int]] {
    components.filter { component in
      component.count > 1
        || needs[component[0]].contains { $0.dependency == component[0] }
    }.map { wayRound(Set($0)) }.sorted { ($0.min() ?? 0) < ($1.min() ?? 0) }
  }

  /// A shortest way from one of them back to it.
  private func wayRound(_ members: Set<Int>) -> [Int] {
    var best: [Int] = []
    // A way round meets the smallest circle from each of its members: a few starts are enough to be short.
    for start in members.sorted().prefix(16) {
      var from: [Int: Int] = [:]
      var queue = [start]
      var head = 0
      search: while head < queue.count {
        let here = queue[head]
        head += 1
        for edge in needs[here] where members.contains(edge.dependency) {
          if edge.dependency == start {
            var way = [here]
            while way[0] != start, let before = from[way[0]] { way.insert(before, at: 0) }
            if best.isEmpty || way.count + 1 < best.count { best = way + [start] }
            break search
          }
          guard from[edge.dependency] == nil else { continue }
          from[edge.dependency] = here
          queue.append(edge.dependency)
        }
      }
    }
    return best
  }

  /// Strongly connected components (Tarjan), without recursion: a chain may have ten thousand members.
  private var components: [[Int]] {
    var counter = 0
    var number = [Int](repeating: -1, count: needs.count)
    var low = number
    var isOnStack = [Bool](repeating: false, count: needs.count)
    var stack: [Int] = []
    var found: [[Int]] = []
    for root in needs.indices where number[root] < 0 {
      var path: [(node: Int, next: Int)] = []
      func enter(_ node: Int) {
        number[node] = counter
        low[node] = counter
        counter += 1
        stack.append(node)
        isOnStack[node] = true
        path.append((node, 0))
      }
      enter(root)
      while let (node, next) = path.last {
        if next < needs[node].count {
          path[path.count - 1].next += 1
          let other = needs[node][next].dependency
          if number[other] < 0 {
            enter(other)
          } else if isOnStack[other] {
            low[node] = min(low[node], number[other])
          }
          continue
        }
        path.removeLast()
        if let parent = path.last?.node { low[parent] = min(low[parent], low[node]) }
        guard low[node] == number[node] else { continue }
        var component: [Int] = []
        while let member = stack.popLast() {
          isOnStack[member] = false
          component.append(member)
          if member == node { break }
        }
        found.append(component)
      }
    }
    return found
  }
}

extension [Int] {
  /// Where the elements begin for which the test no longer holds; it holds for a beginning of the list.
  fileprivate func partitioningIndex(where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
