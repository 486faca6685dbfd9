import CircusModel

/// Program-like sections and the groups they form (supervisor.md 1.6 to 1.10).
extension SupervisorResolver {
  mutating func readGroups() {
    var grouped: Set<String> = []
    var groups: [SupervisorDocument.Group] = []
    for section in sections where section.name.hasPrefix("group:") {
      groups += heterogeneous(section, &grouped).map { [$0] } ?? []
    }
    for section in sections where section.name.hasPrefix("program:") {
      guard !grouped.contains(section.name) else { continue }
      groups += homogeneous(section, priority: 999) { _ in .programs }.map { [$0] } ?? []
    }
    for section in sections where section.name.hasPrefix("eventlistener:") {
      groups += homogeneous(section, priority: -1, listenerKind).map { [$0] } ?? []
    }
    for section in sections where section.name.hasPrefix("fcgi-program:") {
      guard !grouped.contains(section.name) else { continue }
      groups += homogeneous(section, priority: 999, fcgiKind).map { [$0] } ?? []
    }
    document.groups = groups.enumerated().sorted { a, b in
      if a.element.priority != b.element.priority {
        return a.element.priority < b.element.priority
      }
      if a.element.name != b.element.name {
        return PythonOrder.precedes(a.element.name, b.element.name)
      }
      return a.offset < b.offset
    }.map(\.element)
  }

  private func tail(_ section: INIDocument.Section) -> String {
    String(section.name.drop { $0 != ":" }.dropFirst())
  }

  /// `[group:x]`: takes over its programs, in the order it names them.
  private mutating func heterogeneous(
    _ section: INIDocument.Section, _ grouped: inout Set<String>
  ) -> SupervisorDocument.Group? {
    var scope = SupervisorScope(section, names: names)
    guard let name = validName(&scope, tail(section)) else {
      finish(scope)
      return nil
    }
    var group = SupervisorDocument.Group(name: name, priority: 999, kind: .programs)
    group.priority = scope.integer("priority", 999)
    group.dependsOn = WatcherSpec.dependencies(in: scope.text("depends_on") ?? "")
    if scope.raw("on_dependency") != nil,
      let spelling = WatcherOption.bySupervisorKey["on_dependency"]?.supervisor
    {
      group.onDependency = scope.value(spelling).string.flatMap(Dependency.Reaction.init(rawValue:))
    }
    notePlace(of: section)
    for program in SupervisorTypes.list(scope.text("programs") ?? "") {
      let candidates = ["program:\(program)", "fcgi-program:\(program)"].compactMap { wanted in
        sections.first { $0.name == wanted }
      }
      switch candidates.count {
      case 1:
        grouped.insert(candidates[0].name)
        if let member = makeProgram(candidates[0], group: name) { group.programs.append(member) }
      case 0:
        scope.fail(
          "programs", "[\(section.name)] names unknown program or fcgi-program \(program)",
          hint: Suggestion.hint(
            for: program, among: sections.filter { $0.name.hasPrefix("program:") }.map { tail($0) }),
          kind: .complete)
      default:
        scope.fail(
          "programs",
          "[\(section.name)] name \(program) is ambiguous (exists as program and fcgi-program)",
          kind: .complete)
      }
    }
    warnOfEqualNames(group, &scope)
    finish(scope)
    return group
  }

  private mutating func notePlace(of section: INIDocument.Section) {
    guard let option = section.option("depends_on") else { return }
    document.dependencyPlaces[section.name] = (option.file, option.line)
  }

  /// supervisor keeps the last of them and says nothing.
  private func warnOfEqualNames(
    _ group: SupervisorDocument.Group, _ scope: inout SupervisorScope
  ) {
    var seen: Set<String> = []
    for name in group.programs.flatMap(\.processes).compactMap({ $0["name"]?.string })
    where !seen.insert(name).inserted {
      scope.warn(
        "programs",
        "two processes of this group are called \(name): commands reach the first alone",
        hint: "give one of the programs another process_name")
    }
  }

  /// A section that is its own group.
  private mutating func homogeneous(
    _ section: INIDocument.Section, priority: Int,
    _ kind: (inout SupervisorScope) -> SupervisorDocument.Group.Kind
  ) -> SupervisorDocument.Group? {
    var scope = SupervisorScope(section, names: names)
    guard let name = validName(&scope, tail(section)) else {
      finish(scope)
      return nil
    }
    var group = SupervisorDocument.Group(
      name: name, priority: scope.integer("priority", priority), kind: .programs)
    group.kind = kind(&scope)
    finish(scope)
    if let member = makeProgram(section, group: name) { group.programs = [member] }
    return group
  }

  private func validName(_ scope: inout SupervisorScope, _ text: String) -> String? {
    do {
      return try SupervisorTypes.name(text)
    } catch {
      scope.fail(nil, error.text, kind: .complete)
      return nil
    }
  }

