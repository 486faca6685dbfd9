import CircusModel

/// One place in a watcher: the process that holds it now, or what became of the last one.
package struct Slot {
  /// The present life; renewed at each spawn.
  package internal(set) var id: ProcessID
  /// circus's wid, supervisor's process_num.
  package let number: Int
  /// Its name among the processes of its group: supervisor's `process_name`, `watcher-wid` in circus.
  package internal(set) var name: String
  /// Where its process stands; changed in `Watcher.enter` alone.
  package internal(set) var state: ProcessState = .stopped { didSet { isUnsaved = true } }
  /// Which definition of the watcher it was started from.
  var generation: Int { didSet { isUnsaved = true } }
  /// Failed attempts or early deaths in a row.
  var failures = 0 { didSet { isUnsaved = true } }
  var startedAt = Instant(nanoseconds: 0)
  /// Seconds since the epoch at which this life began; 0 before the first.
  package internal(set) var startedWall = 0.0 { didSet { isUnsaved = true } }
  /// Seconds since the epoch of the last attempt to start it; 0 before the first.
  package internal(set) var attemptedWall = 0.0 { didSet { isUnsaved = true } }
  /// Seconds since the epoch of its last end; 0 before the first.
  package internal(set) var endedWall = 0.0 { didSet { isUnsaved = true } }
  /// How its last life ended; nil while it runs, and when it was too short to count.
  package internal(set) var lastStatus: ExitStatus? { didSet { isUnsaved = true } }
  /// Why it does not run, in supervisor's words; empty when nothing went wrong.
  package internal(set) var spawnError = "" { didSet { isUnsaved = true } }
  /// It ended, and its successor is not started before this.
  var restsUntil: Instant? { didSet { isUnsaved = true } }
  /// The wait of a backoff is over.
  var isDue = false
  /// When `max_age` ends this life.
  var expiresAt: Instant? { didSet { isUnsaved = true } }
  /// Whether an empty place is to be filled (a supervisor process may be left EXITED or FATAL).
  var isWanted = true { didSet { isUnsaved = true } }
  /// Why it is being stopped.
  var cause: Cause? { didSet { isUnsaved = true } }
  /// Why the next process of this place is started, where that is not the watcher's reason.
  var respawnCause: Cause? { didSet { isUnsaved = true } }
  /// Short lives in a row that a signal from outside ended.
  var quickKills = 0
  /// The last signal its stop sent.
  var stopSignal: Signal? { didSet { isUnsaved = true } }
  /// From signal to SIGKILL, for the stop under way.
  var stopGrace = Interval.zero
  /// Refused by `after_spawn` before it was announced: its death is not told either.
  var isUnannounced = false
  /// Running, but `after_spawn` has not agreed yet.
  var isOnTrial = false
  /// Being stopped for good: its place is not counted and not refilled.
  var isSurplus = false { didSet { isUnsaved = true } }
  /// Whether its death is told as `reap`; circus does not for decr, reload, max_age and kill.
  var announcesReap = true { didSet { isUnsaved = true } }
  /// The state file does not tell of it as it is now.
  var isUnsaved = true
  /// The state file tells that it is stopped; nil: it tells nothing of this place, or of another one that
  /// had its number.
  var isSavedStopped: Bool?

  init(id: ProcessID, number: Int, name: String, generation: Int) {
    self.id = id
    self.number = number
    self.name = name
    self.generation = generation
  }
}
