import CircusConfig
import CircusModel

/// Makes launch plans: the third substitution pass and the splitting of command lines.
enum LaunchPlanner {
  /// The plan for slot `number` of a watcher, or why its definition cannot be run.
  static func plan(
    _ spec: WatcherSpec, number: Int, count: Int, _ ledger: Ledger
  ) throws(SpawnFailure) -> LaunchPlan {
    if let problem = spec.unsupported { throw SpawnFailure(text: problem, isTransient: false) }
    return spec.program == nil
      ? try circus(spec, number: number, count: count, ledger)
      : try supervisor(spec, number: number, count: count, ledger)
  }

  /// A text about one process, in which its variables are filled in. A socket's name stands for its address.
  static func expand(
    _ text: String, _ spec: WatcherSpec, number: Int, count: Int, _ ledger: Ledger
  ) throws(SpawnFailure) -> String {
    guard let template = spec.program else {
      guard text.lowercased().holds("(circus.") else { return text }
      var values = substitutions(spec, number: number, count: count, ledger)
      for socket in ledger.sockets { values["sockets.\(socket.name)"] = socket.address }
      return CircusSubstitution.expand(text, values)
    }
    var names = template.names
    names["process_num"] = String(number)
    names["numprocs"] = String(count)
    names["process_name"] = ProgramExpansion.name(of: number, in: template, count: count)
    do { return try PercentExpansion.expand(text, names) } catch {
      throw SpawnFailure(text: "cannot expand '\(text)': \(error)", isTransient: false)
    }
  }

  // MARK: circus

  private static func circus(
    _ spec: WatcherSpec, number: Int, count: Int, _ ledger: Ledger
  ) throws(SpawnFailure) -> LaunchPlan {
    let values =
      needsSubstitution(spec)
      ? substitutions(spec, number: number, count: count, ledger) : [:]
    let command = CircusSubstitution.expand(spec.command, values)
    var words: [String]
    if let literal = spec.words {
      words = literal
    } else if spec.shell {
      words = ["/bin/sh", "-c", shellLine(command, spec, values)]
      words += try split(CircusSubstitution.expand(spec.shellArguments ?? "", values))
    } else {
      words = try split(command)
      switch spec.arguments {
      case .text(let text): words += try split(CircusSubstitution.expand(text, values))
      case .list(let list): words += list.map { CircusSubstitution.expand($0, values) }
      }
    }
    guard !words.isEmpty, !(spec.shell && words[2].isEmpty) else {
      throw SpawnFailure(text: "the command is empty: set `cmd`", isTransient: false)
    }
    let input: LaunchPlan.Input =
      spec.stdinSocket.map { .socket($0) } ?? (spec.closesStdin ? .null : .inherit)
    return LaunchPlan(
      watcherName: spec.name, number: number, processName: "\(spec.name)-\(number)",
      groupName: spec.name, arguments: words,
      environment: spec.environment, directory: spec.directory, user: spec.user,
      group: spec.userGroup, umask: spec.umask, limits: spec.limits, input: input,
      stdout: spec.stdout, stderr: spec.stderr, stdoutOnFull: spec.stdoutOnFull,
      stderrOnFull: spec.stderrOnFull,
      sockets: spec.usesSockets
        ? SocketUse(
          mentioned: spec.mentionedSockets(among: ledger.sockets),
          tellsActivation: spec.tellsActivation) : nil,
      startsSession: true, takesTerminal: spec.takesTerminal,
      diesWithDaemon: spec.daemonExit == .kill,
      descendants: spec.stop.descendants, readiness: spec.ready,
      notifyAccess: spec.notifyAccess, watchdog: spec.watchdog,
      linePrefix: spec.prefixesOutput ? "\(spec.name)-\(number)" : nil)
  }