  private func listenerKind(_ scope: inout SupervisorScope) -> SupervisorDocument.Group.Kind {
    let name = scope.section.name
    let size = scope.integer("buffer_size", 10)
    if size < 1 {
      scope.fail(
        "buffer_size", "[\(name)] section sets invalid buffer_size (\(size))", kind: .complete)
    }
    let handler = scope.text("result_handler", "supervisor.dispatchers:default_handler") ?? ""
    let events = Set(SupervisorTypes.list(scope.text("events") ?? "").map { $0.uppercased() })
    if events.isEmpty {
      scope.fail(nil, "[\(name)] section requires an \"events\" line", kind: .complete)
    }
    for event in events.sorted() where !SupervisorKeys.eventTypes.contains(event) {
      scope.fail("events", "Unknown event type \(event) in [\(name)] events", kind: .complete)
    }
    if scope.boolean("redirect_stderr", false) {
      scope.fail(
        "redirect_stderr",
        "[\(name)] section sets redirect_stderr=true but this is not allowed because it will "
          + "interfere with the eventlistener protocol", kind: .complete)
    }
    return .listener(bufferSize: size, events: events.sorted(), handler: handler)
  }

  private func fcgiKind(_ scope: inout SupervisorScope) -> SupervisorDocument.Group.Kind {
    let name = scope.section.name
    var socket: [String: ConfigValue] = ["backlog": .null]
    if scope.raw("socket_backlog") != nil {
      let backlog = scope.integer("socket_backlog", 1)
      if !(1...65535).contains(backlog) {
        scope.fail("socket_backlog", "Invalid socket_backlog value \(backlog)")
      }
      socket["backlog"] = .int(backlog)
    }
    let owner = scope.text("socket_owner")
    let mode = scope.text("socket_mode")
    if let mode, PythonText.octal(mode) == nil {
      scope.fail("socket_mode", "Invalid socket_mode value \(mode)")
    }
    scope.names["program_name"] = PythonText.strip(tail(scope.section))
    guard let address = scope.text("socket"), !address.isEmpty else {
      scope.fail(nil, "[\(name)] section requires a \"socket\" line", kind: .complete)
      return .fcgi(socket: socket)
    }
    if address.hasPrefix("unix://") {
      let path = String(address.dropFirst(7))
      if !path.hasPrefix("/") {
        scope.fail(
          "socket", "Unix socket path \(path) is not an absolute path in [\(name)] socket",
          kind: .complete)
      }
      let user = scope.text("user")
      socket["path"] = .string(absolute(path))
      socket["url"] = .string("unix://" + absolute(path))
      socket["mode"] = .int(mode.flatMap(PythonText.octal) ?? 0o700)
      socket["owner"] =
        owner.map { .list(SupervisorTypes.owner($0)) }
        ?? user.map { .list([.string($0), .string("gid of \($0)")]) } ?? .null
      return .fcgi(socket: socket)
    }
    if owner != nil || mode != nil {
      scope.fail(
        owner != nil ? "socket_owner" : "socket_mode",
        "socket_owner and socket_mode params should only be used with a Unix domain socket in "
          + "[\(name)] socket", kind: .complete)
    }
    let parts = address.dropFirst("tcp://".count).split(
      separator: ":", omittingEmptySubsequences: false)
    guard address.hasPrefix("tcp://"), parts.count == 2, !parts[0].isEmpty,
      !parts[0].contains(where: PythonText.isSpace),
      parts[1].allSatisfy({ ("0"..."9").contains($0) }), let port = Int(parts[1])
    else {
      scope.fail(
        "socket", "Bad socket format \(address) in [\(name)] socket",
        hint: "write tcp://host:port or unix:///path", kind: .complete)
      return .fcgi(socket: socket)
    }
    if !(1...65535).contains(port) {
      let bound = port < 1 ? "below lower bound (1)" : "above upper bound (65535)"
      scope.fail("socket", "\(port) is \(bound) in [\(name)] socket", kind: .complete)
    }
    socket["host"] = .string(parts[0].lowercased())
    socket["port"] = .int(port)
    socket["url"] = .string("tcp://\(parts[0].lowercased()):\(port)")
    return .fcgi(socket: socket)
  }

  /// The socket of an fcgi program, also of one in a `[group:x]` (supervisor loses it there).
  private mutating func sharedSocket(_ section: INIDocument.Section) -> SharedSocketSpec? {
    guard section.name.hasPrefix("fcgi-program:") else { return nil }
    var scope = SupervisorScope(section, names: names)
    guard case .fcgi(let socket) = fcgiKind(&scope) else { return nil }
    finish(scope)
    let backlog = socket["backlog"]?.int
    if let path = socket["path"]?.string {
      var spec = SharedSocketSpec(address: .unix(path: path), backlog: backlog)
      spec.mode = socket["mode"]?.int ?? 0o700
      if case .list(let owner)? = socket["owner"], let user = owner.first?.string {
        let group = owner.last?.string.flatMap { $0.hasPrefix("gid of ") ? nil : $0 }
        spec.owner = group.map { "\(user):\($0)" } ?? user
      }
      return spec
    }
    guard let host = socket["host"]?.string, let port = socket["port"]?.int else { return nil }
    return SharedSocketSpec(address: .tcp(host: host, port: port), backlog: backlog)
  }

