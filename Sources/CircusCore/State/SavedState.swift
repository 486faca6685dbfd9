import CircusModel
import JSON

/// What an earlier daemon left behind, as it was read; `Arbiter.resume` makes sense of it.
///
/// The file is a log, one JSON object a line, the first of which says what it is. A later line about
/// the same watcher or process replaces the earlier one, so a daemon writes only what changed. What
/// changed at once counts as a whole, with the `daemon` line at its end, or not at all: what a crash cut
/// off had not been done either.
package struct SavedState: Sendable {
  /// The version this daemon writes. Older ones are read, newer ones refused.
  package static let version = 1
  /// The key of the first line that carries the version.
  static let mark = "circus-state"

  /// Why a file cannot be used.
  package enum Problem: Error, Hashable {
    case foreign
    case newer(Int)

    /// The reason, to follow the file's name.
    package var text: String {
      switch self {
      case .foreign: "is no state of this daemon"
      case .newer(let version):
        "is of version \(version), this program reads up to version \(SavedState.version)"
      }
    }
  }

  /// One watcher and the processes it had.
  struct Group {
    var head: JSONObject
    /// By the process's number in its watcher.
    var processes: [Int: JSONObject] = [:]
    /// Dead, and what they left behind was being looked for.
    var leaders: [PID] = []
    /// Known only from a child that had not been written down.
    var isGuess = false

    /// Processes that hold a place of the watcher.
    var count: Int {
      processes.values.count {
        $0["pid"] != nil && $0["surplus"] == nil && $0["ended_leader"] == nil
      }
    }

    /// As many are wanted as there are.
    fileprivate mutating func trustProcesses() {
      if let target = head["target"]?.int { head["target"] = .int(max(target, count)) }
      guard head["desired"] != "running" else { return }
      head["desired"] = "running"
      head["stop_cause"] = nil
      head["phase"] = "active"
    }
  }

  /// The first line: who wrote it, under which boot of the machine.
  package private(set) var header = JSONObject()
  /// What concerns the daemon as a whole.
  package private(set) var daemon = JSONObject()
  /// By the number each watcher had.
  private(set) var groups: [Int: Group] = [:]
  /// What is not to be lost: open sockets, and watchers that run or are to.
  package var names: Set<String> {
    let wanted = groups.values.filter { group in
      group.head["desired"]?.string == "running" || !group.processes.isEmpty
        || group.head["schedule"]?["armed"]?.bool == true
    }
    return Set(wanted.compactMap { $0.head["name"]?.string } + sockets.map(\.name))
  }
  /// The listening sockets that were open.
  package private(set) var sockets: [Socket] = []
  /// Whether the daemon had stopped everything.
  package private(set) var isEnded = false
  /// More was done than these lines know of: they could not be written to the end.
  private var isBehind = false
  private var batch: Set<Int> = []
  /// Watchers whose processes were about to be signalled, and nothing says that they were.
  private(set) var undone: Set<Int> = []
  /// Lines that could not be read, a torn last one not counted.
  package private(set) var damagedLines = 0

  /// Nothing.
  package init() {}

  /// Reads the lines; throws when the first one is not the mark of a version that is known.
  package init(_ bytes: [UInt8]) throws(Problem) {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    guard lines.count > 1, let first = (try? JSON.parse(lines[0]))?.object,
      let version = first[Self.mark]?.int
    else { throw .foreign }
    guard version <= Self.version else { throw .newer(version) }
    header = first
    var change: [JSONObject] = []
    var isWhole = false
    // What follows the last newline was cut off while it was written.
    for line in lines.dropFirst().dropLast() {
      guard let entry = (try? JSON.parse(line))?.object.map(Self.bounded) else {
        damagedLines += 1
        continue
      }
      change.append(entry)
      guard ["daemon", "done", "over"].contains(where: { entry[$0] != nil }) else { continue }
      for entry in change where !take(entry) { damagedLines += 1 }
      change = []
      isWhole = true
    }
    guard !isWhole, !change.isEmpty else { return }
    // A file is begun with all there is, so this one was cut by another program: half of it is better
    // than nothing.
    damagedLines += 1
    for entry in change { _ = take(entry) }
  }

  /// Numbers that a daemon can go on counting with.
  private static func bounded(_ entry: JSONObject) -> JSONObject {
    JSONObject(
      entry.members.map { key, value in
        switch value {
        case .int(let number):
          let isCount = ["failures", "quick_kills", "generation", "serial"].contains(key)
          let most = isCount ? 1_000_000_000 : 1 << 61
          return (key, .int(max(-1_000, min(most, number))))
        case .object(let object): return (key, .object(bounded(object)))
        case .null, .bool, .double, .string, .array: return (key, value)
        }
      })
  }

  private mutating func take(_ entry: JSONObject) -> Bool {
    if let daemon = entry["daemon"]?.object {
      self.daemon = daemon
      batch = []
      return true
    }
    if entry["over"] != nil {
      isEnded = true
      return true
    }
    if entry["doing"] != nil {
      undone.formUnion(batch)
      return true
    }
    if let sockets = entry["sockets"]?.array {
      self.sockets = sockets.compactMap(\.object).compactMap { socket in
        guard let name = socket["name"]?.string,
          let number = socket["descriptor"]?.int,
          let address = socket["address"]?.string
        else { return nil }
        return Socket(
          name: name, descriptor: Int32(truncatingIfNeeded: number), address: address)
      }
      return true
    }
    if entry["done"] != nil {
      undone = []
      return true
    }
    guard let number = entry["watcher"]?.int else { return false }
    batch.insert(number)
    if let leader = entry["leader"]?.int {
      groups[number]?.leaders.append(PID(Int32(truncatingIfNeeded: leader)))
      return groups[number] != nil
    }
    if entry["swept"] != nil {
      groups[number]?.leaders = []
      return groups[number] != nil
    }
    if let process = entry["process"]?.int {
      guard groups[number] != nil else { return false }
      if entry["gone"] != nil {
        groups[number]?.processes[process] = nil
      } else {
        var entry = entry
        // While a daemon ends it does not tell what is wanted: what was, still is.
        if entry["wanted"] == nil {
          entry["wanted"] = groups[number]?.processes[process]?["wanted"]
        }
        groups[number]?.processes[process] = entry
      }
    } else if entry["gone"] != nil {
      groups[number] = nil
    } else {
      groups[number, default: Group(head: entry)].head = entry
    }
    return true
  }

  /// A listening socket, as processes that were given it have it.
  package struct Socket: Hashable, Sendable {
    /// Its name in the configuration.
    package var name: String
    /// Its number in every process that has it.
    package var descriptor: Int32
    /// `host:port`, or a path.
    package var address: String
  }

  /// A process that was alive when this was written, and what it can be known by.
  package struct Survivor: Hashable, Sendable {
    /// The number of its watcher in this state.
    package var watcher: Int
    /// The watcher's name, or its beginning, up to `longestName` bytes.
    package var name = ""
    /// Bytes of a name that say whose a child is.
    package static let longestName = 80
    /// Its number in the watcher.
    package var process: Int
    /// What the kernel called it.
    package var pid: Int32
    /// Nanoseconds after the machine's start at which it was begun.
    package var birth: Int64
    /// The same of the first process of its life; nil: it is the first.
    package var begun: Int64?
    /// The process that has named it as the main one of its life; nil: it was started as such.
    package var former: Int32?
    /// The numbers of the pipes it prints to; nil: not known, 0: none.
    package var stdout: UInt64?
    /// The same of its standard error.
    package var stderr: UInt64?
    /// The same of what it says on that it is ready.
    package var channel: UInt64?

    package init(watcher: Int, name: String = "", process: Int, pid: Int32, birth: Int64) {
      self.watcher = watcher
      self.name = name
      self.process = process
      self.pid = pid
      self.birth = birth
    }
  }

  /// All processes it knows to have lived.
  package var survivors: [Survivor] {
    groups.sorted { $0.key < $1.key }.flatMap { number, group in
      group.processes.values.flatMap { entry in
        Self.survivor(entry, of: number).map { [$0] + Self.formers($0, entry) } ?? []
      }
    }
  }

  private static func survivor(_ entry: JSONObject, of watcher: Int) -> Survivor? {
    guard let pid = entry["pid"]?.int, let process = entry["process"]?.int,
      entry["ended_leader"] == nil
    else { return nil }
    var survivor = Survivor(
      watcher: watcher, process: process, pid: Int32(truncatingIfNeeded: pid),
      birth: Int64(entry["birth"]?.int ?? 0))
    guard entry["unwritten"] == nil else { return survivor }
    survivor.stdout = UInt64(entry["out"]?.int ?? 0)
    survivor.stderr = UInt64(entry["err"]?.int ?? 0)
    survivor.channel = entry["channel"]?.int.map { UInt64($0) }
    survivor.begun = entry["begun"]?.int.map { Int64($0) }
    return survivor
  }

  /// Those that were the main process before and lived, which have its pipes as well.
  private static func formers(_ main: Survivor, _ entry: JSONObject) -> [Survivor] {
    (entry["formers"]?.array ?? []).compactMap(\.int).map { pid in
      var former = main
      former.pid = Int32(truncatingIfNeeded: pid)
      former.birth = Int64(entry["birth_\(pid)"]?.int ?? 0)
      return former
    }
  }

  /// What else is known of that daemon: the number of its last event, and whether it could not write
  /// these lines to the end. To be called before `add`.
  package mutating func note(lastSequence sequence: Int, isBehind: Bool) {
    self.isBehind = isBehind
    daemon["seq"] = .int(max(lastSequence, sequence))
  }

  /// A child was started that the lines do not tell of: its daemon died before it could write.
  package mutating func add(_ found: Survivor, isAlive: (Survivor) -> Bool) {
    let watcher = group(of: found)
    var entry = groups[watcher]?.processes[found.process] ?? JSONObject()
    // Written since, and perhaps not the main process any more.
    let known = [entry["pid"]] + (entry["formers"]?.array ?? [])
    guard !known.contains(.int(Int(found.pid))) else { return }
    if let former = found.former, entry["pid"]?.int == Int(former) {
      entry["formers"] = .array((entry["formers"]?.array ?? []) + [.int(Int(former))])
      entry["birth_\(former)"] = entry["birth"]
      entry["begun"] = entry["begun"] ?? entry["birth"]
      entry["pid"] = .int(Int(found.pid))
      entry["birth"] = .int(Int(found.birth))
      // A stop that was under way has not reached it.
      if entry["state"] == "stopping" { entry["unsent"] = true }
      groups[watcher]?.processes[found.process] = entry
      return
    }
    if let other = Self.survivor(entry, of: watcher), isAlive(other) {
      retire(entry, in: watcher)
      entry = JSONObject()
    }
    entry["process"] = .int(found.process)
    entry["state"] = "running"
    entry["pid"] = .int(Int(found.pid))
    entry["birth"] = .int(Int(found.birth))
    entry["unwritten"] = true
    groups[watcher]?.processes[found.process] = entry
    guard isBehind else { return }
    // What has been wanted since is not known; what runs was the last of it.
    groups[watcher]?.processes[found.process]?["surplus"] = nil
    groups[watcher]?.processes[found.process]?["wanted"] = true
    groups[watcher]?.trustProcesses()
  }

  /// Another process has its number now: it is to end, under one of its own.
  private mutating func retire(_ entry: JSONObject, in watcher: Int) {
    var entry = entry
    let number = (groups[watcher]?.processes.keys.max() ?? 0) + 1
    entry["process"] = .int(number)
    entry["surplus"] = true
    groups[watcher]?.processes[number] = entry
  }

  /// Where the file could not be written it may be that of a daemon before, whose numbers were others,
  /// or know nothing of the watcher.
  private mutating func group(of found: Survivor) -> Int {
    func isMeant(_ group: Group) -> Bool {
      group.head["name"]?.string?.utf8.prefix(Survivor.longestName).elementsEqual(found.name.utf8)
        ?? false
    }
    if let group = groups[found.watcher], isMeant(group) { return found.watcher }
    if let same = groups.filter({ isMeant($0.value) }).keys.max() { return same }
    let number = max(groups.keys.max() ?? 0, found.watcher) + 1
    let head: JSONObject = [
      "watcher": .int(number), "name": .string(found.name), "phase": "active", "desired": "running",
    ]
    groups[number] = Group(head: head, isGuess: true)
    return number
  }
  /// The events told so far.
  package var lastSequence: Int { daemon["seq"]?.int ?? 0 }
}
