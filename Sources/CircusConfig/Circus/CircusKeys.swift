import CircusModel

/// The options circus knows, by the type it reads them as (circus.md 1.5 to 1.7).
enum CircusKeys {
  enum Kind { case text, int, wholeOrFraction, float, bool, signal }

  /// As what an option of `[circus]` is read; nil: it is not read.
  static func kind(ofDaemon key: String) -> Kind? {
    DaemonOption.byKey[key].flatMap { kind($0.spelling.kind) }
  }

  /// Names of a watcher's options that stand for themselves.
  static let watcher = Set(WatcherOption.byCircusKey.keys)
    .subtracting(["env", "rlimits", "hooks", "stdout_stream", "stderr_stream", "retry_in"])
    .union(["name"])

  /// As what a watcher's option is read; nil: as its text, which the second substitution fills in.
  static func kind(ofWatcher key: String) -> Kind? {
    guard let option = WatcherOption.byCircusKey[key], let kind = option.circus?.kind,
      !option.has(.textInFiles)
    else { return nil }
    // circus reads this one as early as numbers, and then not at all.
    if kind == .text, !option.has(.idle) { return nil }
    return self.kind(kind)
  }

  private static func kind(_ kind: WatcherOption.Kind) -> Kind? {
    switch kind {
    // Octal digits are read from there.
    case .text, .octal: .text
    case .integer: .int
    case .seconds(let isWhole): isWhole ? .wholeOrFraction : .float
    case .boolean: .bool
    case .signal: .signal
    case .identity, .choice, .grammar, .composite, .bytes, .exitCodes, .restartPolicy: nil
    }
  }

  /// Whether a section's option has a value of a type of its own: a number, a boolean, one word of several.
  static func isTyped(_ key: String, in section: String) -> Bool {
    if section == "circus" {
      switch DaemonOption.byKey[key]?.spelling.kind {
      case .text?, .composite?, nil: return false
      default: return true
      }
    }
    if section.hasPrefix("plugin:") { return key == "priority" }
    if section.hasPrefix("socket:") { return SectionTable.socket.byKey[key]?.isText != true }
    guard section.hasPrefix("watcher:") else { return false }
    if let dot = key.firstIndex(of: "."), key[..<dot].hasSuffix("_stream") {
      return !["class", "filename", "time_format"].contains(String(key[key.index(after: dot)...]))
    }
    switch WatcherOption.byCircusKey[key]?.circus?.kind {
    case .text?, .identity?, .composite?, nil: return key == "hooks.timeout"
    default: return true
    }
  }

  /// What may follow `hooks.`; the timeout is ours.
  static let hooks = Set(HookName.allCases.map(\.rawValue)).union(["timeout"])
}
