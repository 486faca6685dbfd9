import CircusModel

/// What a changed definition means for processes that run: nothing, something that applies to them, or a restart.
/// Values are compared, not how they were written.
extension WatcherSpec {
  /// What counts as a change of the configuration at all.
  var withoutNoise: WatcherSpec {
    var spec = self
    // Variables a shell changes by itself (circus.md 2.11).
    for key in ["__CF_USER_TEXT_ENCODING", "PS1", "COMP_WORDBREAKS", "PROMPT_COMMAND"] {
      spec.environment[key] = nil
    }
    guard let template = program else {
      spec.definition = [:]
      return spec
    }
    // Each process is in `processes` as it was evaluated; the expressions behind it are only spelling. A second
    // group with the same program gives the watcher another name, which changes nothing about it.
    spec.definition["file"] = nil
    spec.name = ""
    spec.command = ""
    spec.directory = ""
    spec.environment = [:]
    spec.program = ProgramTemplate(
      expressions: [:], names: [:], firstNumber: template.firstNumber)
    return spec
  }

  /// Whether a process of this definition was started as one of the other would be; the rest applies while it runs.
  func launches(as other: WatcherSpec) -> Bool {
    guard launchRelevant == other.launchRelevant else { return false }
    let (old, new) = (processesByName, other.processesByName)
    return old.allSatisfy { name, process in new[name].map { $0 == process } ?? true }
  }

  /// Whether all that is different are options of ours that apply to processes that run. A change of supervisor's own options
  /// restarts a program, whatever they are.
  func differsInOwnOptionsAlone(from other: WatcherSpec) -> Bool {
    withoutOwnOptions == other.withoutOwnOptions && launches(as: other)
  }

  private var withoutOwnOptions: WatcherSpec {
    var spec = withoutNoise
    let fresh = WatcherSpec(name: name)
    let own = WatcherOption.all.filter { $0.has(.ours) && !$0.affectsLaunch }
    for option in own { option.field?.copy(&spec, fresh) }
    let keys = Set(own.compactMap(\.supervisor?.key))
      .union(["group_depends_on", "group_on_dependency"])
    spec.definition = spec.definition.filter { !keys.contains($0.key) }
    if case .list(let processes)? = spec.definition["processes"] {
      spec.definition["processes"] = .list(
        processes.map { $0.map.map { .map($0.filter { !keys.contains($0.key) }) } ?? $0 })
    }
    return spec
  }

  private var launchRelevant: WatcherSpec {
    var spec = withoutNoise
    let fresh = WatcherSpec(name: name)
    spec.definition = [:]
    for option in WatcherOption.all where !option.affectsLaunch { option.field?.copy(&spec, fresh) }
    spec.groupPriority = fresh.groupPriority
    spec.freeform = [:]
    spec.hooks = [:]
    spec.hookTimeout = fresh.hookTimeout
    return spec
  }

  /// What each process of a program is started with.
  private var processesByName: [String: ConfigValue] {
    guard case .list(let processes)? = definition["processes"] else { return [:] }
    var found: [String: ConfigValue] = [:]
    for process in processes {
      guard let options = process.map else { continue }
      found[options["name"]?.string ?? ""] = .map(
        options.filter { !Self.liveOptions.contains($0.key) })
    }
    return found
  }

  /// Options that apply to processes that run, in both dialects, and what is no option.
  static let liveOptions = Set(
    WatcherOption.all.filter { !$0.affectsLaunch }.flatMap {
      [$0.circus?.key, $0.supervisor?.key].compactMap(\.self)
    }
  ).union(["__name__", "file", "group", "group_depends_on", "group_on_dependency"])

  // MARK: over the daemon's end

  /// Tells whether the file says the same of a watcher as it said to an earlier daemon: over what was written, in
  /// a fixed order. `daemon`: its environment, of which a copy differs from shell to shell.
  func fingerprint(_ daemon: [String: String]) -> String {
    var told = definition
    told["file"] = nil
    told["env"] = ownEnvironment(daemon)
    return Self.fingerprint(told)
  }

  /// As state files before `launch` have it.
  var earlierFingerprint: String {
    var told = definition
    told["file"] = nil
    if program == nil && copiesEnvironment { told["env"] = nil }
    return Self.fingerprint(told)
  }

  /// The same over what a running process was started with.
  func launchFingerprint(_ daemon: [String: String]) -> String {
    var told = definition.filter {
      !Self.liveOptions.contains($0.key) && freeform[$0.key] == nil
    }
    told["env"] = ownEnvironment(daemon)
    // The first one stands for all: they differ by their numbers.
    if case .list(let processes)? = told["processes"], let first = processes.first?.map {
      told["processes"] = .map(first.filter { !Self.liveOptions.contains($0.key) })
    }
    return Self.fingerprint(told)
  }

  /// Without what `copy_env` brought.
  private func ownEnvironment(_ daemon: [String: String]) -> ConfigValue? {
    guard let written = definition["env"]?.map else { return definition["env"] }
    return .map(written.filter { daemon[$0.key] != $0.value.string })
  }

  private static func fingerprint(_ told: [String: ConfigValue]) -> String {
    String(canonical(.map(told)).utf8.fingerprint, radix: 16)
  }

  private static func canonical(_ value: ConfigValue) -> String {
    switch value {
    case .map(let members):
      members.sorted { $0.key < $1.key }.map { "\($0.key.debugDescription):\(canonical($0.value))" }
        .joined(separator: ",")
    case .list(let items): "[" + items.map(canonical).joined(separator: ",") + "]"
    case .string(let text): text.debugDescription
    // As Swift describes such a case, which costs it a look at the type each time.
    case .null: "null"
    case .bool(let flag): "bool(\(flag))"
    case .int(let number): "int(\(number))"
    case .float(let number): "float(\(number))"
    }
  }
}
