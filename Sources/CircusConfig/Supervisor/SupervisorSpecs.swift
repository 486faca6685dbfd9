import CircusModel

/// Builds watchers from supervisor groups: one watcher per program of a group.
enum SupervisorSpecs {
  static func watchers(_ document: SupervisorDocument) -> [WatcherSpec] {
    var uses: [String: Int] = [:]
    for group in document.groups {
      for program in group.programs { uses[program.name, default: 0] += 1 }
    }
    return document.groups.flatMap { group in
      group.programs.map { program in
        watcher(program, in: group, document, isUnique: uses[program.name] == 1)
      }
    }
  }

  private static func watcher(
    _ program: SupervisorDocument.Program, in group: SupervisorDocument.Group,
    _ document: SupervisorDocument, isUnique: Bool
  ) -> WatcherSpec {
    let options = program.common
    var spec = WatcherSpec(name: isUnique ? program.name : "\(group.name):\(program.name)")
    spec.dialect = .supervisor
    spec.group = group.name
    spec.groupPriority = group.priority
    spec.priority = options["priority"]?.int ?? 999
    spec.command = program.processes.first?["command"]?.string ?? ""
    spec.processCount = program.processes.count
    spec.program = program.template
    spec.environment = document.environment
    spec.copiesEnvironment = true
    spec.directory = program.processes.first?["directory"]?.string ?? ""
    spec.autostart = options["autostart"]?.bool ?? true
    spec.restart = restart(options)
    if case .list(let codes)? = options["exitcodes"] { spec.exitCodes = codes.compactMap(\.int) }
    spec.startSeconds = .seconds(Double(options["startsecs"]?.int ?? 1))
    spec.startRetries = max(0, options["startretries"]?.int ?? 3)
    spec.maxRetry = spec.startRetries
    spec.stop = StopPlan(
      signal: Signal(Int32(truncatingIfNeeded: options["stopsignal"]?.int ?? 15)),
      scope: options["stopasgroup"]?.bool == true ? .group : .process,
      grace: .seconds(Double(options["stopwaitsecs"]?.int ?? 10)),
      descendants: options["stop_descendants"]?.string.flatMap(DescendantPolicy.init(text:))
        ?? (program.mainProcessOnly ? .none : .session))
    spec.stdoutOnFull = options["stdout_on_full"]?.string.flatMap(FullPolicy.init(rawValue:))
    spec.stderrOnFull = options["stderr_on_full"]?.string.flatMap(FullPolicy.init(rawValue:))
    spec.daemonExit =
      options["on_daemon_exit"]?.string.flatMap(DaemonExit.init(rawValue:)) ?? .keep
    // Whoever runs the file under circus's face must not run programs as root that supervisord
    // would have run as `[supervisord] user`.
    spec.user = options["user"]?.string ?? document.supervisord["user"]?.string
    spec.umask = options["umask"]?.int
    spec.stderr = options["redirect_stderr"]?.bool == true ? .mergedWithStdout : .discard
    spec.stdout = .discard
    let url = options["serverurl"]?.string ?? document.serverURL
    spec.serverURL = url.flatMap { $0.isEmpty ? nil : $0 }
    spec.definition = options
    spec.definition["processes"] = .list(program.processes.map { .map($0) })
    spec.definition["section"] = .string(program.section)
    spec.definition["file"] = .string(program.file)
    spec.definition["group"] = .string("\(group.name) \(group.priority)")
    if case .listener(let size, let events, let handler) = group.kind {
      spec.unsupported = PluginAdvice.handler(handler)
      spec.listener = ListenerSpec(events: events, bufferSize: size)
    }
    spec.sharedSocket = program.sharedSocket
    return spec
  }

  static func server(_ options: [String: ConfigValue]) -> HTTPServerSpec? {
    let section = options["section"]?.string ?? ""
    var spec: HTTPServerSpec
    if let file = options["file"]?.string {
      spec = HTTPServerSpec(address: .unix(path: file), section: section)
      spec.mode = options["chmod"]?.int ?? 0o700
      if case .list(let owner)? = options["chown"], let user = owner.first?.string {
        spec.owner = owner.last?.string.map { "\(user):\($0)" } ?? user
        if owner.count < 2 || owner[1].string == nil { spec.owner = user }
      }
    } else {
      guard let port = options["port"]?.int else { return nil }
      spec = HTTPServerSpec(
        address: .inet(host: options["host"]?.string ?? "", port: port), section: section)
    }
    spec.username = options["username"]?.string
    spec.password = options["password"]?.string
    return spec
  }

  private static func restart(_ options: [String: ConfigValue]) -> RestartPolicy {
    switch options["autorestart"]?.string {
    case "true"?: return .always
    case "false"?: return .never
    default: return .unexpected
    }
  }
}
