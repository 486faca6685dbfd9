import CircusConfig
import CircusModel
import CircusWire
import JSON

/// A watcher as the state file remembers it: what is wanted of it and how far it is. What the
/// configuration file says of it is not repeated, only known again by its fingerprint.
extension Watcher {
  mutating func record(_ daemonEnvironment: [String: String]) -> JSONObject {
    var record: JSONObject = [
      "watcher": .int(id.number), "name": .string(spec.name), "phase": .string(phase.rawValue),
      "target": .int(target), "generation": .int(generation), "cause": .string(startCause.rawValue),
    ]
    switch desired {
    case .running: record["desired"] = "running"
    case .stopped(let cause):
      record["desired"] = "stopped"
      record["stop_cause"] = .string(cause.rawValue)
    }
    if let fileSpec, isFromFile {
      let fingerprints =
        fileFingerprints
        ?? (fileSpec.fingerprint(daemonEnvironment), fileSpec.launchFingerprint(daemonEnvironment))
      fileFingerprints = fingerprints
      record["file"] = .string(fingerprints.file)
      record["launch"] = .string(fingerprints.launch)
      record["count"] = .int(fileSpec.processCount)
    }
    if let addition { record["added"] = .object(addition) }
    if !edits.isEmpty { record["set"] = .object(edits) }
    if let rollout { record["rollout"] = .string(rollout.way.rawValue) }
    if hasFailedReload { record["reload_failed"] = true }
    if isDoomed {
      record["doomed"] = true
      record["stop_signal"] = .int(Int(spec.stop.signal.number))
      record["stop_grace"] = .double(spec.stop.grace.seconds)
      record["stop_descendants"] = .string(spec.stop.descendants.rawValue)
    }
    if demand.isCalled { record["called"] = true }
    if isForced { record["forced"] = true }
    if awaitsReload { record["awaits_reload"] = true }
    if awaitsOthers { record["awaits_others"] = true }
    if isToRestart { record["to_restart"] = true }
    if restartsAlone { record["restarts_alone"] = true }
    if !seen.isEmpty {
      record["seen"] = .object(
        JSONObject(seen.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))
    }
    if let schedule { record["schedule"] = schedule.record }
    if let runBegan { record["run_began"] = .double(runBegan) }
    if let result {
      record["result"] = [
        "ok": .bool(result.isSuccess), "at": .double(result.endedAt), "took": .double(result.took),
      ]
    }
    if let lastProblem, result != nil || desired != .running {
      record["problem"] = .string(lastProblem)
    }
    if let lastStart { record["start"] = lastStart.record }
    if let waiting { record["waits_since"] = .double(waiting.since) }
    if standing.epoch > 0 || standing.isStarted {
      record["ready"] = .bool(standing.isReady)
      if standing.isStarted { record["is_started"] = true }
      record["ready_epoch"] = .int(standing.epoch)
      record["ready_since"] = .double(standing.since)
    }
    return record
  }

