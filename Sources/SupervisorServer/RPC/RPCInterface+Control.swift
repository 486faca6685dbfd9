import CircusCore
import CircusModel
import CircusShell
import XMLRPC

/// Starting and stopping (supervisor.md 4.7).
extension RPCInterface {
  static let controlMethods: [String: RPCMethod] = [
    "startProcess": RPCMethod(
      .operate, ["boolean", "string", "boolean"], optional: 1,
      help: "Start a process, or with group:* all of a group; wait until it is RUNNING."
    ) { interface, parameters, answer throws(Fault) in
      let name = try parameters.string(0)
      guard let found = interface.daemon.arbiter.find(name) else { throw Fault(.badName, name) }
      interface.start(found, parameters.isWaiting(1), isBare: !name.contains(":"), answer)
    },
    "startProcessGroup": RPCMethod(
      .operate, ["array", "string", "boolean"], optional: 1,
      help: "Start all processes of a group; wait until they are RUNNING."
    ) { interface, parameters, answer throws(Fault) in
      let views = try interface.group(try parameters.string(0))
      interface.start(.group(views), parameters.isWaiting(1), isBare: false, answer)
    },
    "startAllProcesses": RPCMethod(
      .operate, ["array", "boolean"], optional: 1,
      help: "Start all processes; wait until they are RUNNING."
    ) { interface, parameters, answer throws(Fault) in
      interface.start(
        .group(interface.daemon.arbiter.processesInOrder), parameters.isWaiting(0), isBare: false,
        answer)
    },
    "stopProcess": RPCMethod(
      .operate, ["boolean", "string", "boolean"], optional: 1,
      help: "Stop a process, or with group:* all of a group; wait until it is down."
    ) { interface, parameters, answer throws(Fault) in
      let name = try parameters.string(0)
      guard let found = interface.daemon.arbiter.find(name) else { throw Fault(.badName, name) }
      interface.stop(found, parameters.isWaiting(1), isBare: !name.contains(":"), answer)
    },
    "stopProcessGroup": RPCMethod(
      .operate, ["array", "string", "boolean"], optional: 1,
      help: "Stop all processes of a group; wait until they are down."
    ) { interface, parameters, answer throws(Fault) in
      let views = try interface.group(try parameters.string(0))
      interface.stop(.group(views), parameters.isWaiting(1), isBare: false, answer)
    },
    "stopAllProcesses": RPCMethod(
      .operate, ["array", "boolean"], optional: 1,
      help: "Stop all processes; wait until they are down."
    ) { interface, parameters, answer throws(Fault) in
      interface.stop(
        .group(interface.daemon.arbiter.processesInOrder), parameters.isWaiting(0), isBare: false,
        answer)
    },
  ]

  /// `isBare`: a circus watcher was named without `:*`; its answer is that of one process.
  private func start(
    _ found: Arbiter.Found, _ waits: Bool, isBare: Bool, _ answer: @escaping RPCMethod.Answer
  ) {
    switch found {
    case .process(let view):
      let refused = check([view])
      send(
        .start([view.key], refused: refused, waits: waits, isSingle: true), isBare: false, answer)
    case .group(let views):
      let idle = views.filter { !$0.stage.isRunning }
      if isBare && idle.isEmpty {
        return answer(.failure(Fault(.alreadyStarted, views.first?.group)))
      }
      send(
        .start(idle.map(\.key), refused: check(idle), waits: waits, isSingle: false),
        isBare: isBare, answer)
    }
  }

  private func stop(
    _ found: Arbiter.Found, _ waits: Bool, isBare: Bool, _ answer: @escaping RPCMethod.Answer
  ) {
    switch found {
    case .process(let view):
      send(.stop([view.key], waits: waits, isSingle: true), isBare: false, answer)
    case .group(let views):
      if isBare && !views.contains(where: \.stage.isRunning) {
        return answer(.failure(Fault(.notRunning, views.first?.group)))
      }
      send(.stop(views.map(\.key), waits: waits, isSingle: false), isBare: isBare, answer)
    }
  }

  private func send(
    _ order: SupervisorOrder, isBare: Bool, _ answer: @escaping RPCMethod.Answer
  ) {
    daemon.submit(order) { outcome in
      switch outcome {
      case .fault(let fault): answer(.failure(fault))
      case .results(let results) where isBare:
        let fault = results.compactMap(\.fault).first
        answer(fault.map(Result.failure) ?? .success(true))
      case .results(let results): answer(.success(.array(results.map(\.value))))
      case .done, .changes: answer(.success(true))
      }
    }
  }

  /// Those whose command cannot be run at all.
  private func check(_ views: [ProcessView]) -> [ProcessKey: Fault] {
    var refused: [ProcessKey: Fault] = [:]
    for view in views where view.spec.dialect == .supervisor {
      do {
        refused[view.key] = ProgramCheck.problem(try daemon.arbiter.plan(for: view))
      } catch {
        refused[view.key] = Fault(.notExecutable, error.text)
      }
    }
    return refused
  }
}
