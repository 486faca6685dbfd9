import CircusModel

/// `--dump-config`: what was read, in the shape the originals' own parsers would show it.
package enum ConfigurationDump {
  /// One map with `system` and, for each dialect that was read, the sections its parser would list.
  package static func value(_ documents: ConfigurationReader.Documents) -> ConfigValue {
    var out: [String: ConfigValue] = [:]
    switch documents.dialect {
    case .circus: out["system"] = .string("circus")
    case .supervisor: out["system"] = .string("supervisor")
    case .both: out["system"] = .string("both")
    }
    if let circus = documents.circus { out.merge(dump(circus)) { $1 } }
    if let supervisor = documents.supervisor { out.merge(dump(supervisor)) { $1 } }
    return .map(out)
  }

  private static func dump(_ document: CircusDocument) -> [String: ConfigValue] {
    [
      "circus": .map(document.circus), "sockets": .list(document.sockets.map { .map($0) }),
      "plugins": .list(document.plugins.map { .map($0) }),
      "watchers": .list(document.watchers.map { .map($0) }),
    ]
  }

  private static func dump(_ document: SupervisorDocument) -> [String: ConfigValue] {
    var out: [String: ConfigValue] = [
      "supervisord": .map(document.supervisord), "groups": .list(document.groups.map(dump)),
      "http_servers": .list(document.servers.map { .map($0) }),
      "serverurl": document.serverURL.map(ConfigValue.string) ?? .null,
      "rpcinterfaces": .list(document.rpcInterfaces),
    ]
    if let error = document.controlError {
      out["supervisorctl"] = .map(["error": .string(error)])
    } else if let control = document.control {
      out["supervisorctl"] = .map(control)
    }
    return out
  }

  private static func dump(_ group: SupervisorDocument.Group) -> ConfigValue {
    // supervisor's reader knows nothing of ours.
    let processes = group.programs.flatMap(\.processes).map { process in
      process.filter { WatcherOption.bySupervisorKey[$0.key]?.has(.ours) != true }
    }
    var out: [String: ConfigValue] = [
      "name": .string(group.name), "priority": .int(group.priority),
      "processes": .list(processes.map { .map($0) }),
    ]
    switch group.kind {
    case .programs: out["type"] = .string("group")
    case .listener(let size, let events, let handler):
      out["type"] = .string("eventlistener")
      out["buffer_size"] = .int(size)
      out["events"] = .list(events.map(ConfigValue.string))
      out["result_handler"] = .string(handler)
    case .fcgi(let socket):
      out["type"] = .string("fcgi")
      out["socket"] = .map(socket)
    }
    return .map(out)
  }
}
