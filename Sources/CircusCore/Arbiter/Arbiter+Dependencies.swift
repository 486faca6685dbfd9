import CircusConfig
import CircusModel
import CircusWire

/// Edges between watchers. They are looked at anew whenever one end of them changes: nothing is queued for later, and
/// nothing blocks.
extension Arbiter {
  /// After watchers came, went, or depend on others than before.
  mutating func refreshNeeds() {
    guard needsAreStale else { return }
    needsAreStale = false
    heldStopsAreStale = true
    let before = Set(watchers.lazy.filter(\.gate.hasNeeds).map(\.id))
    needs = Needs(watchers.filter { !$0.isDoomed }.map { ($0.id, $0.spec) })
    guard !needs.isEmpty || !before.isEmpty else { return }
    for watcher in watchers where needs.concerns(watcher.id) || before.contains(watcher.id) {
      restless.insert(watcher.id)
    }
  }

  /// What a watcher waits for as things are.
  func gate(of id: WatcherID) -> StartGate {
    var gate = StartGate()
    let isInCircle = needs.isInCircle(id)
    for need in needs.of(id) {
      gate.hasNeeds = true
      guard let index = index(of: need.watcher), !watchers[index].satisfies(need.kind) else {
        continue
      }
      let other = watchers[index]
      let reason: StartGate.Reason =
        isInCircle && needs.isInCircle(other.id)
        ? .circle : other.standing.obstacle.map { .obstacle($0) } ?? .onItsWay
      gate.obstacles.append(
        .init(name: other.spec.name, condition: need.kind.condition, reason: reason))
    }
    for entry in needs.missing(of: id) {
      gate.hasNeeds = true
      gate.obstacles.append(
        .init(name: entry.name, condition: entry.condition ?? .ready, reason: .missing))
    }
    return gate
  }

  /// Lets a watcher see what it waits for, before it is changed.
  mutating func showGate(to index: Int) {
    guard !needs.isEmpty || watchers[index].gate.hasNeeds else { return }
    let gate = gate(of: watchers[index].id)
    if gate != watchers[index].gate { watchers[index].gate = gate }
  }

  /// Looks how far a watcher is after a change; those that depend on it look again if that is news.
  mutating func assess(_ index: Int, _ now: Moment, _ effects: inout [Effect]) {
    let id = watchers[index].id
    guard needs.concerns(id) else { return }
    if !heldStops.isEmpty { stirred.insert(id) }
    let wait = watchers[index].currentWait(now)
    if wait != watchers[index].waiting { watchers[index].take(wait, now, &ledger, &effects) }
    let standing = watchers[index].currentStanding(now)
    guard standing != watchers[index].standing else { return }
    watchers[index].take(standing, now, &ledger, &effects)
    restless.insert(id)
  }

  /// Lets those look again whose dependencies have changed.
  mutating func advanceDependents(_ now: Moment, _ effects: inout [Effect]) {
    refreshNeeds()
    if heldStopsAreStale { advanceAllHeldStops(now, &effects) }
    let unseen = watchers.takeUnseen()
    guard !needs.isEmpty || !restless.isEmpty else { return }
    for number in unseen { restless.insert(WatcherID(number)) }
    while let id = restless.popFirst() {
      if let index = index(of: id), watchers[index].gate.hasNeeds || needs.concerns(id) {
        look(at: index, now, &effects)
      }
      for edge in needs.dependents(of: id) {
        guard let index = index(of: edge.watcher) else { continue }
        look(at: index, now, &effects)
      }
    }
  }

  /// Nothing happens to a watcher that does not wait and sees what it saw before.
  private mutating func look(at index: Int, _ now: Moment, _ effects: inout [Effect]) {
    let id = watchers[index].id
    let wasWaiting = watchers[index].isWaiting
    let before = watchers[index].gate
    showGate(to: index)
    guard watchers[index].gate != before || wasWaiting != watchers[index].isWaiting else {
      return assess(index, now, &effects)
    }
    guard wasWaiting || watchers[index].isWaiting else { return assess(index, now, &effects) }
    update(id, now, &effects) { _, _, _ in }
  }

