import CircusCore
import CircusModel
import CircusOutput
import EventLoop
import LinuxSystem

/// Asks processes how they are. Nothing here waits: a peer that never answers costs a timer.
package final class Prober {
  /// Asked for by a question, and given its answer.
  typealias Answer = (ProbeAnswer) -> Void

  private let loop: EventLoop
  private let launcher: Launcher
  private let kinship: any Kinship
  private let parting: PartingSockets
  private let helper: ProbeHelper
  private let limits: LimitProbe
  /// Questions under way by their numbers.
  private var running: [Int: any Probe] = [:]
  /// Commands that are ended, or have ended and are not collected, by pid.
  private var commands: [PID: CommandProbe] = [:]
  /// Questions that wait for their turn.
  private var waitingConnections: [(ProbeQuestion, Answer)] = []
  private var waitingCommands: [(ProbeQuestion, Answer)] = []
  private var connections = 0
  /// At once: connections, and commands, which take a process each.
  private static let mostConnections = 64
  private static let mostCommands = max(8, 4 * Processors.count)

  init(loop: EventLoop, launcher: Launcher, kinship: any Kinship, helpers: Helpers) {
    helper = ProbeHelper(helpers)
    self.loop = loop
    self.launcher = launcher
    self.kinship = kinship
    parting = PartingSockets(loop: loop)
    limits = LimitProbe(kinship: kinship)
  }

  /// Asks; `answer` is called once, unless the question is given up.
  func ask(_ question: ProbeQuestion, _ answer: @escaping Answer) {
    if case .figure(let kind, let limit, let scope) = question.check {
      return answer(limits.answer(question.process, question.pid, kind, limit, scope))
    }
    if case .exec = question.check {
      guard commands.count < Self.mostCommands else {
        return waitingCommands.append((question, answer))
      }
      startCommand(question, answer)
    } else {
      guard connections < Self.mostConnections else {
        return waitingConnections.append((question, answer))
      }
      connect(question, answer)
    }
  }

  /// Their answers are not awaited any more.
  func abandon(_ tokens: [Int]) {
    for token in tokens {
      waitingConnections.removeAll { $0.0.token == token }
      waitingCommands.removeAll { $0.0.token == token }
      guard let probe = running.removeValue(forKey: token) else { continue }
      probe.abandon()
      if !(probe is CommandProbe) { connections -= 1 }
    }
    startWaiting()
  }

  // MARK: connections

  private func connect(_ question: ProbeQuestion, _ answer: @escaping Answer) {
    connections += 1
    let probe: any Connecting =
      HelperProbe.isNeeded(for: question.check)
      ? HelperProbe(question, loop: loop, helper: helper)
      : SocketProbe(question, loop: loop, parting: parting)
    running[question.token] = probe
    probe.start { [unowned self] result in
      running[question.token] = nil
      connections -= 1
      answer(result)
      startWaiting()
    }
  }

  // MARK: commands

  private func startCommand(_ question: ProbeQuestion, _ answer: @escaping Answer) {
    guard case .exec(let plan) = question.check else { return }
    let probe = CommandProbe(question.timeout, loop: loop, kinship: kinship)
    do {
      let pid = try launcher.launch(command: plan, about: question.pid, output: probe.output)
      kinship.began(pid, .all, ownsSession: true, input: nil)
      running[question.token] = probe
      commands[pid] = probe
      probe.began(pid) { [unowned self] result in
        running[question.token] = nil
        answer(result)
      }
    } catch {
      answer(ProbeAnswer(.error, error.text))
    }
  }

  /// Runs a command whose end concerns nothing.
  func run(_ plan: LaunchPlan) throws(SpawnFailure) {
    let pid = try launcher.launch(command: plan, about: nil, output: nil)
    kinship.began(pid, .none, ownsSession: true, input: nil)
  }

  /// Whether the dead child was a command of ours.
  func exited(_ pid: PID, _ status: ExitStatus) -> Bool {
    guard let probe = commands.removeValue(forKey: pid) else { return false }
    probe.exited(status)
    startWaiting()
    return true
  }

  /// Whether this is a command that was not collected yet.
  func owns(_ pid: PID) -> Bool { commands[pid] != nil }

  private func startWaiting() {
    while connections < Self.mostConnections, !waitingConnections.isEmpty {
      let (question, answer) = waitingConnections.removeFirst()
      connect(question, answer)
    }
    while commands.count < Self.mostCommands, !waitingCommands.isEmpty {
      let (question, answer) = waitingCommands.removeFirst()
      startCommand(question, answer)
    }
  }

  /// The daemon ends, or another program takes its place: no command is left behind.
  package func endCommands() { for probe in commands.values { probe.killTree() } }
}

/// One question under way.
protocol Probe: AnyObject {
  /// Its answer is not wanted any more; it is not given.
  func abandon()
}

/// One that needs no process of its own.
protocol Connecting: Probe {
  /// Begins; `answer` is called once.
  func start(_ answer: @escaping (ProbeAnswer) -> Void)
}
