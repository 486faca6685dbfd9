import CircusModel

/// Watchers as supervisor sees them: groups of processes. A watcher of a circus file is a group of its
/// own.
extension Arbiter {
  /// What a process name in supervisor's form means (supervisor.md 4.5).
  package enum Found {
    case process(ProcessView)
    /// `group:*`, and the bare name of a circus watcher.
    case group([ProcessView])
  }

  /// The watchers of active groups.
  var activeWatchers: [Watcher] { watchers.filter { !$0.isDoomed } }

  /// All processes, by group name and process name.
  package var processTable: [ProcessView] {
    var table: [ProcessView] = []
    for watcher in watchers where !watcher.isDoomed { append(watcher, to: &table) }
    table.sort { ($0.group, $0.name) < ($1.group, $1.name) }
    return table
  }

  /// Whether a group of this name is active.
  package func hasGroup(_ name: String) -> Bool {
    watchers.contains { !$0.isDoomed && $0.spec.group == name }
  }

  /// The names of the active groups, in the order they start.
  package var groupNames: [String] {
    var seen: Set<String> = []
    var names: [String] = []
    for id in startOrder {
      guard let index = index(of: id), !watchers[index].isDoomed else { continue }
      if seen.insert(watchers[index].spec.group).inserted {
        names.append(watchers[index].spec.group)
      }
    }
    return names
  }

  /// The active groups in the order they start, each with its processes, those of lower priority
  /// first.
  package var processesByGroup: [(group: String, processes: [ProcessView])] {
    var tables: [String: [ProcessView]] = [:]
    for watcher in watchers where !watcher.isDoomed {
      append(watcher, to: &tables[watcher.spec.group, default: []])
    }
    return groupNames.map { ($0, Self.byPriority(tables[$0] ?? [])) }
  }

  /// The processes of one group, those of lower priority first.
  package func processes(inGroup name: String) -> [ProcessView] {
    var table: [ProcessView] = []
    for watcher in watchers where watcher.spec.group == name && !watcher.isDoomed {
      append(watcher, to: &table)
    }
    return Self.byPriority(table)
  }

  private static func byPriority(_ table: [ProcessView]) -> [ProcessView] {
    table.sorted { ($0.spec.priority, $0.name) < ($1.spec.priority, $1.name) }
  }

  /// All processes in the order in which groups, and processes in them, are started.
  package var processesInOrder: [ProcessView] {
    processesByGroup.flatMap(\.processes)
  }

  /// Finds what a client names; nil: nothing.
  package func find(_ name: String) -> Found? {
    guard name.contains(":") else {
      if let view = view(group: name, process: name) { return .process(view) }
      // A circus watcher is addressed by its name.
      guard let watcher = watchers.first(where: { $0.spec.group == name && !$0.isDoomed }),
        watcher.spec.habits.isNamedWhole
      else { return nil }
      return .group(processes(inGroup: name))
    }
    // A circus watcher may have colons in its name, as every plugin has.
    for colon in name.indices where name[colon] == ":" {
      let group = String(name[..<colon])
      guard hasGroup(group) else { continue }
      let process = String(name[name.index(after: colon)...])
      if process.isEmpty || process == "*" { return .group(processes(inGroup: group)) }
      if let view = view(group: group, process: process) { return .process(view) }
    }
    guard hasGroup(name), let first = processes(inGroup: name).first,
      first.spec.habits.isNamedWhole
    else { return nil }
    return .group(processes(inGroup: name))
  }

  private func view(group: String, process: String) -> ProcessView? {
    for watcher in watchers where watcher.spec.group == group && !watcher.isDoomed {
      if let slot = watcher.slots.first(where: { $0.name == process && !$0.isSurplus }) {
        return Self.view(watcher, slot)
      }
    }
    return processes(inGroup: group).first { $0.name == process }
  }

  /// One process as it is now; nil when its place is gone.
  package func view(_ key: ProcessKey) -> ProcessView? {
    guard let index = index(of: key.watcher), !watchers[index].isDoomed else { return nil }
    let watcher = watchers[index]
    if let slot = watcher.slots.first(where: { $0.number == key.number && !$0.isSurplus }) {
      return Self.view(watcher, slot)
    }
    return Self.placeholders(watcher).first { $0.key == key }
  }

  /// How a process would be started; throws what is wrong with its definition.
  package func plan(for view: ProcessView) throws(SpawnFailure) -> LaunchPlan {
    try LaunchPlanner.plan(
      view.spec, number: view.key.number, count: view.spec.processCount, ledger)
  }

  /// Where the outputs of a process lead.
  package func outputs(of view: ProcessView) -> (stdout: StreamSpec, stderr: StreamSpec) {
    guard view.spec.program != nil,
      let process = try? LaunchPlanner.member(
        view.spec, number: view.key.number, count: view.spec.processCount)
    else { return (view.spec.stdout, view.spec.stderr) }
    return (process.stdout, process.stderr)
  }

  private func append(_ watcher: Watcher, to table: inout [ProcessView]) {
    for slot in watcher.slots where !slot.isSurplus { table.append(Self.view(watcher, slot)) }
    if watcher.slots.isEmpty { table += Self.placeholders(watcher) }
  }

  private static func view(_ watcher: Watcher, _ slot: Slot) -> ProcessView {
    ProcessView(
      key: ProcessKey(watcher: watcher.id, number: slot.number), group: watcher.spec.group,
      name: slot.name, spec: watcher.spec, slot: slot, lives: watcher.lives[slot.number] ?? Lives(),
      waitsFor: slot.state == .waiting ? watcher.gate.text : nil, note: watcher.note(slot))
  }

  /// A stopped circus watcher has no processes; those it will have are shown all the same.
  private static func placeholders(_ watcher: Watcher) -> [ProcessView] {
    guard watcher.slots.isEmpty, !watcher.keepsEmptySlots, watcher.target > 0 else {
      return []
    }
    return (1...watcher.target).map { number in
      ProcessView(
        key: ProcessKey(watcher: watcher.id, number: number), group: watcher.spec.group,
        name: watcher.name(of: number), spec: watcher.spec, slot: nil,
        lives: watcher.lives[number] ?? Lives(),
        hasEnded: watcher.desired == .stopped(.exit) && watcher.lives[number]?.lastExit != nil,
        waitsFor: watcher.isWaiting ? watcher.gate.text : nil, note: watcher.note(nil))
    }
  }
}

extension Watcher {
  /// What is to be known of a process besides its state: that a probe of it fails, or when it runs next.
  fileprivate func note(_ slot: Slot?) -> String? {
    if let health = slot?.health, health.readiness == .failing || health.liveness == .failing {
      return "unhealthy"
    }
    guard spec.schedule.isSet, !isBusy, let schedule else { return nil }
    return schedule.isArmed ? schedule.nextText.map { "next run \($0)" } : "not scheduled"
  }
}
