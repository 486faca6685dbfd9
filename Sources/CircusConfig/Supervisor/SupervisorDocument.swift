import CircusModel

/// A supervisor file resolved as supervisor's own reader resolves it.
package struct SupervisorDocument: Sendable {
  /// What starts and stops together: a `[group:x]`, or a program in none (supervisor.md 1.10).
  package struct Group: Sendable {
    /// What its processes are; a listener's buffer is counted in events (supervisor.md 1.8, 1.9).
    package enum Kind: Sendable {
      case programs
      case listener(bufferSize: Int, events: [String], handler: String)
      case fcgi(socket: [String: ConfigValue])
    }
    /// The text after the section's first colon: `x` of `[group:x]`.
    package var name: String
    /// Lower starts first and stops last; unset 999, for listeners -1 (supervisor.md 1.9, 1.10).
    package var priority: Int
    /// Which kind of section made it; a `[group:x]` counts as programs.
    package var kind: Kind
    /// What `[group:x] depends_on` says of every member.
    package var dependsOn: [String] = []
    /// `[group:x] on_dependency`, for members that say nothing themselves.
    package var onDependency: Dependency.Reaction?
    /// Its members: in a `[group:x]` as its `programs=` names them, otherwise just one.
    package var programs: [Program] = []
  }

  /// One program-like section as a member of a group.
  package struct Program: Sendable {
    /// The text after the section's first colon: `web` of `[program:web]`.
    package var name: String
    /// The whole section text, kind included: `program:web`.
    package var section: String
    /// The file that defined it first.
    package var file: String
    /// Its per-process options, unexpanded: what processes beyond `processes` are made from.
    package var template: ProgramTemplate
    /// The socket its processes share, of an fcgi program.
    package var sharedSocket: SharedSocketSpec?
    /// Options evaluated once per section, in the dump's shape.
    package var common: [String: ConfigValue]
    /// All processes in the dump's shape.
    package var processes: [[String: ConfigValue]]
    /// Whether the file says `killasgroup=false` outright: the main process only.
    package var mainProcessOnly: Bool
  }

  /// `[supervisord]` with defaults; sizes in bytes, `umask` as a number (supervisor.md 1.5).
  package var supervisord: [String: ConfigValue] = [:]
  /// `[supervisord] environment=`: variables every child gets (supervisor.md 1.5).
  package var environment: [String: String] = [:]
  /// All groups by priority, then by name: the order in which they start (supervisor.md 2.11).
  package var groups: [Group] = []
  /// The HTTP servers, inet before unix, each in the order of the file (supervisor.md 1.12).
  package var servers: [[String: ConfigValue]] = []
  /// What children find as SUPERVISOR_SERVER_URL: the first unix server, else the last inet one.
  package var serverURL: String?
  /// `[rpcinterface:x]` sections as `name`, `factory` and `extras` (supervisor.md 1.14).
  package var rpcInterfaces: [ConfigValue] = []
  /// What supervisorctl makes of the file; nil when it has no such section.
  package var control: [String: ConfigValue]?
  /// There is no `[supervisord]` section: some other file includes this one.
  package var isFragment = false
  /// Files that `[include]` brought in.
  package var included: [String] = []
  /// Why supervisorctl would refuse the file.
  package var controlError: String?
  /// Where sections have their `depends_on`.
  var dependencyPlaces: [String: (file: String, line: Int)] = [:]

  package init() {}
}
