import CircusModel
import JSON

/// What `add` and `set` accept as watcher options, with circus's messages (circus.md 3.7).
package enum WatcherOptionRules {
  /// The option that `add` and `set` know by this key; nil: they do not take it.
  package static func option(_ key: String) -> WatcherOption? {
    guard let option = WatcherOption.named(key), option.has(.settable), key != "rlimits" else {
      return nil
    }
    return option
  }

  /// The kind of values a key takes.
  package static func kind(of key: String) -> WatcherOption.Kind? { option(key)?.circus?.kind }

  /// Throws for the first option that is unknown or of the wrong type.
  package static func validate(_ options: JSONObject) throws(RequestError) {
    for member in options.members { try validate(member.key, member.value) }
  }

  static func validate(_ key: String, _ value: JSON) throws(RequestError) {
    guard let option = option(key), let kind = option.circus?.kind else {
      throw .invalid("unknown key '\(key)'")
    }
    switch kind {
    case .integer, .signal:
      guard value.int != nil || value.bool != nil else {
        throw .invalid("'\(key)' isn't an integer")
      }
      if kind == .signal, let number = value.int, !(1...64).contains(number) {
        throw .unknownSignal(String(number))
      }
      if let range = option.range, let number = value.int, !range.contains(number) {
        let limit =
          range.upperBound == .max
          ? "below \(range.lowerBound)" : "not from \(range.lowerBound) to \(range.upperBound)"
        throw .invalid("'\(key)' is out of range: \(number) is \(limit)")
      }
    case .seconds:
      guard let number = value.number else { throw .invalid("'\(key)' isn't a number") }
      if number < 0 { throw .invalid("'\(key)' is out of range: \(value.text) is below 0") }
      guard number.isFinite else { throw .invalid("'\(key)' isn't a number of seconds") }
    case .identity:
      guard value.int != nil || value.string != nil else {
        throw .invalid("'\(key)' isn't an integer or string")
      }
    case .boolean:
      guard value.bool != nil else { throw .invalid("'\(key)' isn't a valid boolean") }
    case .choice(let words, let aliases):
      guard let text = value.string?.lowercased(), words.contains(text) || aliases[text] != nil
      else { throw .invalid("'\(key)' isn't \(WatcherOption.Kind.list(words))") }
    case .grammar(let grammar):
      guard let text = value.string ?? value.int.map(String.init) else {
        throw .invalid("'\(key)' isn't a string")
      }
      if let advice = grammar.advice(against: text) {
        throw .invalid("'\(key)' isn't valid: \(advice)")
      }
    case .composite: try validateComposite(key, value)
    case .text, .bytes, .octal, .exitCodes, .restartPolicy: break
    }
  }

  private static func validateComposite(_ key: String, _ value: JSON) throws(RequestError) {
    if key == "env" {
      guard let object = value.object else { throw .invalid("'env' isn't a valid object") }
      for member in object.members where member.value.string == nil {
        throw .invalid("'\(member.key)' isn't a string")
      }
    } else if key == "stdout_stream" || key == "stderr_stream" {
      guard let object = value.object else { throw .invalid("'\(key)' isn't a valid object") }
      guard object["class"] != nil else { throw .invalid("'\(key)' must have a 'class' key") }
    } else if key == "hooks" {
      try validateHooks(value)
    } else if key.hasPrefix("rlimit_") {
      let name = String(key.dropFirst("rlimit_".count)).lowercased()
      guard ResourceLimit.knownNames.contains(name) else {
        throw .invalid("'\(key)' isn't a valid rlimit setting")
      }
      guard value.int != nil || value == .null else {
        throw .invalid("'\(value.string ?? value.text)' rlimit value isn't a valid int")
      }
    }
  }

  static let hookNames = Set(HookName.allCases.map(\.rawValue)).union(["timeout"])

  private static func validateHooks(_ value: JSON) throws(RequestError) {
    guard let object = value.object else { throw .invalid("\(value.text) isn't a valid hook dict") }
    for member in object.members where !hookNames.contains(member.key) {
      throw .invalid("Unknown hook '\(member.key)'")
    }
  }
}
