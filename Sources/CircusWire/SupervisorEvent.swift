import CircusModel
import JSON

/// What supervisor tells its event listeners, and what subscribers hear as `supervisor.<TYPE>`
/// (supervisor.md 5).
package enum SupervisorEvent: Hashable, Sendable {
  /// One process went from one state to another.
  case processState(ProcessTransition)
  case groupAdded(String)
  case groupRemoved(String)
  /// The daemon runs.
  case supervisorRunning
  /// The daemon began to stop or to restart.
  case supervisorStopping
  /// A chunk of what a process printed.
  case processLog(ProcessOutput)
  /// What a process printed between the two tokens of capture mode.
  case processCommunication(ProcessOutput)
  /// `sendRemoteCommEvent`.
  case remoteCommunication(type: String, data: String)
  /// A period of 5, 60 or 3,600 seconds began at `when`, in seconds since the epoch.
  case tick(period: Int, when: Int)

  /// The type as listeners read it in `eventname`.
  package var type: String {
    switch self {
    case .processState(let transition): "PROCESS_STATE_" + transition.to.name
    case .groupAdded: "PROCESS_GROUP_ADDED"
    case .groupRemoved: "PROCESS_GROUP_REMOVED"
    case .supervisorRunning: "SUPERVISOR_STATE_CHANGE_RUNNING"
    case .supervisorStopping: "SUPERVISOR_STATE_CHANGE_STOPPING"
    case .processLog(let output): "PROCESS_LOG_" + output.channel.uppercased()
    case .processCommunication(let output): "PROCESS_COMMUNICATION_" + output.channel.uppercased()
    case .remoteCommunication: "REMOTE_COMMUNICATION"
    case .tick(let period, _): "TICK_\(period)"
    }
  }

  /// The type and all its ancestors: a subscription to any of them gets the event.
  package var typeNames: [String] {
    var names = [type]
    switch self {
    case .processState: names.append("PROCESS_STATE")
    case .groupAdded, .groupRemoved: names.append("PROCESS_GROUP")
    case .supervisorRunning, .supervisorStopping: names.append("SUPERVISOR_STATE_CHANGE")
    case .processLog: names.append("PROCESS_LOG")
    case .processCommunication: names.append("PROCESS_COMMUNICATION")
    case .tick: names.append("TICK")
    case .remoteCommunication: break
    }
    return names + ["EVENT"]
  }

  /// What follows the header (supervisor.md 5.3).
  package var payload: String {
    switch self {
    case .processState(let transition): transition.payload
    case .groupAdded(let name), .groupRemoved(let name): "groupname:\(name)\n"
    case .supervisorRunning, .supervisorStopping: ""
    case .processLog(let output): output.head + " channel:\(output.channel)\n" + output.text
    case .processCommunication(let output): output.head + "\n" + output.text
    case .remoteCommunication(let type, let data): "type:\(type)\n\(data)"
    case .tick(_, let when): "when:\(when)"
    }
  }
}

/// A change of one process's state.
package struct ProcessTransition: Hashable, Sendable {
  /// Where it came from.
  package var from: ProcessStage
  /// Where it went.
  package var to: ProcessStage
  /// The process's name in its group.
  package var process: String
  /// The group's name.
  package var group: String
  /// Its pid; 0 where there is no process.
  package var pid: Int
  /// Failures in a row so far.
  package var tries: Int
  /// Of an exit: whether its status was one of the expected.
  package var isExpected: Bool

  package init(
    from: ProcessStage, to: ProcessStage, process: String, group: String, pid: Int, tries: Int,
    isExpected: Bool
  ) {
    self.from = from
    self.to = to
    self.process = process
    self.group = group
    self.pid = pid
    self.tries = tries
    self.isExpected = isExpected
  }

  fileprivate var payload: String {
    let head = "processname:\(process) groupname:\(group) from_state:\(from.name)"
    switch to {
    case .starting, .backoff: return head + " tries:\(tries)"
    case .running, .stopping, .stopped: return head + " pid:\(pid)"
    case .exited: return head + " expected:\(isExpected ? 1 : 0) pid:\(pid)"
    case .fatal: return head
    }
  }
}

/// Something a process printed.
package struct ProcessOutput: Hashable, Sendable {
  /// The process's name in its group.
  package var process: String
  /// The group's name.
  package var group: String
  /// Whose output it is.
  package var pid: Int
  /// `stdout` or `stderr`.
  package var channel: String
  /// What was printed, made valid UTF-8.
  package var text: String

  package init(process: String, group: String, pid: Int, channel: String, text: String) {
    self.process = process
    self.group = group
    self.pid = pid
    self.channel = channel
    self.text = text
  }

  fileprivate var head: String { "processname:\(process) groupname:\(group) pid:\(pid)" }
}

extension SupervisorEvent {
  /// What subscribers of the PUB socket get: the payload as listeners get it, and its parts by name.
  package func json(at time: Double) -> JSONObject {
    var object: JSONObject = ["time": .double(time), "payload": .string(payload)]
    switch self {
    case .processState(let transition):
      object["processname"] = .string(transition.process)
      object["groupname"] = .string(transition.group)
      object["from_state"] = .string(transition.from.name)
      object["state"] = .string(transition.to.name)
      if transition.pid > 0 { object["pid"] = .int(transition.pid) }
      if transition.to == .starting || transition.to == .backoff {
        object["tries"] = .int(transition.tries)
      }
      if transition.to == .exited { object["expected"] = .bool(transition.isExpected) }
    case .groupAdded(let name), .groupRemoved(let name): object["groupname"] = .string(name)
    case .processLog(let output), .processCommunication(let output):
      object["processname"] = .string(output.process)
      object["groupname"] = .string(output.group)
      object["pid"] = .int(output.pid)
      object["channel"] = .string(output.channel)
      object["data"] = .string(output.text)
    case .remoteCommunication(let type, let data):
      object["type"] = .string(type)
      object["data"] = .string(data)
    case .tick(_, let when): object["when"] = .int(when)
    case .supervisorRunning, .supervisorStopping: break
    }
    return object
  }
}
