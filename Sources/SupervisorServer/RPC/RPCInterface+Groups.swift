import CircusConfig
import CircusCore
import CircusModel
import XMLRPC

/// The configuration, the groups it makes, and the daemon's own end.
extension RPCInterface {
  static let groupMethods: [String: RPCMethod] = [
    "reloadConfig": RPCMethod(
      .view, ["array"],
      help: "Read the configuration again; tells which groups were added, changed and removed."
    ) { interface, _, answer throws(Fault) in
      interface.daemon.submit(.reread) { outcome in
        guard case .changes(let changes) = outcome else { return answer(outcome.result) }
        let lists = [changes.added, changes.changed, changes.removed].map {
          XMLRPCValue.array($0.map { .string($0) })
        }
        answer(.success([.array(lists)]))
      }
    },
    "addProcessGroup": RPCMethod(
      .operate, ["boolean", "string"],
      help: "Activate a group of the configuration as it was read last."
    ) { interface, parameters, answer throws(Fault) in
      let name = try parameters.string(0)
      interface.daemon.submit(.addGroup(name)) { answer($0.result) }
    },
    "removeProcessGroup": RPCMethod(
      .operate, ["boolean", "string"], help: "Remove a group whose processes are all stopped."
    ) { interface, parameters, answer throws(Fault) in
      let name = try parameters.string(0)
      interface.daemon.submit(.removeGroup(name)) { answer($0.result) }
    },
    "updateProcessGroup": RPCMethod(
      .operate, ["boolean", "string"],
      help: "Apply what has changed of a group without a restart: options that supervisor does not "
        + "have. FAILED where it has to be started again. Not part of supervisor."
    ) { interface, parameters, answer throws(Fault) in
      let name = try parameters.string(0)
      interface.daemon.submit(.updateGroup(name)) { answer($0.result) }
    },
    "shutdown": RPCMethod(.admin, ["boolean"], help: "Stop all processes and end the daemon.") {
      interface, _, answer throws(Fault) in
      interface.daemon.submit(.shutdown) { answer($0.result) }
    },
    "restart": RPCMethod(
      .admin, ["boolean"],
      help: "Stop all processes, read the configuration and start again. Nothing is stopped when "
        + "the configuration cannot be read: CANT_REREAD."
    ) { interface, _, answer throws(Fault) in
      interface.daemon.submit(.restart) { answer($0.result) }
    },
    "getAllConfigInfo": RPCMethod(
      .view, ["array"],
      help: "How every process of the configuration as it was read last is defined."
    ) { interface, _ in
      let arbiter = interface.daemon.arbiter
      let processes = Dictionary(grouping: arbiter.processTable, by: \.group)
      let rows = arbiter.lastRead.flatMap { spec in
        ConfigInfo.rows(spec, isActive: processes[spec.group] != nil) { name in
          processes[spec.group]?.first { $0.name == name }.map { interface.daemon.logPaths(of: $0) }
        }
      }
      return .array(rows.sorted { $0.name < $1.name }.map(\.value))
    },
  ]
}

extension SupervisorAnswer {
  fileprivate var result: Result<XMLRPCValue, Fault> {
    if case .fault(let fault) = self { return .failure(fault) }
    return .success(true)
  }
}
