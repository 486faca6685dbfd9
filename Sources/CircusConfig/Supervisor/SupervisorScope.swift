import CircusModel

/// Typed access to one section's options: expands, converts, and notes every problem with its
/// place instead of stopping at the first.
struct SupervisorScope {
  let section: INIDocument.Section
  /// What `%(name)s` may name here.
  var names: [String: String]
  /// The daemon's own home, for `~`.
  let home: String?
  private(set) var diagnostics = DiagnosticList()

  init(_ section: INIDocument.Section, names: [String: String], home: String? = nil) {
    self.section = section
    self.names = names
    self.home = home
  }

  /// The raw text of an option.
  func raw(_ key: String) -> String? { section[key] }

  /// The expanded text of an option, or `fallback` (expanded too) where it is absent.
  mutating func text(_ key: String, _ fallback: String? = nil) -> String? {
    guard let text = section[key] ?? fallback else { return nil }
    return expand(text, for: "\(section.name).\(key)", key)
  }

  mutating func expand(_ text: String, for label: String, _ key: String) -> String? {
    do {
      return try PercentExpansion.expand(text, names)
    } catch {
      switch error {
      case .unknownName(let name):
        fail(
          key,
          "Format string \(PythonText.quoted(text)) for \(PythonText.quoted(label)) contains "
            + "names ('\(name)') which cannot be expanded. Available names: "
            + names.keys.filter { !$0.hasPrefix("ENV_") }.sorted(by: PythonOrder.precedes)
            .joined(separator: ", ") + ", and the environment's as ENV_NAME",
          hint: hint(forUnknown: name))
      case .badFormat(let why):
        fail(
          key,
          "Format string \(PythonText.quoted(text)) for \(PythonText.quoted(label)) is badly "
            + "formatted: \(why)", hint: "write %% for a percent sign")
      }
      return nil
    }
  }

  private func hint(forUnknown name: String) -> String? {
    let similar = Suggestion.hint(for: name, among: Array(names.keys))
    guard name.hasPrefix("ENV_") else { return similar }
    let advice = "set \(name.dropFirst(4)) in the environment the daemon is started from"
    return similar.map { "\(advice); \($0)" } ?? advice
  }

  /// Converts an option; problems are noted and `fallback` returned.
  mutating func value<T>(
    _ key: String, _ fallback: T, _ convert: (String) throws(SupervisorTypes.Failure) -> T
  ) -> T {
    guard section[key] != nil, let text = text(key) else { return fallback }
    do {
      return try convert(text)
    } catch {
      fail(key, error.text, hint: error.hint)
      return fallback
    }
  }

  /// An option of the table in its own type; what is listed where it is absent.
  mutating func value(_ spelling: WatcherOption.Spelling) -> ConfigValue {
    let key = spelling.key
    let listed = spelling.listed ?? .null
    guard raw(key) != nil else { return listed }
    switch spelling.kind {
    case .text: return text(key).map(ConfigValue.string) ?? .null
    case .integer, .seconds(isWhole: true): return .int(integer(key, listed.int ?? 0))
    case .seconds(isWhole: false):
      return value(key, listed) { text throws(SupervisorTypes.Failure) in
        guard let seconds = PythonText.float(text), seconds >= 0 else {
          throw .init(text: "is no number of seconds", hint: "write a number such as 2 or 0.5")
        }
        return .float(seconds)
      }
    case .boolean: return .bool(boolean(key, listed.bool ?? false))
    case .bytes: return .int(bytes(key, listed.int ?? 0))
    case .octal: return .int(value(key, 0, SupervisorTypes.octal))
    case .signal: return .int(value(key, listed.int ?? 15, SupervisorTypes.signal))
    case .exitCodes:
      return .list(value(key, [0], SupervisorTypes.exitCodes).map(ConfigValue.int))
    case .restartPolicy:
      return .string(value(key, listed.string ?? "unexpected", SupervisorTypes.autoRestart))
    case .choice:
      return value(key, listed) { text throws(SupervisorTypes.Failure) in
        do throws(WatcherOption.Kind.Problem) {
          return try spelling.kind.value(of: .string(PythonText.strip(text))) ?? listed
        } catch {
          throw .init(text: "no such choice: \(error.hint)")
        }
      }
    case .grammar(let grammar):
      let (shared, written) = (names, section[key])
      defer { names = shared }
      if grammar.isPerProcess || grammar == .readiness {
        names["process_num"] = "0"
        names["numprocs"] = "1"
      }
      return value(key, listed) { text throws(SupervisorTypes.Failure) in
        if let advice = grammar.advice(against: text) {
          throw .init(text: "is no value of this option", hint: advice)
        }
        // Each process has a number of its own: expanded when it is asked.
        let isLate = grammar.isPerProcess || Readiness(text: text)?.isAsked == true
        return .string(PythonText.strip(isLate ? written ?? text : text))
      }
    case .identity, .composite: return raw(key).map(ConfigValue.string) ?? listed
    }
  }

  mutating func integer(_ key: String, _ fallback: Int) -> Int {
    value(key, fallback, SupervisorTypes.integer)
  }
  mutating func boolean(_ key: String, _ fallback: Bool) -> Bool {
    value(key, fallback, SupervisorTypes.boolean)
  }
  mutating func bytes(_ key: String, _ fallback: Int) -> Int {
    value(key, fallback, SupervisorTypes.byteSize)
  }

  mutating func fail(
    _ key: String?, _ problem: String, hint: String? = nil, kind: Diagnostic.Kind = .plain
  ) {
    let option = key.flatMap(section.option)
    var diagnostic = Diagnostic(
      file: option?.file ?? section.file, line: option?.line ?? section.line,
      section: section.name, key: option?.key, value: option?.value, problem: problem,
      hint: hint)
    diagnostic.kind = kind
    diagnostics.add(diagnostic)
  }

  /// `value`: the part of the option that is meant; nil: all of it.
  mutating func warn(
    _ key: String, _ problem: String, value: String? = nil, hint: String? = nil
  ) {
    let option = section.option(key)
    diagnostics.add(
      Diagnostic(
        .warning, file: option?.file ?? section.file, line: option?.line ?? section.line,
        section: section.name, key: key, value: value ?? option?.value, problem: problem,
        hint: hint))
  }
}
