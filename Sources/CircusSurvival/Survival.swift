import CircusCore
import CircusLog
import CircusModel
import Glibc
import JSON
import LinuxSystem
import ProgramOptions

/// What is left of an earlier daemon, and what is kept for a later one.
package final class Survival: StateKeeper {
  /// What the daemon has in hand, kept for the case that it is killed.
  package let work: WorkPages
  private let directory: PrivateDirectory?
  private let file: StateFile?
  private let inspection: InspectionFiles
  private let proc: ProcFS
  private let log: Logger
  /// What the earlier daemon left; nil: nothing, or nothing that matters.
  private var saved: SavedState?
  /// What a daemon that is over has left behind: the times of its schedules.
  package private(set) var remembered: SavedState?
  private var predecessor = Predecessor.stopped
  private var handover: Handover?
  /// Its processes that are still there.
  private var survivors: [PID: SavedState.Survivor] = [:]
  /// Those that are not.
  private var dead: [PID: SavedState.Survivor] = [:]
  /// All processes by session and process group, whose leaders may be dead; looked up once, if
  /// ever.
  private lazy var families = proc.families
  /// The same by the pipes they print to.
  private lazy var printers = proc.printers
  private var buffer: [UInt8] = []
  private var isBegun = false

  /// What the shell knows of a process that the arbiter does not.
  package var knownFacts: (PID) -> [(String, Int)] = { _ in [] }
  /// Where the work pages tell of a child; nil: they do not.
  package var spawnNote: (PID) -> SpawnNotes.Note? = { _ in nil }

  /// How far a process's start may lie from the moment it was asked for, in nanoseconds: the kernel
  /// counts in ticks of ten milliseconds, and the machine may have been busy.
  private static let earlier: Int64 = 30_000_000
  private static let later: Int64 = 1_000_000_000

  /// Looks for what an earlier daemon left: in `handover`, else in the run directory, which is
  /// locked. It is taken over later.
  package init(
    _ settings: DaemonSettings, configuration: String, handover: Handover?, proc: ProcFS,
    log: Logger
  ) {
    self.proc = proc
    self.log = log
    if let handover {
      directory = handover.directory.map { PrivateDirectory($0.path, inherited: $0.descriptor) }
    } else {
      directory = RunDirectory.open(settings, configuration: configuration, log: log)
    }
    work = WorkPages(directory)
    inspection = InspectionFiles(directory)
    file = directory.map { StateFile($0, log: log) }
    if let directory, !work.outlivesUs {
      log.error(
        "\(directory.path) has no room for what is in hand: a crash of the daemon would lose output, and "
          + "children that cannot be written down; make room and start or upgrade it again")
    }
    file?.isDurable = settings.onBoot == .last
    if let handover { take(handover) } else { look(settings) }
  }

  /// This process was the daemon before, by another program.
  private func take(_ handover: Handover) {
    saved = handover.saved
    predecessor = .replaced
    self.handover = handover
    // Those have other takers.
    self.handover?.endpoints = [:]
    self.handover?.servers = [:]
    self.handover?.clients = []
    for survivor in handover.saved.survivors { survivors[PID(survivor.pid)] = survivor }
    let program = handover.saved.header["program"]?.string ?? "?"
    log.warning("upgraded from \(program): \(survivors.count) processes stay")
  }

  private func look(_ settings: DaemonSettings) {
    let children = work.spawns.unwritten.filter(isAlive)
    // Without a file it may be that none could ever be written.
    guard var found = file?.load() ?? (children.isEmpty ? nil : SavedState()) else { return }
    let isSameBoot = found.header["boot"]?.string.map { $0 == ProcFS.bootIdentity } ?? true
    guard isSameBoot, !found.isEnded else {
      if settings.onBoot == .last { saved = found } else { remembered = found }
      return
    }
    found.note(lastSequence: work.lastSequence, isBehind: work.isStateBehind)
    for child in children { found.add(child, isAlive: isAlive) }
    for survivor in found.survivors {
      if isAlive(survivor) {
        survivors[PID(survivor.pid)] = survivor
      } else {
        dead[PID(survivor.pid)] = survivor
      }
    }
    predecessor = .left(dead: Set(dead.keys))
    saved = found
    let pid = found.header["pid"]?.int ?? 0
    log.warning(
      "the daemon before this one (pid \(pid)) ended without stopping what it ran: "
        + "taking over \(survivors.count.counted("process", "processes")), \(dead.count) ended meanwhile"
    )
  }

  private func isAlive(_ survivor: SavedState.Survivor) -> Bool {
    guard survivor.pid > 1, survivor.pid != Environment.pid,
      let facts = proc.facts(of: survivor.pid), !facts.isZombie
    else { return false }
    let distance = ProcFS.birth(facts) - survivor.birth
    return (-Self.earlier...Self.later).contains(distance)
  }

  /// What the arbiter begins with.
  package var firstEvent: Event { saved.map { .resume($0, predecessor) } ?? .boot }

  /// The listening socket an earlier daemon bound for this definition, from a process that has it.
  package func inherit(_ spec: SocketSpec) -> Int32? {
    if let handed = handover?.sockets[spec.name],
      Network.listens(handed, path: spec.path, port: spec.port)
    {
      handover?.sockets[spec.name] = nil
      return handed
    }
    guard wasBound(spec) else { return nil }
    let leaders = survivors.keys.sorted().map(\.rawValue)
    // Port 0 became another one when it was bound.
    let port = spec.port == 0 ? savedPort(spec) : spec.port
    // A leader has it, as a rule; else one of the processes it has started, or has left behind.
    return HeldSockets.copy(from: leaders, path: spec.path, port: port)
      ?? HeldSockets.copy(from: relatives(of: leaders), path: spec.path, port: port)
  }

  private func savedPort(_ spec: SocketSpec) -> Int {
    let address = saved?.sockets.first { $0.name == spec.name }?.address
    return address?.split(separator: ":").last.flatMap { Int($0) } ?? 0
  }

  /// Whether the earlier daemon had bound a socket at this address.
  package func wasBound(_ spec: SocketSpec) -> Bool {
    guard predecessor != .stopped, let known = saved?.sockets.first(where: { $0.name == spec.name })
    else { return false }
    let wanted = spec.path ?? "\(spec.host):\(spec.port)"
    return known.address == wanted || (spec.path == nil && spec.port == 0)
  }

  /// Whether a daemon was here before whose processes may live: the start must not fail for what they hold.
  package var hasPredecessor: Bool { predecessor != .stopped }

  private func relatives(of leaders: [Int32]) -> [Int32] {
    let known = leaders + dead.keys.map(\.rawValue)
    let found = known.flatMap { proc.descendants(of: $0) + (families[$0] ?? []) }
    return Set(found).subtracting([Environment.pid]).sorted()
  }

  /// What a process brings with it; nil when it is none of those left.
  package func inheritance(_ pid: PID) -> Inheritance? {
    guard let survivor = survivors[pid] else { return nil }
    var ends = Inheritance(stdout: survivor.stdout, stderr: survivor.stderr, proc: proc)
    ends.birth = survivor.birth
    ends.begun = survivor.begun ?? survivor.birth
    ends.channel = survivor.channel
    ends.handed = handover?.pipes.removeValue(forKey: pid) ?? [:]
    ends.inHand = handover?.inHand.removeValue(forKey: pid) ?? [:]
    return ends
  }

  /// What is left of a process that ended while there was no daemon; nil when it is none of those.
  package func remains(_ pid: PID) -> Inheritance? {
    guard let known = dead[pid] else { return nil }
    var holders = Set(
      [known.stdout, known.stderr].compactMap { $0 }.flatMap { printers[$0] ?? [] })
    // Unless another process has the number by now.
    if proc.facts(of: pid.rawValue).map(\.isZombie) ?? true {
      holders.formUnion(families[pid.rawValue] ?? [])
    }
    return Inheritance(
      stdout: known.stdout, stderr: known.stderr, holders: holders.sorted(), proc: proc)
  }

  /// What processes left behind that had ended before this program began.
  package func takeRemains() -> [Handover.Remains] {
    defer { handover?.remains = [] }
    return handover?.remains ?? []
  }

  // MARK: writing

  /// `call` is called at each write of the state that failed. `save` tries again after a second.
  package func whenToTryAgain(_ call: @escaping () -> Void) { file?.onFailure = call }

  /// Other settings after a reload.
  package func apply(_ settings: DaemonSettings) { file?.isDurable = settings.onBoot == .last }

  package func arbiterKnows(_ pid: PID) {
    if let note = spawnNote(pid) { work.spawns.arbiterKnows(note) }
  }

  package func save(_ arbiter: inout Arbiter, isActing: Bool) -> Bool {
    // Before it has begun, the arbiter knows less than the file.
    guard let file, arbiter.mode != .booting || isBegun else { return false }
    isBegun = true
    work.lastSequence = arbiter.lastSequence
    if file.wantsAll {
      file.replace(everything(&arbiter, isActing: isActing))
    } else {
      guard arbiter.hasUnsaved else { return false }
      guard file.takesChanges else {
        work.isStateBehind = true
        return false
      }
      guard arbiter.writeUnsaved(into: &buffer, isActing: isActing, facts: facts) else {
        return false
      }
      file.append(buffer)
    }
    buffer.removeAll(keepingCapacity: buffer.count < 64 << 10)
    work.isStateBehind = !file.takesChanges
    if file.takesChanges { work.spawns.stateIsWritten() }
    return isActing
  }

  /// All there is, as a file of its own.
  package func everything(
    _ arbiter: inout Arbiter, isActing: Bool = false, isHandedOver: Bool = false
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    Arbiter.stateHeader(
      boot: ProcFS.bootIdentity, program: Release.own, pid: Environment.pid
    ).write(into: &bytes)
    bytes.append(10)
    arbiter.writeState(
      into: &bytes, isActing: isActing, isHandedOver: isHandedOver, facts: facts)
    return bytes
  }

  /// Before a process is taken over, the shell knows no more of it than it read.
  private func facts(_ pid: PID) -> [(String, Int)] {
    let known = knownFacts(pid)
    guard known.isEmpty, let survivor = survivors[pid] else { return known }
    return [
      ("birth", Int(survivor.birth)), ("out", Int(truncatingIfNeeded: survivor.stdout ?? 0)),
      ("err", Int(truncatingIfNeeded: survivor.stderr ?? 0)),
      ("channel", Int(truncatingIfNeeded: survivor.channel ?? 0)),
    ].filter { $0.0 != "channel" || $0.1 != 0 }
  }

  /// What the last lines tell has been done.
  package func done() { file?.append(Arbiter.doneLine) }

  /// All that was left is taken over. Bytes in the work pages that no process took over are written
  /// to their file. Then the pages are free.
  package func finishTakingOver() {
    if case .left = predecessor, let unfinished = work.unfinished { writeOut(unfinished) }
    work.forgetPredecessor { survivors[$0] != nil }
    survivors = [:]
    dead = [:]
    families = [:]
    printers = [:]
    saved = nil
    handover?.closeRest()
    handover = nil
  }

  /// The last words of a process that is gone.
  private func writeOut(_ unfinished: WorkPages.Unfinished) {
    guard !unfinished.path.isEmpty, let file = try? LogFile(path: unfinished.path) else { return }
    let isWritten = unfinished.isWritten ? Int.max : unfinished.written(file)
    let bytes = work.bytes(of: unfinished)
    file.write(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(isWritten)))
  }

  // MARK: upgrades

  /// The present state where another program can read it.
  package func writeForInspection(_ arbiter: inout Arbiter) throws(SpawnError) -> String {
    // The file of the daemon itself is begun anew by this, too.
    let bytes = everything(&arbiter)
    file?.replace(bytes)
    return try inspection.write(bytes, InspectionFiles.state)
  }

  /// The same of the configuration as it was read.
  package func writeForInspection(_ files: JSON) throws(SpawnError) -> String {
    try inspection.write(Array(files.text.utf8), InspectionFiles.configuration)
  }

  /// Removes what was written for an inspection.
  package func endInspection() { inspection.remove() }

  /// The directory and its lock for the next program.
  package func handOverDirectory() -> (path: String, descriptor: Int32)? {
    guard let directory, let number = try? directory.handOver(above: Handover.lowest) else {
      return nil
    }
    return (directory.path, number)
  }

  /// The start is refused: nothing is left of it, unless there is something to come back to.
  package func giveUp(_ settings: DaemonSettings) {
    guard !hasPredecessor else { return }
    if settings.onBoot == .last {
      if let directory { WorkPages.remove(from: directory) }
    } else {
      end(settings)
    }
  }

  /// Everything is stopped in order: only what was wanted may matter to a later daemon. `keepsTimes`: so do the times of
  /// schedules, where the operator has named a directory for what is to be kept.
  package func end(_ settings: DaemonSettings, keepsTimes: Bool = false) {
    guard let file, let directory else { return }
    WorkPages.remove(from: directory)
    if settings.onBoot == .last || keepsTimes && settings.stateDirectory != nil {
      file.append(Arbiter.endLine)
      file.settle()
    } else {
      file.discard()
      // One that was named by the operator is the operator's.
      if settings.stateDirectory == nil { directory.removeItself() }
    }
  }
}
