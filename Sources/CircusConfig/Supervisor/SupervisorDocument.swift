import CircusModel

/// A supervisor file resolved as supervisor's own reader resolves it.
package struct SupervisorDocument: Sendable {
  package struct Group: Sendable {
    package enum Kind: Sendable {
      case programs
      case listener(bufferSize: Int, events: [String], handler: String)
      case fcgi(socket: [String: ConfigValue])
    }
    package var name: String
    package var priority: Int
    package var kind: Kind
    package var programs: [Program] = []
  }

  /// One program-like section as a member of a group.
  package struct Program: Sendable {
    package var name: String
    package var section: String
    package var template: ProgramTemplate
    /// Options evaluated once per section, in the dump's shape.
    package var common: [String: ConfigValue]
    /// All processes in the dump's shape.
    package var processes: [[String: ConfigValue]]
    /// Whether the file says `killasgroup=false` outright: the main process only.
    package var mainProcessOnly: Bool
  }

  package var supervisord: [String: ConfigValue] = [:]
  package var environment: [String: String] = [:]
  package var groups: [Group] = []
  package var servers: [[String: ConfigValue]] = []
  package var serverURL: String?
  package var rpcInterfaces: [ConfigValue] = []
  /// What supervisorctl makes of the file; nil when it has no such section.
  package var control: [String: ConfigValue]?
  /// Why supervisorctl would refuse the file.
  package var controlError: String?

  package init() {}
}
