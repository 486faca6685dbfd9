import CircusCore
import CircusModel
import LinuxSystem
import SupervisorServer
import XMLRPC

/// What the console's buttons do, in supervisor's words where it has some (supervisor.md 4.11).
final class ConsoleActions {
  typealias Answer = (_ isDone: Bool, _ message: String) -> Void

  private unowned let daemon: any ConsoleSource
  private let interface: RPCInterface

  init(_ daemon: any ConsoleSource, _ interface: RPCInterface) {
    self.daemon = daemon
    self.interface = interface
  }

  func perform(_ action: String, _ name: String, value: String, _ answer: @escaping Answer) {
    let now = Clock.format(Clock.wall, "%a %b %e %H:%M:%S %Y")
    switch action {
    case "refresh": answer(true, "Page refreshed at \(now)")
    case "startall": call("startAllProcesses", [false], "All started at \(now)", answer)
    case "stopall": call("stopAllProcesses", [true], "All stopped at \(now)", answer)
    case "restartall":
      call("stopAllProcesses", [true], "") { [unowned self] _, _ in
        call("startAllProcesses", [false], "All restarted at \(now)", answer)
      }
    case "start", "stop", "restart", "clearlog", "signal", "scale":
      guard daemon.arbiter.find(name) != nil else {
        return answer(false, "No such process named \(name)")
      }
      one(action, name, value, answer)
    default: answer(false, "No such action: \(action)")
    }
  }

  private func one(_ action: String, _ name: String, _ value: String, _ answer: @escaping Answer) {
    let process = XMLRPCValue.string(name)
    switch action {
    case "start": call("startProcess", [process], "Process \(name) started", answer)
    case "stop": call("stopProcess", [process], "Process \(name) stopped", answer)
    case "restart":
      // What was not running is started all the same.
      call("stopProcess", [process], "") { [unowned self] _, _ in
        call("startProcess", [process], "Process \(name) restarted", answer)
      }
    case "clearlog": clear(name, answer)
    case "signal":
      call("signalProcess", [process, .string(value)], "Signal \(value) sent to \(name)", answer)
    case "scale": scale(name, Int(value) ?? 0, answer)
    default: answer(false, "No such action: \(action)")
    }
  }

  private func clear(_ name: String, _ answer: @escaping Answer) {
    guard case .group(let views)? = daemon.arbiter.find(name) else {
      return call("clearProcessLogs", [.string(name)], "Log for \(name) cleared", answer)
    }
    for view in views {
      call("clearProcessLogs", [.string("\(view.group):\(view.name)")], "") { _, _ in }
    }
    answer(true, "Logs of \(name) cleared")
  }

  private func scale(_ name: String, _ change: Int, _ answer: @escaping Answer) {
    guard (-100...100).contains(change), change != 0 else {
      return answer(false, "ERROR: scale by a number from -100 to 100, not 0")
    }
    let view: ProcessView?
    switch daemon.arbiter.find(name) {
    case .process(let one)?: view = one
    case .group(let views)?:
      guard Set(views.map(\.key.watcher)).count < 2 else {
        return answer(false, "ERROR: \(name) has several programs: scale one of them")
      }
      view = views.first
    case nil: view = nil
    }
    guard let view else {
      return answer(false, "ERROR: \(name) has no process left to be scaled by: see circusctl incr")
    }
    daemon.submit(.scale(view.key.watcher, by: change), from: .httpClient, nil)
    answer(true, "\(view.spec.name) scaled by \(change > 0 ? "+" : "")\(change)")
  }

  private func call(
    _ method: String, _ parameters: [XMLRPCValue], _ success: String, _ answer: @escaping Answer
  ) {
    interface.call("supervisor.\(method)", parameters, agent: "console") { result in
      switch result {
      case .success: answer(true, success)
      case .failure(let fault):
        answer(false, "ERROR: \(Self.text(fault, parameters.first?.string))")
      }
    }
  }

  private static func text(_ fault: Fault, _ name: String?) -> String {
    let reason: String
    switch fault.code {
    case .noFile: reason = "no such file"
    case .notExecutable: reason = "file not executable"
    case .alreadyStarted: reason = "already started"
    case .spawnError: reason = "spawn error"
    case .abnormalTermination: reason = "abnormal termination"
    case .notRunning: reason = "not running"
    case .badSignal: reason = "no such signal"
    case .shutdownState: return "the daemon is stopping"
    default: return "unexpected rpc fault [\(fault.code.rawValue)] \(fault.text)"
    }
    return "Process \(name ?? ""): \(reason)"
  }
}
