import CircusModel

/// Something the log tells, before it is put into words.
package enum Notice: Hashable, Sendable {
  case process(ProcessName, ProcessNotice)
  /// By its watcher's name.
  case watcher(String, WatcherNotice)
  case daemon(DaemonNotice)
}

/// A process by both systems' names: circus's watcher and supervisor's process.
package struct ProcessName: Hashable, Sendable {
  package var watcher: String
  package var process: String
}

/// What is logged of one process.
package enum ProcessNotice: Hashable, Sendable {
  case spawned(PID)
  /// It has been up for `startsecs`.
  case becameRunning(after: Interval)
  /// It has said that it is ready.
  case becameReady(after: Interval)
  /// Its readiness probe passes.
  case becameHealthy
  /// A probe fails.
  case becameUnhealthy(reason: String)
  /// It is over a limit.
  case exceeded(reason: String)
  /// It is below the limit again.
  case recovered(reason: String)
  /// A oneshot's process has failed as often as it may.
  case oneshotFailed(reason: String)
  /// Its start has failed, and it is ended.
  case notReady(reason: String)
  case exited(PID, ExitStatus, isExpected: Bool)
  /// Another process of its own is the main one; `end`: how the one before ended, nil where it lives.
  case mainProcess(PID, former: PID, end: ExitStatus?)
  /// It ended in a stop.
  case stopped(PID, ExitStatus, isExpected: Bool)
  case stopSignalled(PID, Signal, isGroup: Bool)
  case killed(PID, isGroup: Bool)
  case spawnFailed(reason: String)
  case gaveUp
  /// A client's stop still waits for its end.
  case awaited
  case notStartedWhileStopping
  case hangupSent(PID)
}

/// What is logged of a watcher.
package enum WatcherNotice: Hashable, Sendable {
  case started, stopped, reloaded
  /// A process has not said in time that it has reloaded.
  case reloadNotConfirmed(reason: String)
  case notReloaded(reason: String)
  /// The command that a rule asks for cannot be run.
  case actionFailed(reason: String)
  /// A scheduled run has not begun, because the one before is not over, or because there was no daemon.
  case scheduleSkipped(reason: String)
  case scheduleMissed(reason: String)
  case notStarted(reason: String)
  /// One attempt of several.
  case startFailed(reason: String)
  case waitsForSocket
  /// The daemon ends with it, or ends already.
  case essentialEnded(String, isFirst: Bool, isFine: Bool)
  /// For what it depends on.
  case waits(String)
  /// What it depends on has come back.
  case follows(Dependency.Reaction)
  case calledBySocket(String)
  case hookFailed(HookName, callable: String, error: String)
  case hookRefused(HookName, callable: String, consequence: String)

  // What a stopped process left behind: command lines by pid.
  case orphansEnding([PID: String])
  case orphansKilled([PID: String])
  case orphansStay([PID: String])
  case orphanSpared(Orphan)

  // The configuration.
  case added, removed
  case changeApplied, changeRestarts
  case additionLost(reason: String)
  case editsLost(reason: String)
}

/// What is logged of the daemon.
package enum DaemonNotice: Hashable, Sendable {
  case exitRequested(Signal)
  case reloadRequested(Signal)
  case upgradeRequested(Signal)
  case reopenRequested(Signal)
  case restartRequested(Signal)
  case restartIgnored(Signal)
  case signalIgnored(Signal)
  case interruptedAgain
  /// The time of `stop_timeout` is over, or a second after the stop was asked for again.
  case stopTimeIsOver
  /// The daemon is to end, and what runs goes on for so long (`pre_stop_delay`).
  case stopDelayed(Interval)
  /// `on_idle = exit`.
  case everythingHasEnded
  /// Their names; told every few seconds while it ends.
  case waitsForDeaths([String])
  case exiting
  case notReloaded(reason: String)
  case configurationUnreadable(reason: String)
  case notRestarted(reason: String)
}
