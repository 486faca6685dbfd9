import CircusModel
import JSON

/// What of the present state is not in the state file yet.
///
/// Properties that the file tells of mark themselves when they are changed, so that an event costs
/// what it changed and not what there is.
extension Arbiter {
  /// The first line of a state file.
  package static func stateHeader(boot: String, program: String, pid: Int32) -> JSONObject {
    [
      SavedState.mark: .int(SavedState.version), "boot": .string(boot),
      "program": .string(program), "pid": .int(Int(pid)),
    ]
  }

  /// The number of the last event; 0: none yet.
  package var lastSequence: Int { ledger.ring.lastSequence }

  /// Whether `writeUnsaved` would write anything.
  package var hasUnsaved: Bool {
    savedSequence != ledger.ring.lastSequence || !goneWatchers.isEmpty || areSocketsUnsaved
      || watchers.contains {
        $0.isHeadUnsaved || $0.areSlotsUnsaved || $0.areLeftoversUnsaved
      }
  }

  /// Appends a line for everything that changed since the last time. `facts` tells what the
  /// shell knows of a process: `birth`, nanoseconds after the machine's start, and the numbers of its
  /// pipes, `out` and `err`.
  /// `isActing`: signals follow from it, after which `doneLine` is to be written. `isHandedOver`: it is read
  /// once, by another program in this process, and may tell what would be too much at each change.
  package mutating func writeUnsaved(
    into out: inout [UInt8], isActing: Bool = false, isHandedOver: Bool = false,
    facts: (PID) -> [(String, Int)]
  ) {
    func put(_ object: JSONObject) {
      object.write(into: &out)
      out.append(10)
    }
    for number in goneWatchers { put(["watcher": .int(number), "gone": true]) }
    goneWatchers = []
    for index in watchers.indices {
      // What is wanted while everything goes down is not what is wanted after that.
      if watchers[index].isHeadUnsaved, !ledger.isEnding || watchers[index].savedNumbers == nil {
        var record = watchers[index].record(ledger.environment)
        if isHandedOver { record["lingering"] = watchers[index].lingeringRecord }
        put(record)
        watchers[index].savedNumbers = watchers[index].savedNumbers ?? []
        watchers[index].isHeadUnsaved = false
      }
      watchers[index].writeLeftovers(put)
      guard watchers[index].areSlotsUnsaved else { continue }
      watchers[index].writeSlots(tellsWanted: !ledger.isEnding, facts: facts, put)
    }
    if isActing { put(["doing": true]) }
    if areSocketsUnsaved {
      areSocketsUnsaved = false
      let sockets = ledger.sockets.map { socket -> JSON in
        [
          "name": .string(socket.name), "descriptor": .int(socket.descriptor),
          "address": .string(socket.address),
        ]
      }
      put(["sockets": .array(sockets)])
    }
    savedSequence = ledger.ring.lastSequence
    var daemon: JSONObject = ["seq": .int(savedSequence)]
    let removed = removedNames
    if !removed.isEmpty { daemon["removed"] = .array(removed.map { .string($0) }) }
    put(["daemon": .object(daemon)])
  }

  /// The line that says: the signals the lines before it tell of have been sent. Without it they are
  /// sent again by the daemon after a crash, rather than not at all.
  package static let doneLine = Array("{\"done\": true}\n".utf8)
  /// The last line: everything was stopped in order.
  package static let endLine = Array("{\"over\": true}\n".utf8)

  /// Appends everything, for a new file.
  package mutating func writeState(
    into out: inout [UInt8], isActing: Bool = false, isHandedOver: Bool = false,
    facts: (PID) -> [(String, Int)]
  ) {
    goneWatchers = []
    areSocketsUnsaved = true
    for index in watchers.indices { watchers[index].markUnsaved() }
    writeUnsaved(into: &out, isActing: isActing, isHandedOver: isHandedOver, facts: facts)
  }

  /// Watchers of the file that an operator has removed: another daemon must not bring them back.
  private var removedNames: [String] {
    guard watchers.count < lastRead.count || hasRemoved else { return [] }
    let present = Set(watchers.lazy.filter { !$0.isDoomed }.map { $0.spec.name.lowercased() })
    return lastRead.map(\.name).filter { !present.contains($0.lowercased()) }
  }

  private var hasRemoved: Bool { watchers.contains { $0.isDoomed || !$0.isFromFile } }
}

extension Watcher {
  /// Whose leftovers a full stop is ending: a line each, as there may be a thousand.
  fileprivate mutating func writeLeftovers(_ put: (JSONObject) -> Void) {
    guard areLeftoversUnsaved, hasSavedLeftovers != (leftovers != nil) else { return }
    areLeftoversUnsaved = false
    hasSavedLeftovers = leftovers != nil
    guard let leftovers else { return put(["watcher": .int(id.number), "swept": true]) }
    for leader in leftovers.leaders {
      put(["watcher": .int(id.number), "leader": .int(Int(leader.rawValue))])
    }
  }

  fileprivate mutating func writeSlots(
    tellsWanted: Bool, facts: (PID) -> [(String, Int)], _ put: (JSONObject) -> Void
  ) {
    // Taken out, so that it is changed in place.
    var numbers = savedNumbers ?? []
    savedNumbers = nil
    func putGone(_ number: Int) {
      put(["process": .int(number), "watcher": .int(id.number), "gone": true])
    }
    for number in droppedNumbers where numbers.remove(number) != nil { putGone(number) }
    droppedNumbers = []
    for index in slots.indices where slots[index].isUnsaved {
      // It is there or not as soon as the kernel has answered; only that the last one is gone is news.
      let isSpawning = slots[index].state.isSpawning
      if isSpawning, slots[index].isSavedStopped ?? !numbers.contains(slots[index].number) {
        continue
      }
      let pid = slots[index].state.pid
      slots[index].isSavedStopped = isSpawning || slots[index].state == .stopped
      var record = slots[index].record(
        watcher: id, lives: lives[slots[index].number], facts: pid.map(facts) ?? [],
        tellsWanted: tellsWanted)
      // What a hook is asked about has not been done.
      if let pid, outbox.holdsAnySignal(for: pid) { record["unsent"] = true }
      put(record)
      numbers.insert(slots[index].number)
      slots[index].isUnsaved = false
    }
    // Many at once.
    if numbers.count != slots.count(where: { !$0.isUnsaved }) {
      let present = Set(slots.lazy.map(\.number))
      for number in numbers.subtracting(present).sorted() { putGone(number) }
      numbers.formIntersection(present)
    }
    savedNumbers = numbers
    areSlotsUnsaved = slots.contains { $0.isUnsaved }
  }

  fileprivate mutating func markUnsaved() {
    areLeftoversUnsaved = leftovers != nil
    hasSavedLeftovers = false
    savedNumbers = nil
    droppedNumbers = []
    isHeadUnsaved = true
    for index in slots.indices { slots[index].isUnsaved = true }
    areSlotsUnsaved = true
  }
}
