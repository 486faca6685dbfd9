/// What is done when a rule about a process is broken.
package enum RuleAction: Hashable, Sendable {
  /// It is told in an event, and nothing else.
  case event
  /// The process is ended and started again, as after a failure.
  case restart
  /// The watcher is reloaded, as by `reload`.
  case reload
  /// The watcher is stopped.
  case stop
  /// A command is run.
  case exec(String)

  /// As a file has it.
  package init?(text: String) {
    let text = PythonText.strip(text)
    switch text.lowercased() {
    // go-supervisord and monit say alert.
    case "event", "alert": self = .event
    case "restart": self = .restart
    case "reload": self = .reload
    case "stop": self = .stop
    default:
      guard text.lowercased().hasPrefix("exec:") else { return nil }
      let command = PythonText.strip(text.dropFirst("exec:".count))
      guard !command.isEmpty else { return nil }
      self = .exec(command)
    }
  }

  /// As a file has it.
  package var text: String {
    switch self {
    case .event: "event"
    case .restart: "restart"
    case .reload: "reload"
    case .stop: "stop"
    case .exec(let command): "exec:\(command)"
    }
  }

  /// How to mend a text that is none.
  package static let advice = "write event, restart, reload, stop or exec: and a command"

  /// Whether the process is ended for it.
  package var endsProcess: Bool { self == .restart || self == .stop }
}
