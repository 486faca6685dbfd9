/// Why something happened to a process or watcher, kept apart from what happened: told in events
/// (`cause`), status and log.
package enum Cause: String, CaseIterable, Hashable, Sendable {
  case boot
  case command
  case crash
  case exit
  case scale
  case demand
  case dependency
  /// It is its time (`schedule`).
  case schedule
  /// A oneshot is run by hand, once (`run`).
  case run
  /// A oneshot ran for too long.
  case runTimeout = "run_timeout"
  /// It has not said in time that it is ready.
  case readyTimeout = "ready_timeout"
  /// It has closed what it was to say it on.
  case readyClosed = "ready_closed"
  /// Its startup probe has failed.
  case startup
  /// Its liveness probe has failed.
  case liveness
  /// It has not said in time that it lives.
  case watchdog
  /// It was over a limit: `max_rss`, `max_cpu`, `max_fds`, `max_children`.
  case memory, cpu, descriptors, children
  /// It has not touched its file in time (`max_file_age`).
  case fileAge = "file_age"
  case hook
  case reload
  case restart
  case maxAge = "max_age"
  case spawnFailure = "spawn_failure"
  case configuration
  case signal
  case shutdown
  case singleKill = "kill"

  /// Whether a process that is stopped for this reason may finish what it has before it is signalled.
  package var isPatient: Bool {
    switch self {
    case .command, .scale, .demand, .dependency, .schedule, .run, .reload, .restart, .maxAge,
      .configuration,
      .signal, .shutdown, .memory, .cpu, .descriptors, .children:
      true
    case .boot, .crash, .exit, .runTimeout, .readyTimeout, .readyClosed, .startup, .liveness,
      .watchdog, .fileAge, .hook,
      .spawnFailure, .singleKill:
      false
    }
  }

  /// A process that is started for this reason takes the place of one that ended without an order.
  package var isRestart: Bool {
    switch self {
    case .exit, .crash, .liveness, .watchdog, .memory, .cpu, .descriptors, .children, .fileAge: true
    case .boot, .command, .scale, .demand, .dependency, .schedule, .run, .runTimeout, .readyTimeout,
      .readyClosed,
      .startup, .hook, .reload, .restart, .maxAge, .spawnFailure, .configuration, .signal,
      .shutdown, .singleKill:
      false
    }
  }
}
