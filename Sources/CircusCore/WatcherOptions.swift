import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Options as the protocol shows and sets them.
enum WatcherOptions {
  /// What `options` and `get` tell, sorted by key.
  static func report(_ watcher: Watcher, _ ledger: Ledger) -> [(String, JSON)] {
    let spec = watcher.spec
    var out = WatcherOption.all.filter { $0.has(.shown) }.compactMap { option in
      option.circus.map { ($0.key, value(of: option, $0.key, watcher, ledger)) }
    }
    // circus tells streams under names of their own, and has used up `class` by then.
    for name in ["stdout_stream", "stderr_stream"] {
      out.append((name + "_conf", stream(spec.definition[name])))
    }
    out += spec.freeform.map { ($0.key, JSON($0.value)) }
    return out.sorted { $0.0 < $1.0 }
  }

  /// An option that `options` does not tell, and `set` takes; nil: there is none of this name.
  static func unlisted(_ key: String, of spec: WatcherSpec) -> JSON? {
    guard let option = WatcherOption.byCircusKey[key], option.has(.settable), option.has(.ours)
    else { return nil }
    return option.field.map { JSON($0.read(spec)) }
  }

  private static func value(
    of option: WatcherOption, _ key: String, _ watcher: Watcher, _ ledger: Ledger
  ) -> JSON {
    let spec = watcher.spec
    switch key {
    case "numprocesses": return .int(watcher.target)
    case "working_dir" where spec.directory.isEmpty: return .string(ledger.workingDirectory)
    case "env": return .object(JSONObject(environment(spec).map { ($0, .string($1)) }))
    case "args": return arguments(spec)
    case "warmup_delay":
      // A whole number stays one, as it was written.
      if case .int(let whole)? = spec.definition[key] { return .int(whole) }
    default: break
    }
    return option.field.map { JSON($0.read(spec)) } ?? .null
  }

  private static func environment(_ spec: WatcherSpec) -> [(String, String)] {
    spec.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func arguments(_ spec: WatcherSpec) -> JSON {
    switch spec.arguments {
    case .text(let text): .string(text)
    case .list(let list): .array(list.map { .string($0) })
    }
  }

  private static func stream(_ value: ConfigValue?) -> JSON {
    guard let value else { return [:] }
    guard case .map(var map) = value else { return JSON(value) }
    map["class"] = nil
    return JSON(.map(map))
  }

  // MARK: add

  /// The definition an `add` command amounts to: the constructor's defaults and what was given.
  static func definition(of command: Add) -> [String: ConfigValue] {
    var definition: [String: ConfigValue] = [
      "warmup_delay": .float(0), "graceful_timeout": .float(30), "respawn": .bool(true),
      "autostart": .bool(true),
    ]
    for member in command.options.members { apply(member.key, member.value, to: &definition) }
    definition["name"] = .string(command.name)
    definition["cmd"] = .string(command.command)
    if command.arguments != .null { definition["args"] = command.arguments }
    return definition
  }

  // MARK: set

  /// Puts one option into a definition; dotted and `rlimit_` keys go into their maps.
  static func apply(_ key: String, _ value: JSON, to definition: inout [String: ConfigValue]) {
    for stream in ["stdout_stream", "stderr_stream"] where key.hasPrefix(stream + ".") {
      var map = definition[stream]?.map ?? [:]
      map[String(key.dropFirst(stream.count + 1))] = value.value
      definition[stream] = .map(map)
      return
    }
    if key.hasPrefix("rlimit_") {
      var map = definition["rlimits"]?.map ?? [:]
      map[String(key.dropFirst("rlimit_".count)).lowercased()] = .int(value.int ?? -1)
      definition["rlimits"] = .map(map)
    } else if key.hasPrefix("hooks.") {
      var map = definition["hooks"]?.map ?? [:]
      let (callable, flag) = HookText.split(value.string ?? value.text)
      map[String(key.dropFirst("hooks.".count))] = .list([
        .string(callable), .bool(flag.flatMap { PythonText.bool($0) } == true),
      ])
      definition["hooks"] = .map(map)
    } else if key == "hooks" {
      // Those that are not named stay.
      definition["hooks"] = .map(
        (definition["hooks"]?.map ?? [:]).merging(value.value.map ?? [:]) { $1 })
    } else {
      definition[key] = value.value
    }
  }

  /// What a change of the option means for processes that run.
  static func applies(_ key: String) -> WatcherOption.Applies {
    WatcherOption.named(key)?.applies ?? .live
  }
}
