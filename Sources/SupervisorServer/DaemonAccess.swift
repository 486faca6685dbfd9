import CircusCore
import CircusModel
import CircusOutput
import CircusWire
import EventLoop

/// The daemon as the HTTP faces see it: answers to questions, and the one door for orders.
package protocol DaemonAccess: AnyObject {
  /// For questions only; nothing changes it but orders.
  var arbiter: Arbiter { get }
  /// The settings in force.
  var settings: DaemonSettings { get }
  /// Grows with every event the arbiter handles: while it stands, so does all the arbiter tells.
  var revision: Int { get }
  /// Takes an order; `answer` is called exactly once.
  func submit(_ order: Order, from principal: Principal, _ answer: ((Answer) -> Void)?)
  /// An event for event listeners.
  func announce(_ event: SupervisorEvent)
  /// Calls back once after so many milliseconds, as long as what is returned is kept.
  func after(milliseconds: Int, _ handler: @escaping () -> Void) -> Registration

  /// The daemon's own log; nil: it is no file.
  var logPath: String? { get }
  /// Empties it; false when that is not possible.
  func clearLog() -> Bool
  /// The log files of one process.
  func logPaths(of view: ProcessView) -> LogPaths
  /// Where one output (`stdout`, `stderr`) of a process can be read again; nil: it is not captured, or thrown away by
  /// supervisor's rules.
  func logSource(of view: ProcessView, _ channel: String) -> LogSource?
  /// Empties the log file at a path, whether a process writes to it or not; false when that is not possible.
  func clearLog(at path: String) -> Bool
  /// The pipe to a process's stdin; nil where it has none.
  func input(of pid: PID) -> StandardInput?
}

/// Log files of one process; empty where there is none.
package struct LogPaths: Hashable, Sendable {
  /// The file its stdout goes to.
  package var stdout = ""
  /// The file its stderr goes to.
  package var stderr = ""

  package init() {}
}

extension DaemonAccess {
  /// Takes an order of supervisor's clients.
  package func submit(
    _ order: SupervisorOrder, _ answer: @escaping (SupervisorAnswer) -> Void
  ) {
    submit(.supervise(order), from: .httpClient) {
      if case .outcome(let outcome) = $0 { answer(outcome) }
    }
  }
}
