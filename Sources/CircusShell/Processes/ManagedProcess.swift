import CircusCore
import CircusModel
import CircusOutput
import CircusSurvival
import LinuxSystem

/// All the daemon holds for one process of a watcher, from its start until its end is reported.
/// Releasing the record releases everything in it.
package final class ManagedProcess {
  let pid: PID
  /// When it was begun: nanoseconds after the machine's start.
  let birth: Int64
  /// The pipe to its stdin.
  var input: StandardInput?
  /// Its captured outputs.
  let outputs: ProcessOutputs
  /// What it says, where it is an event listener.
  var channel: ListenerChannel?
  /// On what it says that it is ready.
  var ready: ReadyChannel?
  /// The socket of its fcgi program.
  var sharedSocket: SharedSockets.Lease?
  /// Whether it was given sockets of the configuration.
  var holdsSockets = false
  /// Where a later daemon finds it until the state file tells of it.
  package var note: SpawnNotes.Note?
  /// Whether its descendants were noted because it is being stopped.
  var isStopping = false

  init(_ pid: PID, birth: Int64) {
    self.pid = pid
    outputs = ProcessOutputs(pid)
    self.birth = birth
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

/// The processes the arbiter knows.
package final class ProcessTable {
  private(set) var all: [PID: ManagedProcess] = [:]

  /// The managed process of this number; nil when there is none.
  package subscript(pid: PID) -> ManagedProcess? { all[pid] }

  func insert(_ process: ManagedProcess) { all[process.pid] = process }

  func remove(_ pid: PID) -> ManagedProcess? { all.removeValue(forKey: pid) }

  /// Whether one of them has sockets of the configuration open.
  var hasSocketHolders: Bool { all.values.contains(where: \.holdsSockets) }
}
