import CircusModel
import JSON

/// One state change, as published: `watcher.<name>.<event>` and its payload (circus.md 4).
package struct EventMessage: Hashable, Sendable {
  /// The events by their names on the wire (circus.md 4.2).
  package enum Name: String, CaseIterable, Sendable {
    case add, remove, spawn, start, kill, reap, stop, reload, updated
    case hookSuccess = "hook_success"
    case hookFailure = "hook_failure"
    /// Output could not be written and was dropped. Ours.
    case outputLost = "output_lost"
    /// It is not started before what it depends on is there. Ours.
    case waiting
    /// As many of its processes are ready as must be; told of watchers that have dependencies or dependents, or say so themselves. Ours.
    case ready
    /// Too few of its processes are ready. Ours.
    case lost
    /// The readiness probe of a process passes. Ours.
    case healthy
    /// The readiness or liveness probe of a process fails. Ours.
    case unhealthy
    /// A probe could not be asked several times in a row: nothing is known. Ours.
    case probeError = "probe_error"
    /// A process has been started again and again in the last minutes, without an order. Ours.
    case flapping
    /// A process is over one of its limits. Ours.
    case limitExceeded = "limit_exceeded"
    /// It is below it again. Ours.
    case limitRecovered = "limit_recovered"
    /// It was time for a scheduled run, and the one before is not over. Ours.
    case scheduleSkipped = "schedule_skipped"
    /// It was time for a scheduled run when there was no daemon. Ours.
    case scheduleMissed = "schedule_missed"
    /// A process that is to stop has a while to finish what it has. Ours.
    case draining
    /// A reload was given up, and the old processes stay. Ours.
    case reloadFailed = "reload_failed"
    /// Another process of its own is the main one of a process now (`MAINPID=`). Ours.
    case mainPID = "main_pid"
    /// The daemon's program was replaced; the watcher is called `circus`. Ours.
    case upgrade
  }

  /// The watcher's name in topic form.
  package var watcher: String
  /// What happened.
  package var name: Name
  /// The process concerned; nil where the whole watcher is.
  package var pid: PID?
  /// Of a `reap`: the exit status, or minus the signal's number; nil in other events, and where it is not known.
  package var exitCode: Int?
  /// Seconds since the epoch.
  package var time: Double
  /// Why it happened, which circus does not tell; nil: not told.
  package var cause: Cause?
  /// Of a hook event: which hook.
  package var hook: HookName?
  /// Of a `hook_failure`: what went wrong.
  package var error: String?
  /// Of a `waiting`: what it waits for.
  package var reason: String?
  /// Of an `output_lost`: what is missing.
  package var loss: Loss?

  /// Output that was dropped.
  package struct Loss: Hashable, Sendable {
    /// `stdout` or `stderr`.
    package var stream: String
    /// Bytes since the last such event.
    package var bytes: Int
    /// Bytes of the watcher since the daemon began.
    package var total: Int

    package init(stream: String, bytes: Int, total: Int) {
      self.stream = stream
      self.bytes = bytes
      self.total = total
    }
  }
  /// Position in this daemon's life, from 1; given by the arbiter when it is published.
  package var sequence = 0

  package init(
    _ name: Name, watcher: String, pid: PID? = nil, exitCode: Int? = nil, time: Double,
    cause: Cause? = nil, hook: HookName? = nil, error: String? = nil
  ) {
    self.hook = hook
    self.error = error
    self.name = name
    self.watcher = watcher
    self.pid = pid
    self.exitCode = exitCode
    self.time = time
    self.cause = cause
  }

  /// The first frame, which subscribers filter by (circus.md 4.1).
  package var topic: EventTopic { EventTopic(watcher: watcher, event: name.rawValue) }

  /// The second frame: circus's keys, then `cause` and `seq`.
  package var payload: JSONObject {
    var object = JSONObject()
    if let pid { object["process_pid"] = .int(Int(pid.rawValue)) }
    if let hook { object["name"] = .string(hook.rawValue) }
    object["time"] = .double(time)
    if let error { object["error"] = .string(error) }
    if name == .reap { object["exit_code"] = exitCode.map { .int($0) } ?? .null }
    if let reason { object["reason"] = .string(reason) }
    if let cause { object["cause"] = .string(cause.rawValue) }
    if let loss {
      object["stream"] = .string(loss.stream)
      object["bytes"] = .int(loss.bytes)
      object["total"] = .int(loss.total)
    }
    object["seq"] = .int(sequence)
    return object
  }
}
