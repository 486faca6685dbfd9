import CircusModel

/// One place in a watcher: the process that holds it now, or what became of the last one.
package struct Slot: Numbered {
  /// The present life; renewed at each spawn.
  package internal(set) var id: ProcessID
  /// circus's wid, supervisor's process_num.
  package let number: Int
  /// Its name among the processes of its group: supervisor's `process_name`, `watcher-wid` in circus.
  package internal(set) var name: String
  /// Where its process stands; changed in `Watcher.enter` alone.
  package internal(set) var state: ProcessState = .stopped
  /// In which states it has been since the daemon began.
  var reached = StageSet()
  /// Which definition of the watcher it was started from.
  var generation: Int
  /// Failed attempts or early deaths in a row.
  var failures = 0
  /// Short lives in a row that a signal from outside ended.
  var quickKills = 0
  /// Seconds since the epoch at which this life began; 0 before the first.
  package internal(set) var startedWall = 0.0
  /// Seconds since the epoch of the last attempt to start it; 0 before the first.
  package internal(set) var attemptedWall = 0.0
  /// Seconds since the epoch of its last end; 0 before the first.
  package internal(set) var endedWall = 0.0
  /// How its last life ended; nil while it runs, and when it was too short to count.
  package internal(set) var lastStatus: ExitStatus?
  /// Why it does not run, in supervisor's words; empty when nothing went wrong.
  package internal(set) var spawnError = ""
  /// Why the start failed of the process that is being ended for that; nil: it is not.
  var failedStart: String?
  /// Whether an empty place is to be filled (a supervisor process may be left EXITED or FATAL).
  var isWanted = true
  /// What its probes have found of this life.
  package internal(set) var health = ProbeVerdicts()
  /// Since when it is ready and healthy, in a rollout that asks for it.
  var goodSince: Instant?
  /// Lives in a row that were ended because they were broken.
  var strikes = 0
  /// Why its place is given up: it is not counted and not refilled; nil: it is not.
  var surplus: Cause?
  /// Its process gives way to a new one, which does not stand yet: for its age, or in a reload.
  var isRenewing = false
  /// Why the next process of this place is started, where that is not the watcher's reason.
  var respawnCause: Cause?

  init(id: ProcessID, number: Int, name: String, generation: Int) {
    self.id = id
    self.number = number
    self.name = name
    self.generation = generation
  }

  /// Whether its place is given up.
  var isSurplus: Bool { surplus != nil }

  /// Its process is gone and another one is due.
  var isEmptyAndWanted: Bool {
    guard isWanted, !isSurplus, state.pausesUntil == nil else { return false }
    switch state {
    case .stopped, .waiting, .exited, .fatal, .backoff: return true
    case .spawning, .starting, .running, .stopping, .ending: return false
    }
  }

  /// Its process is being replaced for its age, and for nothing else.
  var isRenewed: Bool {
    guard respawnCause == .maxAge, !isSurplus, !state.isSpawning else { return false }
    return state.stop.map { $0.cause == .maxAge } ?? true
  }

  /// Whether its process has ended by itself and the next one is not due yet.
  var isResting: Bool { if case .exited(_, _?) = state { true } else { false } }

  /// The next process need not wait any longer.
  mutating func endRest() {
    if case .exited(let status, _?) = state { state = .exited(status, until: nil) }
  }
}
