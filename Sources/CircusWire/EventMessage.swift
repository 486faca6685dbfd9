import CircusModel
import JSON

/// One state change, as published: `watcher.<name>.<event>` and its payload (circus.md 4).
package struct EventMessage: Hashable, Sendable {
  package enum Name: String, Sendable {
    case add, remove, spawn, start, kill, reap, stop, reload, updated
  }

  /// The watcher's name in topic form.
  package var watcher: String
  package var name: Name
  package var pid: PID?
  package var exitCode: Int?
  package var time: Double
  package var cause: Cause?
  /// Position in this daemon's life, from 1; given by the arbiter when it is published.
  package var sequence = 0

  package init(
    _ name: Name, watcher: String, pid: PID? = nil, exitCode: Int? = nil, time: Double,
    cause: Cause? = nil
  ) {
    self.name = name
    self.watcher = watcher
    self.pid = pid
    self.exitCode = exitCode
    self.time = time
    self.cause = cause
  }

  package var topic: String { "watcher.\(watcher).\(name.rawValue)" }

  package var payload: JSONObject {
    var object = JSONObject()
    if let pid { object["process_pid"] = .int(Int(pid.rawValue)) }
    object["time"] = .double(time)
    if let exitCode { object["exit_code"] = .int(exitCode) }
    if let cause { object["cause"] = .string(cause.rawValue) }
    object["seq"] = .int(sequence)
    return object
  }
}