  /// With `shell` the line goes to the shell as it was written (circus quotes every word first, so
  /// that nothing a shell is for works; B20).
  private static func shellLine(
    _ command: String, _ spec: WatcherSpec, _ values: [String: String]
  ) -> String {
    switch spec.arguments {
    case .text(let text):
      let tail = CircusSubstitution.expand(text, values)
      return tail.isEmpty ? command : command + " " + tail
    case .list(let list): return ([command] + list.map(ShellWords.quote)).joined(separator: " ")
    }
  }

  static func split(_ text: String) throws(SpawnFailure) -> [String] {
    do {
      return try ShellWords.split(text)
    } catch {
      throw SpawnFailure(text: "can't parse command '\(text)': \(error.text)", isTransient: false)
    }
  }

  /// Names of the third pass (circus.md 1.4).
  private static func substitutions(
    _ spec: WatcherSpec, number: Int, count: Int, _ ledger: Ledger
  ) -> [String: String] {
    var values = SpawnValues.ofDefinition(spec)
    for socket in ledger.sockets { values["sockets.\(socket.name)"] = String(socket.descriptor) }
    for name in SpawnValues.Name.allCases {
      values[name.rawValue] =
        switch name {
        case .wid: String(number)
        case .numprocesses: String(count)
        case .workingDirectory: spec.directory.isEmpty ? ledger.workingDirectory : spec.directory
        case .endpoint: ledger.reachable(ledger.settings.endpoint)
        case .pubsubEndpoint: ledger.reachable(ledger.settings.pubsubEndpoint)
        }
    }
    return values
  }

  /// Most commands name nothing; building the table for each of a thousand spawns would cost more
  /// than the spawn.
  private static func needsSubstitution(_ spec: WatcherSpec) -> Bool {
    var texts = [spec.command, spec.shellArguments ?? ""]
    switch spec.arguments {
    case .text(let text): texts.append(text)
    case .list(let list): texts += list
    }
    return texts.contains { $0.lowercased().holds("(circus.") }
  }

  // MARK: supervisor

  private static func supervisor(
    _ spec: WatcherSpec, number: Int, count: Int, _ ledger: Ledger
  ) throws(SpawnFailure) -> LaunchPlan {
    let process = try member(spec, number: number, count: count)
    let words = try split(process.command)
    guard !words.isEmpty else { throw SpawnFailure(text: "command is empty", isTransient: false) }
    var environment = ledger.environment
    environment["SUPERVISOR_ENABLED"] = "1"
    environment["SUPERVISOR_SERVER_URL"] = spec.serverURL
    environment["SUPERVISOR_PROCESS_NAME"] = process.name
    environment["SUPERVISOR_GROUP_NAME"] = spec.group
    environment.merge(process.environment) { $1 }
    return LaunchPlan(
      watcherName: spec.name, number: number, processName: process.name, groupName: spec.group,
      isListener: spec.listener != nil, arguments: words,
      environment: environment, directory: process.directory ?? "", user: spec.user,
      group: nil, umask: spec.umask, limits: [],
      input: spec.sharedSocket.map { .shared($0) } ?? .pipe, stdout: process.stdout,
      stderr: process.stderr, stdoutOnFull: spec.stdoutOnFull, stderrOnFull: spec.stderrOnFull,
      sockets: nil, startsSession: false,
      diesWithDaemon: spec.daemonExit == .kill,
      descendants: spec.stop.descendants, readiness: spec.ready,
      notifyAccess: spec.notifyAccess, watchdog: spec.watchdog,
      linePrefix: spec.prefixesOutput ? process.name : nil)
  }

  static func member(
    _ spec: WatcherSpec, number: Int, count: Int
  ) throws(SpawnFailure) -> ProgramProcess {
    guard let template = spec.program else {
      throw SpawnFailure(text: "command is empty", isTransient: false)
    }
    do {
      return try ProgramExpansion.process(template, number: number, count: count, spec: spec)
    } catch {
      throw SpawnFailure(text: error.problem, isTransient: false)
    }
  }
}
