import CircusModel

/// Programs as watchers.
extension CircusWriter {
  mutating func write(
    _ program: SupervisorDocument.Program, in group: SupervisorDocument.Group
  ) {
    if case .listener = group.kind { return }
    let numbered = Self.numberedOptions(program)
    let isScaledByVariable = source.settled.written[program.section]?["numprocs"] != nil
    let isMany = program.processes.count > 1 || isScaledByVariable
    let isOneWatcher =
      numbered.isEmpty || numbered == ["command"] && (isScaledByVariable || hasWID(program))
    guard isMany, !isOneWatcher else {
      var process = program.processes.first ?? [:]
      if isMany, !numbered.isEmpty {
        process["command"] = .string(commandOfAnyProcess(program))
        if !hasWID(program) {
          file.note(
            program.section,
            "command: the number of a process became $(circus.wid), which counts from 1 and is written as it is"
          )
        }
      }
      return write(program, in: group, as: program.name, process)
    }
    file.note(
      program.section,
      "numprocs: became one watcher for each process, as circus counts from 1 and fills in the number in cmd and args "
        + "alone (here in \(numbered.joined(separator: ", ")))")
    if isScaledByVariable {
      file.note(
        program.section,
        "numprocs: there are as many watchers as its variable says here, or one where it is not set"
      )
    }
    for process in program.processes {
      write(program, in: group, as: process["name"]?.string ?? program.name, process)
    }
  }

  /// Whether the command names the number as circus does: from 1, and without a width.
  private func hasWID(_ program: SupervisorDocument.Program) -> Bool {
    program.template.firstNumber == 1
      && NumberReferences.formats(in: program.template.expressions["command"] ?? "")
        .allSatisfy(NumberReferences.isPlain)
  }

  /// The options that differ from process to process.
  private static func numberedOptions(_ program: SupervisorDocument.Program) -> [String] {
    ProgramExpansion.keys.filter {
      $0 != "process_name"
        && !NumberReferences.formats(in: program.template.expressions[$0] ?? "").isEmpty
    }
  }

  private mutating func write(
    _ program: SupervisorDocument.Program, in group: SupervisorDocument.Group, as wanted: String,
    _ process: [String: ConfigValue]
  ) {
    var section = source.section(program.section)
    let options = program.common
    let count = program.processes.count
    let isOneOfMany = wanted != program.name
    let isUsedTwice =
      source.document.groups.filter { other in
        other.programs.contains { $0.name == program.name }
      }.count > 1
    let name = name(isUsedTwice ? "\(group.name):\(wanted)" : wanted, program.section)

    // What a variable of the same name gets from circusd comes with copy_env.
    let own = (process["environment"]?.map ?? [:]).compactMapValues(\.string).filter {
      source.document.environment[$0.key] != $0.value
        && source.symbols.environment[$0.key] != $0.value
    }
    overriddenVariables = Set(own.keys)
    file.begin("watcher:\(name)")
    set("cmd", process["command"]?.string ?? "", program.section)
    let isScaled = count != 1 || source.settled.written[program.section]?["numprocs"] != nil
    if isScaled && !isOneOfMany {
      set("numprocesses", String(count), program.section, same: "numprocs")
    }
    if let directory = process["directory"]?.string, !directory.isEmpty {
      set("working_dir", directory, program.section)
    }
    if let user = options["user"]?.string ?? source.document.supervisord["user"]?.string {
      set("uid", user, program.section)
    }
    set("copy_env", "True", program.section)
    let priority = priority(program, in: group)
    if priority != 0 { set("priority", String(priority), program.section) }
    if options["autostart"] == .bool(false) { set("autostart", "False", program.section) }
    if options["autorestart"]?.string == "false" { set("respawn", "False", program.section) }
    writeStop(program, &section)
    writeCommon(&section)
    writeStreams(program, process, &section)
    if let socket = program.sharedSocket {
      set("stdin_socket", hold(socket, of: program), program.section)
    }
    section.take(all: Self.translated)
    noteGroup(program, in: group, isOneOfMany: isOneOfMany, &section)
    finish(section) {
      guard let option = WatcherOption.bySupervisorKey[$0] else {
        return "supervisor does not know it, and neither does circus"
      }
      return option.elsewhere ?? "circus has nothing of the kind"
    }
    overriddenVariables = []
    writeEnvironment("env:\(name)", own, from: program.section)
    if !own.isEmpty, !Pattern.isLiteral(name) || name.contains(",") {
      file.note(program.section, "environment: [env:\(name)] is a pattern to circus: rename it")
    }
  }

  /// Read by other means, or the same in both.
  private static let translated = [
    "command", "numprocs", "directory", "user", "priority", "autostart", "autorestart",
    "environment", "socket", "socket_backlog", "socket_owner", "socket_mode",
  ]

  /// What has the same name and meaning in a watcher.
  private mutating func writeCommon(_ section: inout SourceSection) {
    for key in WatcherOption.all.compactMap(\.commonKey) {
      if let value = section.take(key) { set(key, source.expanded(value), section.name) }
    }
  }

  /// The command with circus's name for the number of the process.
  private func commandOfAnyProcess(_ program: SupervisorDocument.Program) -> String {
    var names = program.template.names
    names["numprocs"] = String(program.processes.count)
    let text = NumberReferences.replace(in: program.template.expressions["command"] ?? "") { _ in
      source.symbols.letter(.processNumber)
    }
    return (try? PercentExpansion.expand(text, names)) ?? text
  }

  private mutating func writeStop(
    _ program: SupervisorDocument.Program, _ section: inout SourceSection
  ) {
    let options = program.common
    let retries = options["startretries"]?.int ?? 3
    if retries < 1, source.settled.written[section.name]?["startretries"] == nil {
      set("max_retry", "1", section.name)
      file.note(
        section.name, "startretries=0 became max_retry = 1: with 0 stock circus starts nothing")
    } else {
      set("max_retry", String(retries), section.name, same: "startretries")
    }
    if let number = options["stopsignal"]?.int, number != 15 {
      let name = Signal(Int32(truncatingIfNeeded: number)).name
      set(
        "stop_signal", name.hasPrefix("SIG") ? String(name.dropFirst(3)) : String(number),
        section.name)
    }
    set(
      "graceful_timeout", String(options["stopwaitsecs"]?.int ?? 10), section.name,
      same: "stopwaitsecs")
    if options["stopasgroup"] == .bool(true) {
      set("stop_children", "True", section.name)
      file.note(
        section.name,
        "stopasgroup became stop_children: the stop signal reaches direct children, not the whole process group"
      )
    }
    if program.mainProcessOnly, !section.has("stop_descendants") {
      set("stop_descendants", "none", section.name)
    }
    section.take(all: ["startretries", "stopsignal", "stopwaitsecs", "stopasgroup"])
    if options["killasgroup"] == .bool(false) || options["stopasgroup"] == .bool(true) {
      section.take(all: ["killasgroup"])
    }
  }

  private mutating func noteGroup(
    _ program: SupervisorDocument.Program, in group: SupervisorDocument.Group, isOneOfMany: Bool,
    _ section: inout SourceSection
  ) {
    if group.name != program.name {
      file.note(
        section.name,
        "is \(group.name):\(program.name) no more: circus has no groups, but name patterns")
    }
    let name = section.take("process_name") ?? "%(program_name)s"
    if name != "%(program_name)s", !isOneOfMany {
      file.note(section.name, "process_name: circus has names for watchers only")
    }
    if program.template.firstNumber == 0 || isOneOfMany { section.take(all: ["numprocs_start"]) }
  }
}
