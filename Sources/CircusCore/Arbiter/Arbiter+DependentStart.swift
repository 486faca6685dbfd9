import CircusModel

/// Programs that are started once, when others have been in certain states (`dependent_startup`). Only the start of the
/// daemon knows of it: until then they are STOPPED like any other, and a client may start them.
extension Arbiter {
  /// The daemon starts: what was reached before counts no more.
  mutating func awaitDependentStarts() {
    startups = []
    for index in watchers.indices {
      for slot in watchers[index].slots.indices { watchers[index].slots[slot].reached = StageSet() }
      if watchers[index].spec.dependentStart != nil { awaitDependentStart(index) }
    }
  }

  /// One that is to be started in its turn.
  mutating func awaitDependentStart(_ index: Int) {
    watchers[index].awaitsOthers = true
    startups.append(watchers[index].id)
  }

  /// Starts those whose turn has come, and so on with those that wait for these.
  mutating func advanceDependentStarts(_ now: Moment, _ effects: inout [Effect]) {
    guard !startups.isEmpty, mode == .running, startQueue.pending.isEmpty else { return }
    dropStarted()
    while true {
      let due = startups.compactMap { id in index(of: id).map { watchers[$0] } }
        .filter { missingStarts(of: $0).isEmpty }
      guard !due.isEmpty else { return }
      for watcher in due.sorted(by: isEarlier) {
        startups.removeAll { $0 == watcher.id }
        if let index = index(of: watcher.id) { watchers[index].awaitsOthers = false }
        want(watcher.id, cause: .boot, now, &effects)
      }
    }
  }

  /// A client was faster, or the file says otherwise by now.
  private mutating func dropStarted() {
    startups = startups.filter { id in
      guard let index = index(of: id), !watchers[index].isDoomed else { return false }
      return watchers[index].desired != .running && watchers[index].spec.dependentStart != nil
    }
    let left = Set(startups)
    for index in watchers.indices
    where watchers[index].awaitsOthers && !left.contains(watchers[index].id) {
      watchers[index].awaitsOthers = false
    }
  }

  private func isEarlier(_ a: Watcher, _ b: Watcher) -> Bool {
    (startPriority(of: a.spec), a.spec.name) < (startPriority(of: b.spec), b.spec.name)
  }

  /// What a program still waits for. One that waits for nothing that exists does not wait.
  func missingStarts(of watcher: Watcher) -> [DependentStart.Wait] {
    (watcher.spec.dependentStart?.waits ?? []).filter { wait in
      guard let index = program(wait.program) else { return false }
      let slots = watchers[index].slots
      return !ProcessStage.allCases.contains { stage in
        wait.stages.contains(stage) && !slots.isEmpty
          && slots.allSatisfy { $0.reached.contains(stage) }
      }
    }
  }

  /// The section's name; a program of several groups is called by group and name.
  private func program(_ name: String) -> Int? {
    watchers.firstIndex { watcher in
      !watcher.isDoomed && watcher.spec.program != nil
        && (watcher.spec.name == name || watcher.spec.name.hasSuffix(":\(name)"))
    }
  }

  /// Smaller starts first.
  private func startPriority(of spec: WatcherSpec) -> Int {
    var priority = spec.priority
    var seen = [spec.name]
    var open = [spec]
    while let next = open.popLast(), let start = next.dependentStart, start.inheritsPriority {
      for wait in start.waits {
        guard let index = program(wait.program), !seen.contains(watchers[index].spec.name) else {
          continue
        }
        seen.append(watchers[index].spec.name)
        open.append(watchers[index].spec)
        priority = min(priority, watchers[index].spec.priority)
      }
    }
    return priority
  }
}
