import CircusCore
import CircusModel
import CircusOutput
import CircusShell
import CircusTestKit
import CircusWire
import EventLoop
import LinuxSystem
import SupervisorServer
import WebConsole

/// A daemon without a process, a socket or a wait: the simulation behind the door that HTTP clients use.
package final class FakeDaemon: ConsoleSource {
  package var simulation: Simulation
  package let settings: DaemonSettings
  package private(set) var announced: [SupervisorEvent] = []
  package private(set) var submitted: [(order: Order, principal: Principal)] = []
  private var waiting: [Ticket: (SupervisorAnswer) -> Void] = [:]
  private let loop = EventLoop()

  package init(_ text: String) {
    simulation = Simulation(supervisor: "[supervisord]\nidentifier=fake\n" + text)
    var settings = DaemonSettings()
    settings.face = .supervisor
    settings.identifier = "fake"
    self.settings = settings
    simulation.boot()
  }

  /// Time passes; whatever is decided then is answered.
  package func advance(_ interval: Interval) {
    simulation.advance(interval)
    settle()
  }

  package func deliverDeaths() {
    simulation.deliverDeaths()
    settle()
  }

  private func settle() {
    for (ticket, answer) in waiting {
      guard let outcome = simulation.answers[ticket] else { continue }
      waiting[ticket] = nil
      answer(outcome)
    }
  }

  // MARK: what clients see

  package var arbiter: Arbiter { simulation.arbiter }
  package private(set) var revision = 0

  package func submit(_ order: Order, from principal: Principal, _ answer: ((Answer) -> Void)?) {
    revision += 1
    submitted.append((order, principal))
    guard case .supervise(let order) = order else { return }
    let ticket = simulation.order(order)
    waiting[ticket] = { answer?(.outcome($0)) }
    settle()
  }

  package func announce(_ event: SupervisorEvent) { announced.append(event) }

  package func after(milliseconds: Int, _ handler: @escaping () -> Void) -> Registration {
    loop.after(milliseconds: milliseconds, handler)
  }

  package var logPath: String? { nil }
  package func clearLog() -> Bool { false }
  package func logPaths(of view: ProcessView) -> LogPaths { LogPaths() }
  package func logSource(of view: ProcessView, _ channel: String) -> LogSource? { nil }
  package func clearLog(at path: String) -> Bool { true }
  package func input(of pid: PID) -> StandardInput? { nil }

  // MARK: what the console shows

  package let history = EventHistory()
  package let figures = ProcessFigures(proc: ProcFS())
}
