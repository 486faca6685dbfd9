import CircusModel

/// What a watcher or a program needs of the machine.
extension MachineCheck {
  mutating func check(_ spec: WatcherSpec) {
    let section =
      spec.definition["__name__"]?.string ?? spec.definition["section"]?.string
      ?? "watcher:\(spec.name)"
    switch spec.ready {
    case .log(let pattern, _) where !machine.isExpression(pattern):
      add(section, "ready", "`\(pattern)` is no POSIX extended expression: it cannot start")
    case .notify:
      if let problem = machine.notifyProblem {
        add(section, "ready", problem, "set a shorter XDG_RUNTIME_DIR, or write ready = pipe")
      }
    case .started, .seconds, .descriptor, .pipe, .log, .probe, .check: break
    }
    if !spec.schedule.zone.isEmpty, !machine.hasZone(spec.schedule.zone) {
      add(
        section, "schedule.timezone", "there is no such zone in the tz database of this machine",
        "write a name such as Europe/Berlin, or install tzdata")
    }
    checkProbes(spec, section)
    switch spec.dialect {
    case .circus: checkCircus(spec, section)
    case .supervisor: checkProgram(spec, section)
    }
  }

  private mutating func checkProbes(_ spec: WatcherSpec, _ section: String) {
    for kind in ProbeKind.configurable where spec.probes.has(kind) {
      let probe = spec.probes[kind]
      if !probe.body.isEmpty, !machine.isExpression(probe.body) {
        add(
          section, kind.key + ".body", "is no POSIX extended expression: the probe never passes",
          "see regex(7)")
      }
      guard case .exec(let command)? = ProbeTarget(text: probe.target), !probe.usesShell else {
        continue
      }
      do {
        let word = try ShellWords.split(command).first ?? ""
        // Variables, and what is relative to the directory of a process, are known when it runs.
        guard !["$(", "%(", "(("].contains(where: { word.holds($0) }),
          word.hasPrefix("/") || !word.contains("/"),
          let problem = programProblem(
            word, spec.environment["PATH"] ?? configuration.environment["PATH"] ?? "/bin:/usr/bin",
            directory)
        else { continue }
        add(section, kind.key, problem + ": the probe never passes")
      } catch {
        add(section, kind.key, "\(error.text): the probe never passes", "check the quotes")
      }
    }
  }

  private mutating func checkCircus(_ spec: WatcherSpec, _ section: String) {
    if let user = spec.user, !machine.hasUser(user) {
      add(section, "uid", "there is no such user: the watcher cannot start")
    }
    if let group = spec.userGroup, !machine.hasGroup(group) {
      add(section, "gid", "there is no such group: the watcher cannot start")
    }
    let base = spec.directory.isEmpty ? directory : absolute(spec.directory)
    // A variable that is not set here may be set where the daemon is started.
    if !spec.directory.isEmpty, !spec.directory.holds("(circus.env."),
      !machine.isDirectory(base)
    {
      add(
        section, "working_dir", "is not an existing directory: the watcher cannot start",
        "create it")
    }
    // What `sh -c` makes of a line is the shell's business.
    if !spec.shell, spec.unsupported == nil, let word = firstWord(spec.command),
      let problem = programProblem(word, spec.environment["PATH"] ?? "/bin:/usr/bin", base)
    {
      add(section, "cmd", problem + ": the watcher cannot start")
    }
    for (stream, key) in [(spec.stdout, "stdout_stream"), (spec.stderr, "stderr_stream")] {
      guard case .file(let file) = stream, !file.path.isEmpty,
        let problem = writeProblem(absolute(file.path))
      else { continue }
      add(section, "\(key).filename", "\(problem.text): the watcher cannot start", problem.hint)
    }
    for (name, hook) in spec.hooks.sorted(by: { $0.key < $1.key }) {
      guard hook.callable.hasPrefix("exec:"),
        let word = firstWord(String(hook.callable.dropFirst("exec:".count))),
        let problem = programProblem(word, spec.environment["PATH"] ?? "/bin:/usr/bin", base)
      else { continue }
      add(section, "hooks.\(name)", problem)
    }
    for limit in spec.limits {
      guard let value = limit.value, ResourceLimit.knownNames.contains(limit.name.lowercased()),
        !machine.canRaise(limit.name.lowercased(), to: value)
      else { continue }
      add(
        section, "rlimit_\(limit.name)",
        "the system does not allow so much: the watcher cannot start", "lower it")
    }
    if let path = spec.virtualenv, !machine.isDirectory(absolute(path)) {
      add(section, "virtualenv", "is not an existing directory: the watcher cannot start")
    }
  }

  private mutating func checkProgram(_ spec: WatcherSpec, _ section: String) {
    if let user = spec.user, !machine.hasUser(user) {
      add(section, "user", "there is no such user", nil, isFatal: true)
    }
    if let socket = spec.sharedSocket { check(socket, section) }
    if let (text, _) = ownerProblem(spec.sharedSocket?.owner) {
      add(section, "socket_owner", text)
    }
    guard spec.unsupported == nil, case .list(let processes)? = spec.definition["processes"] else {
      return
    }
    for process in processes.compactMap(\.map) {
      checkProcess(process, spec, section)
      // The others differ by a number.
      if !problems.isEmpty, problems.last?.section == section { return }
    }
  }

  private mutating func checkProcess(
    _ process: [String: ConfigValue], _ spec: WatcherSpec, _ section: String
  ) {
    let base = process["directory"]?.string ?? directory
    if process["directory"]?.string != nil, !machine.isDirectory(absolute(base)) {
      add(
        section, "directory", "is not an existing directory: the program cannot start", "create it")
    }
    for key in ["stdout_logfile", "stderr_logfile"] {
      guard let path = process[key]?.string, path != "AUTO",
        let problem = writeProblem(absolute(path))
      else { continue }
      add(section, key, problem.text, problem.hint, isFatal: !problem.dependsOnUser)
    }
    let path =
      process["environment"]?.map?["PATH"]?.string ?? configuration.environment["PATH"]
      ?? "/bin:/usr/bin:/usr/local/bin"
    if let word = process["command"]?.string.flatMap(firstWord),
      let problem = programProblem(word, path, absolute(base))
    {
      add(section, "command", problem + ": the program cannot start")
    }
  }

  /// The program of a command line; nil where that is not known before the start.
  private func firstWord(_ command: String) -> String? {
    guard let word = (try? ShellWords.split(command))?.first, !word.holds("(circus.") else {
      return nil
    }
    return word
  }

  private func programProblem(_ word: String, _ path: String, _ base: String) -> String? {
    if word == CircusSpecs.pluginProgram { return nil }
    let candidates =
      word.contains("/")
      ? [absolute(word, in: base)]
      : path.split(separator: ":").map { absolute("\($0)/\(word)", in: base) }
    guard let found = candidates.first(where: { machine.exists($0) && !machine.isDirectory($0) })
    else {
      if word.isEmpty { return "the name of the program is empty" }
      if word.contains("/"), let path = candidates.first, machine.isDirectory(path) {
        return "\(word) is a directory"
      }
      return word.contains("/") ? "there is no \(word)" : "there is no \(word) in \(path)"
    }
    guard let program = candidates.first(where: machine.isExecutable) else {
      return "\(found) is not executable"
    }
    return machine.missingInterpreter(of: program).map {
      "\(program) needs \($0), which is not there"
    }
  }
}
