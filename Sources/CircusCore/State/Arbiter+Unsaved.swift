import CircusModel
import JSON

/// What of the present state is not in the state file yet.
///
/// Whatever an event may have touched is compared with what the file tells of it, so that no property can be
/// forgotten, and an event costs what it touched and not what there is.
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

  /// Whether `writeUnsaved` may write anything.
  package var hasUnsaved: Bool {
    savedSequence != ledger.ring.lastSequence || areSocketsUnsaved || !watchers.touched.isEmpty
  }

  /// Appends a line for everything that changed since the last time; false: nothing has. `facts` tells what the
  /// shell knows of a process: `birth`, nanoseconds after the machine's start, and the numbers of its
  /// pipes, `out` and `err`.
  /// `isActing`: signals follow from it, after which `doneLine` is to be written. `isHandedOver`: it is read
  /// once, by another program in this process, and may tell what would be too much at each change.
  @discardableResult
  package mutating func writeUnsaved(
    into out: inout [UInt8], isActing: Bool = false, isHandedOver: Bool = false,
    facts: (PID) -> [(String, Int)]
  ) -> Bool {
    write(
      into: &out, isActing: isActing, isAnew: false, isHandedOver: isHandedOver, facts: facts)
  }

  private mutating func write(
    into out: inout [UInt8], isActing: Bool, isAnew: Bool, isHandedOver: Bool,
    facts: (PID) -> [(String, Int)]
  ) -> Bool {
    let before = out.count
    let touched = watchers.touched
    for number in writtenWatchers.intersection(touched) where index(of: WatcherID(number)) == nil {
      writtenWatchers.remove(number)
      out.append(line: ["watcher": .int(number), "gone": true])
    }
    for index in watchers.touchedIndices {
      writtenWatchers.insert(watchers[index].number)
      watchers[index].writeUnsaved(
        into: &out, ledger, isAnew: isAnew, isHandedOver: isHandedOver, facts: facts)
    }
    watchers.forgetTouched()
    guard out.count > before || areSocketsUnsaved || savedSequence != ledger.ring.lastSequence
    else { return false }
    if isActing { out.append(line: ["doing": true]) }
    if areSocketsUnsaved {
      areSocketsUnsaved = false
      let sockets = ledger.sockets.map { socket -> JSON in
        [
          "name": .string(socket.name), "descriptor": .int(socket.descriptor),
          "address": .string(socket.address),
        ]
      }
      out.append(line: ["sockets": .array(sockets)])
    }
    savedSequence = ledger.ring.lastSequence
    var daemon: JSONObject = ["seq": .int(savedSequence)]
    let removed = removedNames
    if !removed.isEmpty { daemon["removed"] = .array(removed.map { .string($0) }) }
    out.append(line: ["daemon": .object(daemon)])
    return true
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
    areSocketsUnsaved = true
    writtenWatchers = []
    for index in watchers.indices { watchers[index].forgetWritten() }
    _ = write(
      into: &out, isActing: isActing, isAnew: true, isHandedOver: isHandedOver, facts: facts)
  }

  /// Watchers of the file that an operator has removed: another daemon must not bring them back.
  private var removedNames: [String] {
    guard watchers.count < lastRead.count || hasRemoved else { return [] }
    let present = Set(watchers.lazy.filter { !$0.isDoomed }.map { $0.spec.name.lowercased() })
    return lastRead.map(\.name).filter { !present.contains($0.lowercased()) }
  }

  private var hasRemoved: Bool { watchers.contains { $0.isDoomed || !$0.isFromFile } }
}

extension [UInt8] {
  fileprivate mutating func append(line: JSONObject) {
    line.write(into: &self)
    append(10)
  }

  /// Appends the line unless its text has this hash; returns the hash it has.
  fileprivate mutating func append(line: JSONObject, unless known: Int?) -> Int {
    let start = count
    append(line: line)
    let hash = self[start...].hashValue
    if hash == known { removeSubrange(start...) }
    return hash
  }
}

extension Watcher {
  fileprivate mutating func writeUnsaved(
    into out: inout [UInt8], _ ledger: Ledger, isAnew: Bool, isHandedOver: Bool,
    facts: (PID) -> [(String, Int)]
  ) {
    // What is wanted while everything goes down is not what is wanted after that.
    if !ledger.isEnding || written.head == nil {
      var record = record(ledger.environment)
      if isHandedOver { record["lingering"] = lingeringRecord }
      written.head = out.append(line: record, unless: written.head)
    }
    writeLeaders(into: &out)
    writeProcesses(into: &out, isAnew: isAnew, tellsWanted: !ledger.isEnding, facts: facts)
  }

  /// Whose orphans a full stop is ending: a line each, as there may be a thousand.
  private mutating func writeLeaders(into out: inout [UInt8]) {
    let leaders = leftovers?.leaders ?? []
    guard leaders != written.leaders else { return }
    if !written.leaders.isEmpty { out.append(line: ["watcher": .int(number), "swept": true]) }
    written.leaders = leaders
    for leader in leaders {
      out.append(line: ["watcher": .int(number), "leader": .int(Int(leader.rawValue))])
    }
  }

  private mutating func writeProcesses(
    into out: inout [UInt8], isAnew: Bool, tellsWanted: Bool, facts: (PID) -> [(String, Int)]
  ) {
    var gone = slots.touched
    for index in slots.touchedIndices {
      let slot = slots[index]
      gone.remove(slot.number)
      let known = written.processes[slot.number]
      // A new place is there or not as soon as the kernel has answered; only that a last one is gone is news.
      let isNew = known == nil && !isAnew && slot.isWanted && !slot.isSurplus
      if slot.state.isSpawning, isNew { continue }
      var record = slot.record(
        watcher: id, lives: lives[slot.number], facts: slot.state.pid.map(facts) ?? [],
        tellsWanted: tellsWanted)
      // What a hook is asked about has not been done.
      if let pid = slot.state.pid, outbox.holdsAnySignal(for: pid) { record["unsent"] = true }
      written.processes[slot.number] = out.append(line: record, unless: known)
    }
    for number in gone.sorted() where written.processes.removeValue(forKey: number) != nil {
      out.append(line: ["process": .int(number), "watcher": .int(id.number), "gone": true])
    }
    slots.forgetTouched()
  }

  /// The file is written anew.
  fileprivate mutating func forgetWritten() {
    written = WrittenWatcher()
    slots.touchAll()
  }
}
