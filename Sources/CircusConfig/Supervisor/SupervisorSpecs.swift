import CircusModel

/// Builds watchers from supervisor groups: one watcher per program of a group.
enum SupervisorSpecs {
  static func watchers(_ document: SupervisorDocument) -> [WatcherSpec] {
    var uses: [String: Int] = [:]
    for group in document.groups {
      for program in group.programs { uses[program.name, default: 0] += 1 }
    }
    let hasStarter = document.groups.contains { group in
      guard case .listener = group.kind else { return false }
      return group.programs.contains { program in
        DependentStart.isPlugin(program.processes.first?["command"]?.string ?? "")
      }
    }
    return document.groups.flatMap { group in
      group.programs.map { program in
        var spec = watcher(program, in: group, document, isUnique: uses[program.name] == 1)
        // Its listener does it, and knows how.
        if hasStarter { spec.dependentStart = nil }
        return spec
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
    for option in WatcherOption.all where !option.has(.perProcess) {
      guard let spelling = option.supervisor, let field = option.field,
        let value = options[spelling.key]
      else { continue }
      field.write(&spec, value)
    }
    spec.maxRetry = spec.startRetries
    // Both hold: a program keeps its own beside those of its group.
    spec.dependsOn += group.dependsOn
    if options["on_dependency"] == nil, let reaction = group.onDependency {
      spec.onDependency = reaction
    }
    spec.dependentStart = dependentStart(options)
    if program.mainProcessOnly, options["stop_descendants"] == nil { spec.stop.descendants = .none }
    spec.command = program.processes.first?["command"]?.string ?? ""
    spec.directory = program.processes.first?["directory"]?.string ?? ""
    spec.processCount = program.processes.count
    spec.program = program.template
    spec.environment = document.environment
    spec.copiesEnvironment = true
    // Under circus's face, too, programs must not run as root that supervisord would have run as
    // `[supervisord] user`.
    spec.user = spec.user ?? document.supervisord["user"]?.string
    spec.stderr = options["redirect_stderr"]?.bool == true ? .mergedWithStdout : .discard
    spec.stdout = .discard
    spec.serverURL = (spec.serverURL ?? document.serverURL).flatMap { $0.isEmpty ? nil : $0 }
    spec.definition = options
    spec.definition["processes"] = .list(program.processes.map { .map($0) })
    spec.definition["section"] = .string(program.section)
    spec.definition["file"] = .string(program.file)
    spec.definition["group"] = .string("\(group.name) \(group.priority)")
    if !group.dependsOn.isEmpty {
      spec.definition["group_depends_on"] = .list(group.dependsOn.map(ConfigValue.string))
    }
    if let reaction = group.onDependency {
      spec.definition["group_on_dependency"] = .string(reaction.rawValue)
    }
    if case .listener(let size, let events, let handler) = group.kind {
      spec.unsupported = PluginAdvice.handler(handler)
      spec.listener = ListenerSpec(events: events, bufferSize: size)
    }
    spec.sharedSocket = program.sharedSocket
    return spec
  }

  /// Beside `autostart` it is passed over, as by the plugin.
  private static func dependentStart(_ options: [String: ConfigValue]) -> DependentStart? {
    func isTrue(_ key: String) -> Bool {
      (try? SupervisorTypes.boolean(options[key]?.string ?? "")) ?? false
    }
    guard isTrue(DependentStart.key), options["autostart"] == .bool(false) else { return nil }
    return DependentStart(
      waits: options[DependentStart.waitsKey]?.string ?? "",
      inheritsPriority: isTrue(DependentStart.priorityKey))
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
}
