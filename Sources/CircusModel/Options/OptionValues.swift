extension WatcherOption.Kind {
  /// Why a value is none of the kind.
  package struct Problem: Error, Equatable {
    package var text: String
    package var hint: String
  }

  /// A value from a file or a command in the type of this kind; nil: it says nothing, and the default holds.
  package func value(of given: ConfigValue) throws(Problem) -> ConfigValue? {
    switch self {
    case .text:
      switch given {
      case .string: return given
      case .null, .list, .map: return nil
      case .bool, .int, .float: return given.text.map(ConfigValue.string)
      }
    case .integer, .signal: return try Self.integer(given)
    case .seconds: return given.number.map(ConfigValue.float)
    case .boolean: return given.bool.map(ConfigValue.bool)
    case .identity:
      // 0 means "do not change" in circus.
      switch given {
      case .string(let name): return name.isEmpty || name == "0" ? .null : given
      case .int(let number): return number == 0 ? .null : .string(String(number))
      case .null, .bool, .float, .list, .map: return .null
      }
    case .choice(let words, let aliases):
      guard let text = given.text?.lowercased() else { return nil }
      if let word = aliases[text] ?? words.first(where: { $0 == text }) { return .string(word) }
      let advice = "write " + Self.list(words)
      throw Problem(text: "\(given.text ?? ""): \(advice)", hint: advice)
    case .grammar(let grammar):
      guard let text = given.text, !text.isEmpty else { return nil }
      if let hint = grammar.advice(against: text) {
        throw Problem(text: "\(text): \(hint)", hint: hint)
      }
      return .string(text)
    case .bytes, .octal, .exitCodes, .restartPolicy, .composite: return given
    }
  }

  /// Whether a bad value is told with its key in front, as one of ours: what circus says has none.
  package var namesKey: Bool {
    switch self {
    case .choice, .grammar: true
    default: false
    }
  }

  private static func integer(_ given: ConfigValue) throws(Problem) -> ConfigValue? {
    switch given {
    case .int: return given
    case .bool(let flag): return .int(flag ? 1 : 0)
    case .float(let x): return .int(Int(max(-1e15, min(1e15, x))))
    case .string(let text):
      guard let number = PythonText.int(text) else {
        throw Problem(
          text: "invalid literal for int() with base 10: \(PythonText.quoted(text))",
          hint: "write a whole number")
      }
      return .int(number)
    case .null, .list, .map: return nil
    }
  }

  /// `session, all or none`.
  package static func list(_ words: [String]) -> String {
    words.count < 2
      ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }
}

extension WatcherOption.Grammar {
  /// How to mend a text that is no value; nil: it is one.
  package func advice(against text: String) -> String? {
    switch self {
    case .readyFloor:
      ReadyFloor(text: text) == nil
        ? "write all, a number such as 2, or a percentage such as 50%" : nil
    case .readiness:
      Readiness(text: text) == nil
        ? "write started, notify, s6:FD, pipe, log:EXPRESSION, seconds:N, probe, tcp://HOST:PORT, unix:/PATH, http://... or exec:COMMAND"
        : nil
    case .rolloutShare:
      RolloutShare(text: text) == nil
        ? "write a number such as 2, or a percentage such as 25%" : nil
    case .probe: ProbeTarget.advice(against: text)
    case .statusRanges:
      StatusRanges(text: text) == nil
        ? "write statuses from 100 to 599 and ranges of them, such as 200-399, 404" : nil
    case .headers: HeaderLines.advice(against: text)
    case .ruleAction: RuleAction(text: text) == nil ? RuleAction.advice : nil
    case .limit(let kind): ProcessLimit.advice(against: text, of: kind)
    case .samples:
      SampleRule(text: text) == nil
        ? "write a number of samples in a row such as 3, or 3 of 5; at most \(SampleRule.longest) are remembered"
        : nil
    case .timetable: text.isEmpty ? nil : Timetable.advice(against: text)
    case .exitActions: ExitActions.advice(against: text)
    case .forwardedSignals: ForwardedSignals.advice(against: text)
    }
  }
}
