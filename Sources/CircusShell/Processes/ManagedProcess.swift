import CircusCore
import CircusModel
import CircusOutput
import CircusSurvival
import LinuxSystem

/// All the daemon holds for one process of a watcher, from its start until its end is reported.
/// Releasing the record releases everything in it.
package final class ManagedProcess {
  /// By which processes it is known.
  private(set) var leaders: Leaders {
    didSet {
      outputs.belong(to: pid)
      ready?.leaders = leaders
    }
  }
  /// When each of those that live was begun: nanoseconds after the machine's start.
  private(set) var births: [PID: Int64]
  /// When the first of them was begun, by which its socket is named.
  let begun: Int64
  /// The pipe to its stdin.
  var input: StandardInput?
  /// Its captured outputs.
  let outputs: ProcessOutputs
  /// What it says, where it is an event listener.
  var channel: ListenerChannel?
  /// On what it says that it is ready.
  var ready: ReadyChannel? { didSet { ready?.leaders = leaders } }
  /// The socket of its fcgi program.
  var sharedSocket: SharedSockets.Lease?
  /// Whether it was given sockets of the configuration.
  var holdsSockets = false
  /// Where a later daemon finds those of its processes that the state file does not tell of yet.
  package var notes: [PID: SpawnNotes.Note] = [:]
  /// Whether its descendants were noted because it is being stopped.
  var isStopping = false

  /// `begun`: when the first process of its life was begun; nil: it is the first.
  init(_ pid: PID, birth: Int64, begun: Int64? = nil) {
    leaders = Leaders(pid)
    births = [pid: birth]
    outputs = ProcessOutputs(pid)
    self.begun = begun ?? birth
  }

  /// Our ends of its pipes, by its descriptors.
  var descriptors: [Int32: Int32] {
    var own = outputs.descriptors
    own[0] = input?.number
    own[Inheritance.channelPlace] = ready?.number
    return own
  }

  /// What was read of its outputs and not passed on, and what waits for its stdin, likewise.
  var inHand: [Int32: InHand] {
    var own = outputs.inHand
    let waiting = input?.waiting ?? []
    if !waiting.isEmpty { own[0] = InHand(held: waiting) }
    return own
  }
}

extension ManagedProcess {
  /// The number of its main process.
  var pid: PID { leaders.main }

  /// Another one is the main process.
  fileprivate func handOver(to new: PID, birth: Int64) {
    births[new] = birth
    leaders.handOver(to: new)
  }

  /// One of them is dead. False: none is left.
  fileprivate func lose(_ dead: PID) -> Bool {
    births[dead] = nil
    return leaders.lose(dead)
  }

  /// Of one that was taken over: it was known by others, too, with the moments they were begun.
  fileprivate func be(_ all: Leaders, births: [PID: Int64]) {
    self.births.merge(births) { $1 }
    leaders = all
  }
}

/// The processes the arbiter knows.
package final class ProcessTable {
  /// By their main process.
  private(set) var all: [PID: ManagedProcess] = [:]
  /// By living processes that were the main one before.
  private var formers: [PID: ManagedProcess] = [:]

  /// The managed process of this number; nil when there is none.
  package subscript(pid: PID) -> ManagedProcess? { all[pid] }

  /// The same, also by a process that was the main one before.
  package func owner(of pid: PID) -> ManagedProcess? { all[pid] ?? formers[pid] }

  func insert(_ process: ManagedProcess) { all[process.pid] = process }

  /// Another process of its own is the main one.
  func handOver(_ process: ManagedProcess, to new: PID, birth: Int64) {
    all[process.pid] = nil
    formers[process.pid] = process
    formers[new] = nil
    process.handOver(to: new, birth: birth)
    all[new] = process
  }

  /// One was taken over that was known by others, too, with the moments they were begun.
  func add(_ leaders: Leaders, births: [PID: Int64], to process: ManagedProcess) {
    process.be(leaders, births: births)
    for former in leaders.formers { formers[former] = process }
  }

  /// A process is dead; `isOver`: the last one of its life. Nil: it is none of ours.
  func lose(_ pid: PID) -> (process: ManagedProcess, isOver: Bool)? {
    guard let process = owner(of: pid) else { return nil }
    all[process.pid] = nil
    formers[pid] = nil
    guard process.lose(pid) else { return (process, true) }
    formers[process.pid] = nil
    all[process.pid] = process
    return (process, false)
  }

  /// Whether one of them has sockets of the configuration open.
  var hasSocketHolders: Bool { all.values.contains(where: \.holdsSockets) }
}
