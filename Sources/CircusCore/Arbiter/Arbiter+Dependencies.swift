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
    let before = Set(watchers.lazy.filter(\.gate.isLinked).map(\.id))
    needs = Needs(watchers.filter { !$0.isDoomed }.map { ($0.id, $0.spec) })
    guard !needs.isEmpty || !before.isEmpty else { return }
    for watcher in watchers where needs.concerns(watcher.id) || before.contains(watcher.id) {
      rewired.insert(watcher.id)
    }
  }

  /// What a watcher waits for as things are.
  func gate(of id: WatcherID) -> StartGate {
    var gate = StartGate()
    let isInCircle = needs.isInCircle(id)
    gate.hasDependents = !needs.dependents(of: id).isEmpty
    for need in needs.of(id) {
      gate.hasNeeds = true
      guard let index = index(of: need.watcher) else { continue }
      let other = watchers[index]
      if need.kind.reaction != .ignore, !need.kind.condition.isCompletion {
        gate.epochs[other.spec.name.lowercased()] = other.standing.epoch
        if other.pullsDown(need.kind) { gate.pullsDown = true }
      }
      guard !other.satisfies(need.kind) else { continue }
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
    guard !needs.isEmpty || watchers[index].gate.isLinked else { return }
    let (gate, place) = currentGate(of: watchers[index].id, watchers[index])
    // Written, it would count as touched.
    if let place, place != watchers[index].heldUpBy { watchers[index].heldUpBy = place }
    if gate != watchers[index].gate {
      if gate.isOpen, watchers[index].isWaiting, watchers[index].lastStart?.begun == nil {
        let last = watchers[index].gate.obstacles.last
        watchers[index].lastStart?.awaited = last?.name
      }
      watchers[index].gate = gate
    }
    // An edge is new: what is so now is where it begins.
    guard watchers[index].phase == .active else { return }
    for (name, epoch) in gate.epochs where watchers[index].seen[name] == nil {
      watchers[index].seen[name] = epoch
    }
  }

  /// And which dependent holds its stop up.
  func currentGate(of id: WatcherID, _ watcher: Watcher) -> (StartGate, heldUpBy: Int?) {
    var gate = gate(of: id)
    guard gate.hasDependents, watcher.isGoingDown || gate.pullsDown else { return (gate, nil) }
    let place = place(ofDependentHoldingUp: id, from: watcher.heldUpBy)
    gate.isNeeded = place != nil
    return (gate, place)
  }

  /// Looks how far a watcher is after a change; those that depend on it look again if that is news.
  mutating func assess(_ index: Int, _ now: Moment, _ effects: inout [Effect]) {
    let id = watchers[index].id
    guard needs.concerns(id) || watchers[index].waiting != nil else { return }
    let wait = watchers[index].currentWait(now)
    if wait != watchers[index].waiting { watchers[index].take(wait, now, &ledger, &effects) }
    let standing = watchers[index].currentStanding(now)
    guard standing != watchers[index].standing else { return }
    watchers[index].take(standing, now, &ledger, &effects)
    restless.insert(id)
  }

  /// Lets those look again whose dependencies, or whose dependents, have changed, until nothing more comes of it.
  mutating func advanceDependents(_ now: Moment, _ effects: inout [Effect]) {
    refreshNeeds()
    var unseen = watchers.takeUnseen()
    // No watcher is left to tell.
    guard !needs.isEmpty || !rewired.isEmpty else { return restless = [] }
    while !unseen.isEmpty || !rewired.isEmpty || !restless.isEmpty {
      let anew = rewired
      rewired = []
      for id in anew.union(unseen.map { WatcherID($0) }).sorted() {
        guard let index = index(of: id) else { continue }
        // What it waits for is told by those it waits for; here it is about itself.
        let gate = watchers[index].gate
        if anew.contains(id) || gate.isNeeded || gate.pullsDown || watchers[index].isGoingDown {
          look(at: index, now, &effects)
        } else {
          assess(index, now, &effects)
        }
        follow(id, now, &effects)
        lookBack(from: id, now, &effects)
      }
      let news = restless.sorted()
      restless = []
      for id in news {
        for edge in needs.dependents(of: id) {
          guard let index = index(of: edge.watcher) else { continue }
          look(at: index, now, &effects)
          follow(edge.watcher, now, &effects)
        }
      }
      unseen = watchers.takeUnseen()
    }
  }

  /// What it depends on and goes down as well waits for it, or waits no longer.
  private mutating func lookBack(
    from id: WatcherID, _ now: Moment, _ effects: inout [Effect]
  ) {
    guard let index = index(of: id) else { return }
    let isGoingDown = watchers[index].isGoingDown
    for need in needs.of(id) {
      guard let other = self.index(of: need.watcher),
        watchers[other].gate.isNeeded != isGoingDown
      else { continue }
      if !isGoingDown {
        // Another one holds it up.
        let edges = needs.dependents(of: need.watcher)
        let place = watchers[other].heldUpBy
        guard !edges.indices.contains(place) || edges[place].watcher == id else { continue }
        update(need.watcher, now, &effects) { _, _, _ in }
      } else if watchers[other].isGoingDown || watchers[other].gate.pullsDown {
        showGate(to: other)
      }
    }
  }

  /// Nothing happens to a watcher that does not wait and sees what it saw before.
  private mutating func look(at index: Int, _ now: Moment, _ effects: inout [Effect]) {
    let id = watchers[index].id
    let wasWaiting = watchers[index].isWaiting
    let before = watchers[index].gate
    showGate(to: index)
    let gate = watchers[index].gate
    if gate.pullsDown, !before.pullsDown { pullDown(followersOf: id, now, &effects) }
    let isWaiting = watchers[index].isWaiting
    guard gate != before || wasWaiting != isWaiting,
      wasWaiting || isWaiting || gate.pullsDown || before.isNeeded
    else { return assess(index, now, &effects) }
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
        // One that is wanted has been asked for with all it needs.
        let index = index(of: need.watcher), watchers[index].desired != .running,
        watchers[index].canBePulledIn(cause)
      else { continue }
      path.append((need.watcher, needs.of(need.watcher)[...]))
    }
    return found
  }

  func names(of ids: [WatcherID]) -> [String] {
    ids.compactMap { id in index(of: id).map { watchers[$0].spec.name } }
  }
}

