import CircusModel

/// A supervisor file as a circus file.
struct CircusWriter {
  var file = ConvertedFile(for: .circus)
  let source: SupervisorSource
  /// Sockets of fcgi programs, which come after the watchers.
  private var sockets: [(section: String, name: String, spec: SharedSocketSpec)] = []
  /// Variables that the watcher being written has values of its own for.
  var overriddenVariables: Set<String> = []
  /// Names of watchers, in lower case: circus does not tell letter cases apart.
  private var names: Set<String> = []
  /// circus's priorities: larger starts first.
  private let priorities: [StartRank: Int]

  init(_ source: SupervisorSource) {
    self.source = source
    priorities = Self.priorities(source.document)
  }

  mutating func write() {
    writeDaemon()
    for group in source.document.groups {
      for program in group.programs { write(program, in: group) }
    }
    for socket in sockets { write(socket.section, socket.name, socket.spec) }
    for problem in source.doubtful {
      file.note(problem.section ?? "", "environment: \(problem.problem)")
    }
    for (section, key) in source.settled.unset where !Self.keepsVariables.contains(key) {
      file.note(section, "\(key): its variable is not set here, so that no value is known")
    }
  }

  // MARK: texts

  /// A text with names of circus's instead of supervisor's.
  func text(_ text: String) -> String {
    source.symbols.spelled(text) { symbol in
      switch symbol {
      case .environment(let name): "$(circus.env.\(name))"
      case .hostName: "$(circus.env.HOSTNAME)"
      case .processNumber: "$(circus.wid)"
      }
    }
  }

  /// Writes an option; `section` is the one it came from.
  mutating func set(_ key: String, _ value: String, _ section: String) {
    for name in CircusSubstitution.names(in: source.symbols.spelled(value) { _ in "" }) {
      file.note(
        section,
        "\(key): circus may fill in $(circus.\(name)), which is plain text to supervisor")
    }
    for symbol in source.symbols.all(in: value) {
      switch symbol {
      case .hostName:
        file.note(
          section,
          "\(key): %(host_node_name)s became $(circus.env.HOSTNAME): set HOSTNAME for circusd")
      case .environment(let name) where overriddenVariables.contains(name):
        file.note(
          section, "\(key): means \(name) as circusd has it; circus fills in what environment says")
      case .environment, .processNumber: break
      }
    }
    file.option(key, text(value), from: section)
  }

  /// A number or boolean; the variable it came from is written where one is named.
  mutating func set(_ key: String, _ value: String, _ section: String, same option: String) {
    guard let written = source.settled.written[section]?[option] else {
      return set(key, value, section)
    }
    set(key, source.expanded(written), section)
  }

  /// Notes for options that are not written as they are, where the file has them.
  mutating func finish(_ section: SourceSection, _ advice: (String) -> String) {
    for option in section.rest { file.note(section.name, "\(option): \(advice(option))") }
    for option in source.settled.written[section.name]?.keys.sorted() ?? []
    where !Self.keepsVariables.contains(option) && !section.rest.contains(option)
      && !source.settled.isUnset(option, in: section.name)
    {
      file.note(section.name, "\(option): the value that its variable has here is written")
    }
  }

  /// Options whose numbers mean the same in both systems, so that a variable can stay.
  private static let keepsVariables: Set<String> = [
    "numprocs", "stopwaitsecs", "startretries", "stdout_logfile_backups", "stderr_logfile_backups",
  ]

  // MARK: what is written

  /// The name of a watcher; a second one of a name gets another.
  mutating func name(_ wanted: String, _ section: String) -> String {
    var name = wanted
    var number = 2
    while !names.insert(name.lowercased()).inserted {
      name = "\(wanted)-\(number)"
      number += 1
    }
    if name != wanted {
      file.note(section, "is called \(name): circus finds names in any letter case")
    }
    return name
  }

  func priority(_ program: SupervisorDocument.Program, in group: SupervisorDocument.Group) -> Int {
    priorities[StartRank(program, in: group)] ?? 0
  }

  /// When a program is started: smaller first.
  private struct StartRank: Hashable {
    var group: Int
    var program: Int

    init(_ program: SupervisorDocument.Program, in group: SupervisorDocument.Group) {
      self.group = group.priority
      self.program = program.common["priority"]?.int ?? 999
    }
  }

  /// 999 less supervisor's number; where groups have priorities of their own, the place in the order, counted from its
  /// end.
  private static func priorities(_ document: SupervisorDocument) -> [StartRank: Int] {
    let groups = document.groups.filter {
      if case .listener = $0.kind { false } else { true }
    }
    let ranks = Set(groups.flatMap { group in group.programs.map { StartRank($0, in: group) } })
    if ranks.allSatisfy({ $0.group == $0.program }) {
      return Dictionary(uniqueKeysWithValues: ranks.map { ($0, 999 - $0.program) })
    }
    let ordered = ranks.sorted { ($0.group, $0.program) > ($1.group, $1.program) }
    return Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
  }

  /// The name of the `[socket:NAME]` that stands for a program's socket.
  mutating func hold(_ socket: SharedSocketSpec, of program: SupervisorDocument.Program) -> String {
    if let held = sockets.first(where: { $0.section == program.section }) { return held.name }
    let wanted = program.name.lowercased()
    var name = wanted
    var number = 2
    while sockets.contains(where: { $0.name == name }) {
      name = "\(wanted)-\(number)"
      number += 1
    }
    sockets.append((program.section, name, socket))
    return name
  }

  private mutating func write(_ section: String, _ name: String, _ socket: SharedSocketSpec) {
    file.begin("socket:\(name)")
    switch socket.address {
    case .tcp(let host, let port):
      set("host", host, section)
      set("port", String(port), section)
    case .unix(let path):
      set("path", path, section)
      set("replace", "True", section)
      set("umask", Self.octal(~socket.mode & 0o777), section)
      if socket.owner != nil {
        file.note(section, "socket_owner: the socket's file belongs to circusd's user")
      }
    }
    if let backlog = socket.backlog { set("backlog", String(backlog), section) }
  }

  static func octal(_ mask: Int) -> String {
    let digits = String(mask, radix: 8)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }
}
