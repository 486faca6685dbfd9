/// What the two systems do differently with the processes of a watcher. The daemon asks these facts, never which system
/// a definition came from.
package struct Habits: Hashable, Sendable {
  /// How the processes give way to new ones in a reload that does not say it.
  package enum Replacement: Hashable, Sendable {
    /// All new ones first, then the old ones end.
    case surge
    /// Each in its slot, as names belong to one process.
    case oneByOne
  }

  /// Which processes go first when there are too many.
  package enum Surplus: Hashable, Sendable { case oldest, highestNumber }

  /// What a start that fails leads to.
  package enum FailedStart: Hashable, Sendable {
    /// `max_retry` attempts at once, then the watcher is stopped.
    case stopsWatcher
    /// BACKOFF with a second more each time, FATAL after `startretries`: each process by itself.
    case stopsProcess
  }

  /// Slots stay when their processes are stopped, so that each keeps its name and its history.
  package var keepsStoppedSlots: Bool
  /// Each process has a state of its own that clients see; the watcher's follows from them.
  package var judgesProcesses: Bool
  package var replacement: Replacement
  package var surplus: Surplus
  package var failedStart: FailedStart
  /// The pause after a crash is a state (BACKOFF); else the process stays EXITED until it is over.
  package var crashPauseIsBackoff: Bool
  /// The watcher is stopped when the last of its processes ends by itself and is not replaced.
  package var stopsWithLastExit: Bool
  /// A watcher of no process does not start.
  package var needsProcesses: Bool
  /// The next watcher waits until this one is started, and `warmup_delay` after that.
  package var paces: Bool
  /// A group stops at once, and starts by its priority and name; else each watcher does by its own.
  package var stopsByGroup: Bool
  /// The watcher's name stands for all its processes; else its group's does, written `group:*`.
  package var isNamedWhole: Bool
  package var wording: Wording
}

/// In which system's words the log speaks.
package enum Wording: Hashable, Sendable { case circus, supervisor }

extension Habits {
  /// circus's (circus.md 2).
  package static let circus = Habits(
    keepsStoppedSlots: false, judgesProcesses: false, replacement: .surge, surplus: .oldest,
    failedStart: .stopsWatcher, crashPauseIsBackoff: true, stopsWithLastExit: true,
    needsProcesses: true, paces: true, stopsByGroup: false, isNamedWhole: true, wording: .circus)

  /// supervisor's (supervisor.md 2).
  package static let supervisor = Habits(
    keepsStoppedSlots: true, judgesProcesses: true, replacement: .oneByOne,
    surplus: .highestNumber, failedStart: .stopsProcess, crashPauseIsBackoff: false,
    stopsWithLastExit: false, needsProcesses: false, paces: false, stopsByGroup: true,
    isNamedWhole: false, wording: .supervisor)
}

extension WatcherSpec {
  /// What is done with its processes.
  package var habits: Habits {
    switch dialect {
    case .circus: .circus
    case .supervisor: .supervisor
    }
  }
}

extension DaemonSettings {
  /// In whose words the daemon speaks of itself.
  package var wording: Wording {
    switch face {
    case .circus: .circus
    case .supervisor: .supervisor
    }
  }

  /// SIGHUP starts over from the file; else it reloads all watchers.
  package var restartsOnHangup: Bool { face == .supervisor }

  /// While the daemon ends, the log names every three seconds what it waits for (supervisor.md 3.2).
  package var namesAwaitedDeaths: Bool { face == .supervisor }
}