  /// Watchers that wait for each other would never start.
  func refuseCircles(
    with new: WatcherSpec, insteadOf old: WatcherSpec?
  ) throws(RequestError) {
    guard new.dependsOn != old?.dependsOn ?? [] else { return }
    var specs = watchers.filter { !$0.isDoomed }.map(\.spec)
    if let index = specs.firstIndex(where: { $0.name == old?.name }) {
      specs[index] = new
    } else {
      specs.append(new)
    }
    guard
      let way = DependencyGraph(specs).circles.first(where: { way in
        way.contains { specs[$0].name == new.name }
      })
    else { return }
    throw .refused(
      "depends_on: a circle of dependencies: "
        + way.map { specs[$0].name }.joined(separator: " -> "))
  }

  // MARK: pulling in

  /// Starts what a watcher needs and is stopped.
  mutating func pullIn(
    for id: WatcherID, cause: Cause, _ now: Moment, _ effects: inout [Effect]
  ) {
    for id in missingNeeds(of: id, cause) { want(id, cause: .dependency, now, &effects) }
  }

  /// The same for one that runs, whose edges may be others now. It is not held up itself.
  mutating func bringNeeds(of id: WatcherID, _ now: Moment, _ effects: inout [Effect]) {
    guard let index = index(of: id), watchers[index].desired == .running else { return }
    pullIn(for: id, cause: .configuration, now, &effects)
  }

  /// What must be started for a watcher, each after those it depends on itself. What gave up is left alone, and at a boot
  /// what an operator had stopped.
  mutating func missingNeeds(of id: WatcherID, _ cause: Cause) -> [WatcherID] {
    refreshNeeds()
    guard !needs.of(id).isEmpty else { return [] }
    var found: [WatcherID] = []
    var seen: Set<WatcherID> = [id]
    var path = [(id: id, needs: needs.of(id)[...])]
    while let last = path.indices.last {
      guard let need = path[last].needs.popFirst() else {
        if last > 0 { found.append(path[last].id) }
        path.removeLast()
        continue
      }
      guard !need.kind.isOptional, seen.insert(need.watcher).inserted,
        let index = index(of: need.watcher), watchers[index].canBePulledIn(cause)
      else { continue }
      path.append((need.watcher, needs.of(need.watcher)[...]))
    }
    return found.filter { id in
      heldStops[id] != nil || index(of: id).map { watchers[$0].desired != .running } ?? false
    }
  }

  func names(of ids: [WatcherID]) -> [String] {
    ids.compactMap { id in index(of: id).map { watchers[$0].spec.name } }
  }
}

extension Watcher {
  /// Whether an edge to it holds now.
  func satisfies(_ kind: Dependency) -> Bool {
    if kind.isOptional, standing.obstacle != nil { return true }
    switch kind.condition {
    case .started: return standing.isStarted
    case .ready: return standing.isReady
    // There are no readiness probes yet that could say so.
    case .healthy: return false
    case .completed, .completedOK: return standing.obstacle == .ended
    }
  }

  /// Whether it may be started for the sake of another one.
  fileprivate func canBePulledIn(_ cause: Cause) -> Bool {
    switch desired {
    case .running: true
    case .stopped(.spawnFailure), .stopped(.hook): false
    case .stopped(.command): cause != .boot
    case .stopped: true
    }
  }

  /// For what it waits now, and since when.
  fileprivate func currentWait(_ now: Moment) -> Waited? {
    isWaiting ? Waited(reason: gate.text, since: waiting?.since ?? now.wall) : nil
  }

  /// Publishes what it waits for, where that is news.
  fileprivate mutating func take(
    _ new: Waited?, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    waiting = new
    guard let new else { return }
    var event = event(.waiting, now, cause: .dependency)
    event.reason = new.reason
    ledger.publish(event, into: &effects)
    tell(.waits(new.reason), &effects)
  }
}
