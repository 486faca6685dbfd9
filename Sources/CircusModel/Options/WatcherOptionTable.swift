extension WatcherOption {
  /// Every option there is.
  package static let all =
    command + identity + start + backoff + order + probes + limits + schedule + rollout
    + stop + output + hooks

  /// By circus's name.
  package static let byCircusKey = Dictionary(
    uniqueKeysWithValues: all.compactMap { option in option.circus.map { ($0.key, option) } })
  /// By supervisor's name.
  package static let bySupervisorKey = Dictionary(
    uniqueKeysWithValues: all.compactMap { option in option.supervisor.map { ($0.key, option) } })

  /// What circus's reader lists for a watcher of which the file says nothing.
  package static let listedByCircus = Dictionary(
    uniqueKeysWithValues: all.compactMap { option in
      option.circus.flatMap { spelling in spelling.listed.map { (spelling.key, $0) } }
    })

  /// Options that a circus file writes with a dot or an underscore behind their name: `hooks.before_start`.
  package static let circusPrefixes = ["stdout_stream.", "stderr_stream.", "hooks.", "rlimit_"]

  /// supervisor's option that `save` writes for this one; nil: a program has nothing of the kind that could be set.
  package var savedKey: String? {
    if let counterpart { return counterpart }
    return has(.perProcess) ? nil : supervisor?.key
  }

  /// The value as a supervisor file has it.
  package func text(of spec: WatcherSpec) -> String? {
    guard let kind = supervisor?.kind, let value = field?.read(spec) else { return nil }
    switch (kind, value) {
    case (.seconds(isWhole: true), _): return value.number.map { String(Int($0.rounded(.up))) }
    case (_, .bool(let flag)): return flag ? "true" : "false"
    default: return value.text
    }
  }

  /// The option that a key of a file or command belongs to: `rlimit_nofile` to `rlimits`.
  package static func named(_ key: String) -> WatcherOption? {
    if let option = byCircusKey[key] { return option }
    if key.hasPrefix("rlimit_") { return byCircusKey["rlimits"] }
    guard let dot = key.firstIndex(of: ".") else { return nil }
    let head = String(key[..<dot])
    return ["stdout_stream", "stderr_stream", "hooks"].contains(head) ? byCircusKey[head] : nil
  }
}
