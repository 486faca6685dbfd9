import CircusConfig
import CircusModel

/// Single processes of a watcher, as supervisor addresses them.
extension Watcher {
  /// What the process with this number is called in its group.
  func name(of number: Int) -> String {
    guard let template = spec.program else { return "\(spec.name)-\(number)" }
    return ProgramExpansion.name(of: number, in: template, count: max(target, spec.processCount))
  }

  /// A supervisor program has all its processes from the beginning, started or not.
  mutating func populate(_ ledger: inout Ledger) {
    guard let first = spec.program?.firstNumber else { return }
    if phase == .stopped {
      slots.order { $0.number < $1.number }
      while slots.count > max(0, target) { slots.remove(at: slots.count - 1) }
    }
    for index in slots.indices { slots[index].name = name(of: slots[index].number) }
    var missing = target - slots.count { !$0.isSurplus }
    let known = Set(slots.map(\.number))
    var number = first - 1
    while missing > 0 {
      number += 1
      guard !known.contains(number) else { continue }
      missing -= 1
      var slot = Slot(
        id: ledger.nextProcess(of: id), number: number, name: name(of: number),
        generation: generation)
      slot.isWanted = desired == .running
      slots.append(slot)
    }
  }

  /// Every process is meant to run.
  mutating func want() {
    desired = .running
    lastProblem = nil
    beginAfresh()
    for index in slots.indices where !slots[index].isWanted {
      slots[index].isWanted = true
      slots[index].failures = 0
      slots[index].endRest()
      slots[index].respawnCause = nil
    }
  }

  /// Every process is meant to run, and to be another one.
  mutating func wantAgain(_ cause: Cause) {
    want()
    startCause = cause
    isToRestart = phase == .active || phase == .starting
    // All of them go: none gives way to another one before.
    if isToRestart { rollout = nil }
  }

  /// Wants one process to run, and leaves the others as they are.
  mutating func startProcess(_ number: Int, _ now: Moment, _ ledger: inout Ledger) {
    startCause = .command
    beginAfresh()
    if phase == .active, !hasProcess { lastStart = StartTimes(wanted: now.wall, begun: now.wall) }
    if slots.isEmpty { makePlaces(&ledger) }
    guard let index = slots.firstIndex(where: { $0.number == number && !$0.isSurplus }) else {
      return want()
    }
    slots[index].isWanted = true
    slots[index].failures = 0
    slots[index].endRest()
    slots[index].respawnCause = .command
    lives[number]?.beginAgain()
    desired = .running
    // The others may still be on their way down: that is their own business.
    if phase == .stopping, spec.habits.judgesProcesses { enter(.active) }
  }

  /// The places of a stopped circus watcher, which has none; they are not to be filled yet.
  private mutating func makePlaces(_ ledger: inout Ledger) {
    for number in 1..<(1 + max(1, target)) {
      var slot = Slot(
        id: ledger.nextProcess(of: id), number: number, name: name(of: number),
        generation: generation)
      slot.isWanted = false
      slots.append(slot)
    }
  }

  /// Wants one process not to run; with the last one the watcher is stopped.
  mutating func stopProcess(
    _ number: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard let index = slots.firstIndex(where: { $0.number == number && !$0.isSurplus }) else {
      return
    }
    slots[index].isWanted = false
    slots[index].endRest()
    if slots[index].state.pid != nil {
      guard !isHeldUp else { return wantNone() }
      stopProcess(
        slots[index].id, .command, announcesReap: true, now, &ledger, &effects)
    } else {
      cancelStart(at: index, &ledger)
    }
    wantNone()
  }

  /// With the last process that is wanted the watcher is stopped.
  mutating func wantNone() {
    if !slots.contains(where: { $0.isWanted && !$0.isSurplus }) { desired = .stopped(.command) }
  }
}
