import CircusModel
import JSON

/// Changes options of a live watcher.
package struct SetOptions: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String
  /// The new values by option, already validated and in the order given.
  package var options: JSONObject
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "set"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "<name> <key> <value>...", "Set a watcher option", switches: [.waiting])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    guard let options = try p.require("options").object else {
      throw .invalid("'options' property should be an object")
    }
    try WatcherOptionRules.validate(options)
    self.options = options
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    let words = arguments.positionals
    guard words.count >= 3 else { throw UsageError("Invalid number of arguments") }
    guard words.count % 2 == 1 else { throw UsageError("List of key/values is invalid") }
    var options = JSONObject()
    for index in stride(from: 1, to: words.count, by: 2) {
      let key = words[index].lowercased()
      options[key] = try convert(key, words[index + 1])
    }
    return JSONObject([
      ("name", .string(words[0])), ("options", .object(options)), arguments.waiting,
    ])
  }

  /// A value from the command line in the type the daemon wants for this key.
  static func convert(_ key: String, _ text: String) throws(UsageError) -> JSON {
    guard let kind = WatcherOptionRules.kind(of: key) else {
      throw UsageError("unknown key '\(key)'")
    }
    let isCount = key.hasSuffix("_stream.max_bytes") || key.hasSuffix("_stream.backup_count")
    switch kind {
    case .signal:
      guard let signal = Signal(parsing: text) else { throw UsageError("signal invalid: \(text)") }
      return .int(Int(signal.number))
    case .integer,
      .composite where isCount || key.hasPrefix("rlimit_"):
      guard let number = Int(text) else { throw UsageError("'\(text)' is not a whole number") }
      return .int(number)
    case .seconds:
      guard let number = Double(text) else { throw UsageError("'\(text)' is not a number") }
      return .double(number)
    case .boolean:
      guard let flag = PythonText.bool(text) else {
        throw UsageError("'\(text)' is not true or false")
      }
      return .bool(flag)
    case .text, .identity, .choice, .grammar, .composite, .bytes, .octal, .exitCodes,
      .restartPolicy:
      break
    }
    if key == "env" { return .object(try pairs(text, "=")) }
    if key == "hooks" {
      return .object(
        JSONObject(
          try pairs(text, ":").members.map { ($0.key, .array([$0.value, false])) }))
    }
    return .string(text)
  }

  /// `A=1,B=2`, or `name:callable,...`.
  private static func pairs(_ text: String, _ mark: Character) throws(UsageError) -> JSONObject {
    var object = JSONObject()
    for piece in text.split(separator: ",") {
      guard let cut = piece.firstIndex(of: mark) else {
        throw UsageError("'\(piece)' is not of the form name\(mark)value")
      }
      object[String(piece[..<cut])] = .string(String(piece[piece.index(after: cut)...]))
    }
    return object
  }
}