  /// Takes up where the record ends. With `isAlive` its processes may still be there.
  mutating func restore(
    _ group: SavedState.Group, isAlive: Bool, _ now: Moment, _ ledger: inout Ledger
  ) {
    let head = group.head
    // Without a word about it, as many as there are at least.
    let usual = spec.singleton ? target : max(target, group.count)
    target = max(0, min(100_000, head["target"]?.int ?? usual))
    let cause = head["stop_cause"]?.string.flatMap(Cause.init(rawValue:)) ?? .command
    desired = head["desired"] == "running" ? .running : .stopped(cause)
    let records = group.processes.values.sorted {
      ($0["serial"]?.int ?? .max, $0["process"]?.int ?? 0)
        < ($1["serial"]?.int ?? .max, $1["process"]?.int ?? 0)
    }
    guard isAlive || keepsEmptySlots else { return }
    let restored = records.map { record in
      let number = record["process"]?.int ?? 1
      lives[number] = Lives(record: record["lives"])
      return Slot(
        record: record, id: ledger.nextProcess(of: id), name: name(of: number), plan: spec.stop,
        isAlive: isAlive)
    }
    slots.replaceAll(with: restored)
    guard isAlive else { return populate(&ledger) }
    enter(head["phase"]?.string.flatMap(Phase.init(rawValue:)) ?? .stopped)
    generation = head["generation"]?.int ?? 0
    startCause = head["cause"]?.string.flatMap(Cause.init(rawValue:)) ?? .boot
    rollout = head["rollout"]?.string.map {
      Rollout(Rollout.Way(rawValue: $0) ?? .oneByOne, at: now.instant)
    }
    watchProgress(&ledger)
    hasFailedReload = head["reload_failed"]?.bool ?? false
    isDoomed = head["doomed"]?.bool ?? false
    demand.isCalled = head["called"]?.bool ?? false
    isForced = head["forced"]?.bool ?? false
    awaitsReload = head["awaits_reload"]?.bool ?? false
    awaitsOthers = head["awaits_others"]?.bool ?? false
    isToRestart = head["to_restart"]?.bool ?? false
    restartsAlone = head["restarts_alone"]?.bool ?? false
    for member in head["seen"]?.object?.members ?? [] { seen[member.key] = member.value.int }
    schedule =
      spec.schedule.isSet
      ? head["schedule"]?.object.map { ScheduleState($0, spec.schedule, isSameBoot: isAlive) }
      // Taken away meanwhile: it is a service again.
      : head["schedule"]?["armed"]?.bool == true ? ScheduleState(isArmed: true) : nil
    runBegan = spec.isOneshot ? head["run_began"]?.number : nil
    if spec.isOneshot, let result = head["result"]?.object {
      self.result = RunResult(
        isSuccess: result["ok"]?.bool ?? false, endedAt: result["at"]?.number ?? 0,
        took: result["took"]?.number ?? 0)
    }
    lastProblem = head["problem"]?.string
    lastStart = StartTimes(record: head["start"])
    waiting = head["waits_since"]?.number.map { Waited(reason: "", since: $0) }
    standing.isReady = head["ready"]?.bool ?? false
    standing.isStarted = head["is_started"]?.bool ?? false
    standing.epoch = head["ready_epoch"]?.int ?? 0
    standing.since = head["ready_since"]?.number ?? 0
    // The grace of a full stop that was under way begins anew for what is still to be ended by it.
    stopDeadline = now.instant + spec.stop.grace
    for leader in (head["lingering"]?.array ?? []).compactMap(\.int) {
      linger(PID(Int32(truncatingIfNeeded: leader)))
    }
    restoreOrphans(group.leaders, now)
    settlePhase()
    if phase != .stopped || keepsEmptySlots { populate(&ledger) }
    for slot in slots { register(slot, &ledger) }
  }

  /// Where the last lines were cut off, phase and processes may not fit each other.
  private mutating func settlePhase() {
    if !keepsEmptySlots {
      let isDown = phase == .stopped
      slots.removeAll { slot in
        slot.state.pid == nil && !slot.state.isEnding && (isDown || slot.isSurplus)
      }
    }
    if phase == .stopped, hasProcess { enter(desired == .running ? .active : .stopping) }
    if phase == .stopped { runBegan = nil }
    if phase == .stopped || phase == .stopping {
      for index in slots.indices {
        guard case .backoff = slots[index].state else { continue }
        slots[index].state = .stopped
      }
    }
  }

  private func register(_ slot: Slot, _ ledger: inout Ledger) {
    if let life = slot.state.life {
      for pid in life.leaders.living { ledger.processes[pid] = slot.id }
    }
    if let deadline = slot.state.deadline { ledger.timers.push(deadline, .process(slot.id)) }
  }
}

extension Watcher {
  /// Processes that ended by themselves, for the next stop.
  var lingeringRecord: JSON { .array(lingering.map { .int(Int($0.rawValue)) }) }

  /// `leaders`: those whose orphans a full stop was ending. Its grace begins anew.
  private mutating func restoreOrphans(_ leaders: [PID], _ now: Moment) {
    guard !leaders.isEmpty else { return }
    leftovers = Orphans(
      of: leaders, signal: spec.stop.signal, killAt: now.instant + spec.stop.grace,
      isPatient: spec.stop.grace > .zero)
  }
}
