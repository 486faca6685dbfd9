import CircusModel
import JSON

/// What `add` and `set` accept as watcher options, with circus's messages (circus.md 3.7).
package enum WatcherOptionRules {
  /// Options that take a whole number; true and false pass as one.
  package static let integers: Set<String> = [
    "numprocesses", "max_retry", "max_age", "max_age_variance", "stop_signal",
  ]
  /// Options in seconds; fractions are allowed.
  package static let numbers: Set<String> = ["warmup_delay", "retry_in", "graceful_timeout"]
  /// Options that take a user or group, by number or name.
  package static let identities: Set<String> = ["uid", "gid"]
  /// Options that take true or false only.
  package static let booleans: Set<String> = [
    "send_hup", "shell", "copy_env", "respawn", "stop_children", "close_child_stdin",
    "close_child_stdout", "close_child_stderr", "singleton",
  ]
  static let others: Set<String> = [
    "working_dir", "cmd", "args", "env", "hooks", "stdout_stream", "stderr_stream",
  ]
  static let prefixes = ["stdout_stream.", "stderr_stream.", "hooks.", "rlimit_"]

  /// Whether `add` and `set` take this key at all.
  package static func isKnown(_ key: String) -> Bool {
    integers.contains(key) || numbers.contains(key) || identities.contains(key)
      || booleans.contains(key) || others.contains(key) || prefixes.contains(where: key.hasPrefix)
  }

  /// Throws for the first option that is unknown or of the wrong type.
  package static func validate(_ options: JSONObject) throws(RequestError) {
    for member in options.members { try validate(member.key, member.value) }
  }

  static func validate(_ key: String, _ value: JSON) throws(RequestError) {
    guard isKnown(key) else { throw .invalid("unknown key '\(key)'") }
    if integers.contains(key) {
      guard value.int != nil || value.bool != nil else {
        throw .invalid("'\(key)' isn't an integer")
      }
      if key == "stop_signal", let number = value.int, !(1...64).contains(number) {
        throw .unknownSignal(String(number))
      }
      if key == "numprocesses", let number = value.int, !(0...100_000).contains(number) {
        throw .invalid("'numprocesses' is out of range: \(number) is not from 0 to 100000")
      }
      if key.hasPrefix("max_age"), let number = value.int, number < 0 {
        throw .invalid("'\(key)' is out of range: \(number) is below 0")
      }
    } else if numbers.contains(key) {
      guard let number = value.number else { throw .invalid("'\(key)' isn't a number") }
      if number < 0 { throw .invalid("'\(key)' is out of range: \(value.text) is below 0") }
    } else if identities.contains(key) {
      guard value.int != nil || value.string != nil else {
        throw .invalid("'\(key)' isn't an integer or string")
      }
    } else if booleans.contains(key) {
      guard value.bool != nil else { throw .invalid("'\(key)' isn't a valid boolean") }
    } else if key == "env" {
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
