import CircusCore
import CircusModel
import CircusWire
import JSON

/// What outlives a daemon that is killed: its state file, which may refuse to be written, and the notes
/// that need no disk.
package final class FakeRunDirectory: StateKeeper {
  /// The state file as it is on the disk now.
  package private(set) var file: [UInt8] = []
  /// Whether writing and renaming fail, as on a full disk.
  package var isFull = false
  /// Whether the file does not tell the present state.
  package private(set) var isBehind = false
  /// The next thing to write is all of it.
  private var wantsAll = true
  /// Children that are not in the file, and which of them the arbiter has heard of.
  private var notes: [SavedState.Survivor] = []
  private var known: Set<Int32> = []
  private var lastSequence = 0

  package init() {}

  private static let header: [UInt8] = {
    var bytes: [UInt8] = []
    Arbiter.stateHeader(boot: "boot", program: "test", pid: 1).write(into: &bytes)
    return bytes + [10]
  }()

  private static func facts(_ pid: PID) -> [(String, Int)] { [("birth", Int(pid.rawValue))] }

  /// All there is, as a file of its own.
  static func everything(
    _ arbiter: inout Arbiter, isActing: Bool = false, isHandedOver: Bool = false
  ) -> [UInt8] {
    var bytes = header
    arbiter.writeState(
      into: &bytes, isActing: isActing, isHandedOver: isHandedOver, facts: facts)
    return bytes
  }

  /// Writes what has changed, unless the disk is full.
  package func save(_ arbiter: inout Arbiter, isActing: Bool) -> Bool {
    lastSequence = arbiter.lastSequence
    guard wantsAll || arbiter.hasUnsaved else { return false }
    if isFull {
      if !wantsAll {
        // The last of the disk takes half of it.
        var lines: [UInt8] = []
        arbiter.writeUnsaved(into: &lines, isActing: isActing, facts: Self.facts)
        file += lines.prefix(lines.count / 2)
      }
      wantsAll = true
      isBehind = true
      return false
    }
    if wantsAll {
      file = Self.everything(&arbiter, isActing: isActing)
    } else if !arbiter.writeUnsaved(into: &file, isActing: isActing, facts: Self.facts) {
      return false
    }
    wantsAll = false
    isBehind = false
    notes.removeAll { known.contains($0.pid) }
    known = []
    return isActing
  }

  /// What the last lines tell has been done.
  package func done() { file += Arbiter.doneLine }

  func began(_ process: ProcessID, _ plan: LaunchPlan, _ pid: PID) {
    notes.append(
      SavedState.Survivor(
        watcher: process.watcher.number, name: plan.watcherName, process: plan.number,
        pid: pid.rawValue, birth: Int64(pid.rawValue)))
  }

  func named(_ pid: PID, by former: PID, _ process: ProcessID, number: Int, watcher: String) {
    var note = SavedState.Survivor(
      watcher: process.watcher.number, name: watcher, process: number, pid: pid.rawValue,
      birth: Int64(pid.rawValue))
    note.former = former.rawValue
    notes.append(note)
  }

  /// The next state that is written tells of it.
  package func arbiterKnows(_ pid: PID) { known.insert(pid.rawValue) }

  func died(_ pid: PID) { notes.removeAll { $0.pid == pid.rawValue } }

  /// What a daemon finds that comes after a kill; nil: nothing.
  func find(isAlive: (PID) -> Bool) throws(SavedState.Problem) -> SavedState? {
    wantsAll = true
    notes.removeAll { !isAlive(PID($0.pid)) }
    known = Set(notes.map(\.pid))
    guard !file.isEmpty || !notes.isEmpty else { return nil }
    var saved = try file.isEmpty ? SavedState() : SavedState(file)
    saved.note(lastSequence: lastSequence, isBehind: isBehind)
    for note in notes { saved.add(note) { isAlive(PID($0.pid)) } }
    return saved
  }

  /// Where the file says something else than one that were written now; nil: nowhere, or it could not be written.
  func difference(_ arbiter: Arbiter) throws(SavedState.Problem) -> String? {
    guard !wantsAll, !isBehind else { return nil }
    var copy = arbiter
    return arbiter.difference(
      of: try SavedState(file), to: try SavedState(Self.everything(&copy)))
  }

  /// Another program in the same process reads all, and writes it anew.
  func handOver(_ arbiter: inout Arbiter) throws(SavedState.Problem) -> SavedState {
    wantsAll = true
    known = Set(notes.map(\.pid))
    return try SavedState(Self.everything(&arbiter, isHandedOver: true))
  }
}
