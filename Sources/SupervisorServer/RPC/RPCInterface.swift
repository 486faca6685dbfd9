import CircusCore
import CircusLog
import CircusModel
import XMLRPC

/// supervisor's remote interface (supervisor.md 4.6, 4.9): from the name of a method to its answer.
package final class RPCInterface {
  unowned let daemon: any DaemonAccess
  private let methods: [String: RPCMethod]

  /// `daemon` is not retained.
  package init(_ daemon: any DaemonAccess) {
    self.daemon = daemon
    var methods: [String: RPCMethod] = [:]
    for table in [
      Self.statusMethods, Self.controlMethods, Self.signalMethods, Self.groupMethods,
      Self.logMethods, Self.processLogMethods, Self.inputMethods,
    ] {
      for (name, method) in table { methods["supervisor.\(name)"] = method }
    }
    for (name, method) in Self.systemMethods { methods["system.\(name)"] = method }
    self.methods = methods
  }

  var methodNames: [String] { methods.keys.sorted() }
  func method(_ name: String) -> RPCMethod? { methods[name] }

  /// Calls a method; the answer comes at once or when it is known.
  package func call(
    _ name: String, _ parameters: [XMLRPCValue], agent: String,
    _ answer: @escaping RPCMethod.Answer
  ) {
    do throws(Fault) {
      guard let method = methods[name] else { throw Fault(.unknownMethod) }
      // Questions, too, which reach no other gate.
      guard Gate.admits(.httpClient, method.right) else { throw .notAllowed }
      try refuseWhileEnding(name)
      try method.body(self, try RPCParameters(parameters, method.counts, agent: agent), answer)
    } catch {
      answer(.failure(error))
    }
  }

  /// On its way down supervisord answers nothing but this (supervisor.md 4.4).
  private func refuseWhileEnding(_ name: String) throws(Fault) {
    guard name.hasPrefix("supervisor."), name != "supervisor.sendRemoteCommEvent",
      daemon.arbiter.mode != .running && daemon.arbiter.mode != .booting
    else { return }
    throw Fault(.shutdownState)
  }

  // MARK: names

  /// The one process a name means; a group is none.
  func process(_ name: String) throws(Fault) -> ProcessView {
    guard case .process(let view)? = daemon.arbiter.find(name) else { throw Fault(.badName, name) }
    return view
  }

  func group(_ name: String) throws(Fault) -> [ProcessView] {
    guard daemon.arbiter.hasGroup(name) else { throw Fault(.badName, name) }
    return daemon.arbiter.processes(inGroup: name)
  }
}

extension ProcessResult {
  /// The struct that group methods answer with.
  var value: XMLRPCValue {
    [
      "name": .string(name), "group": .string(group), "status": .int(fault?.code.rawValue ?? 80),
      "description": .string(fault?.text ?? "OK"),
    ]
  }
}