extension Watcher {
  /// Whether it takes a dependent down that has this edge to it.
  func pullsDown(_ kind: Dependency) -> Bool {
    guard kind.follows, !spec.onDemand, !restartsAlone else { return false }
    if isTakenDown { return true }
    // Lost by itself, only those go down that must not run without it.
    return kind.reaction == .stop && !satisfies(kind) && !kind.isOptional
  }

  /// Whether an edge to it holds now.
  func satisfies(_ kind: Dependency) -> Bool {
    // Optional, it is waited for only while it is on its way.
    if kind.isOptional, standing.obstacle != nil { return true }
    switch kind.condition {
    // One that is about to go down is not counted on any more.
    case .started: return standing.isStarted && !standing.isToRestart
    case .ready: return standing.isReady && !standing.isToRestart
    case .healthy: return standing.isHealthy && !standing.isToRestart
    case .completed: return standing.completion != nil
    case .completedOK: return standing.completion == .success
    }
  }

  /// Whether it may be started for the sake of another one.
  fileprivate func canBePulledIn(_ cause: Cause) -> Bool {
    // What is done is done.
    if result?.isSuccess == true { return false }
    return switch desired {
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
    let isFirst = waiting == nil
    waiting = new
    guard let new else { return }
    var event = event(.waiting, now, cause: .dependency)
    event.reason = new.reason
    ledger.publish(event, into: &effects)
    // The log is told when it begins, and when it will not end by itself; events tell every step.
    if isFirst || gate.isShutForGood { tell(.waits(new.reason), &effects) }
  }
}