  /// One program-like section as a member of `group`.
  private mutating func makeProgram(
    _ section: INIDocument.Section, group: String
  ) -> SupervisorDocument.Program? {
    var scope = SupervisorScope(section, names: names, home: environment["HOME"])
    guard let name = validName(&scope, tail(section)) else {
      finish(scope)
      return nil
    }
    scope.names.merge(
      ["program_name": name, "group_name": group, "host_node_name": hostName]) { $1 }
    notePlace(of: section)
    let common = commonOptions(&scope)
    if common[DependentStart.key] != nil { checkDependentStart(&scope) }
    let count = scope.integer("numprocs", 1)
    let first = scope.integer("numprocs_start", 0)
    checkProcessName(&scope, count: count)
    if scope.raw("command") == nil {
      scope.fail(
        nil, "program section \(section.name) does not specify a command",
        hint: "add a command= line")
    }
    var template = ProgramTemplate(
      expressions: [:], names: scope.names, firstNumber: first, home: scope.home)
    for key in ProgramExpansion.keys { template.expressions[key] = scope.raw(key) }

    var processes: [[String: ConfigValue]] = []
    let (end, overflows) = first.addingReportingOverflow(max(0, count))
    guard !overflows, count <= 100_000, first.magnitude <= 1 << 40 else {
      scope.fail(
        count > 100_000 ? "numprocs" : "numprocs_start", "is out of range",
        hint: count > 100_000 ? "at most 100000 processes" : "write a smaller number")
      finish(scope)
      return nil
    }
    for number in first..<end {
      let own = ProgramExpansion.values(
        &scope, number: number, count: count,
        redirectsStderr: common["redirect_stderr"] == .bool(true),
        environment: document.environment)
      processes.append(common.merging(own) { $1 })
      // One bad expression would be reported once per process.
      if scope.diagnostics.firstError != nil { break }
    }
    let mainOnly = scope.raw("killasgroup") != nil && common["killasgroup"] == .bool(false)
    finish(scope)
    processes.sort {
      PythonOrder.precedes($0["name"]?.string ?? "", $1["name"]?.string ?? "")
    }
    return SupervisorDocument.Program(
      name: name, section: section.name, file: section.file, template: template,
      sharedSocket: sharedSocket(section),
      common: common, processes: processes, mainProcessOnly: mainOnly)
  }

  private func checkProcessName(_ scope: inout SupervisorScope, count: Int) {
    let text = scope.raw("process_name") ?? "%(program_name)s"
    do {
      let name = try SupervisorTypes.name(text)
      if count > 1 && !name.holds("%(process_num)") {
        scope.fail(
          scope.raw("process_name") == nil ? "numprocs" : "process_name",
          "%(process_num) must be present within process_name when numprocs > 1",
          hint: "write process_name=%(program_name)s_%(process_num)02d")
      }
    } catch {
      scope.fail("process_name", error.text)
    }
  }

  /// What is read once for all processes; ours only where the file has it.
  private func commonOptions(_ scope: inout SupervisorScope) -> [String: ConfigValue] {
    var out: [String: ConfigValue] = [:]
    for option in Self.inOrderOfReading {
      guard let spelling = option.supervisor, !Self.countOptions.contains(spelling.key),
        spelling.listed != nil || scope.raw(spelling.key) != nil
      else { continue }
      out[spelling.key] = scope.value(spelling)
    }
    let stopAsGroup = out["stopasgroup"] == .bool(true)
    if scope.raw("killasgroup") == nil { out["killasgroup"] = .bool(stopAsGroup) }
    if stopAsGroup && out["killasgroup"] == .bool(false) {
      scope.fail(
        "killasgroup", "Cannot set stopasgroup=true and killasgroup=false",
        hint: "leave killasgroup out")
    }
    let runsOnce = out["type"] == .string("oneshot") || scope.raw("schedule") != nil
    if runsOnce, scope.raw("startretries") == nil {
      // What failed halfway is not repeated unasked.
      out["startretries"] = .int(0)
    }
    if out["serverurl"]?.string.map({ PythonText.strip($0).uppercased() }) == "AUTO" {
      out["serverurl"] = .null
    }
    return out
  }

  /// A section with several faults is reported with the one that supervisor meets first (supervisor.md 1.3).
  private static let inOrderOfReading: [WatcherOption] = {
    let first = [
      "priority", "autostart", "autorestart", "startsecs", "startretries", "stopsignal",
      "stopwaitsecs", "stopasgroup", "killasgroup", "exitcodes", "redirect_stderr",
      "stdout_capture_maxbytes", "stdout_events_enabled", "stderr_capture_maxbytes",
      "stderr_events_enabled", "serverurl", "user", "umask",
    ].compactMap { WatcherOption.bySupervisorKey[$0] }
    let listed = Set(first.compactMap { $0.supervisor?.key })
    return first
      + WatcherOption.all.filter { option in
        guard let key = option.supervisor?.key else { return false }
        return !option.has(.perProcess) && !listed.contains(key)
      }
  }()

  /// How many processes there are is no option of each of them.
  private static let countOptions: Set<String> = ["numprocs", "numprocs_start"]
}
