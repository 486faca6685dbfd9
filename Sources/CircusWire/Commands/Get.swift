import CircusModel
import JSON

/// The values of some options of a watcher.
package struct Get: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String
  /// The options asked for, in the order of the reply.
  package var keys: [String]

  package static let verb = "get"
  package static let right = Right.view
  package static let grammar = Grammar("<name> <key>...", "Get the value of a watcher option")

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    guard let keys = try p.require("keys").array else { throw .invalid("'keys' isn't a list") }
    self.keys = keys.map { $0.string ?? $0.text }
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    let words = arguments.positionals
    guard words.count >= 2 else { throw UsageError("Invalid number of arguments") }
    return JSONObject([
      ("name", .string(words[0])), ("keys", .array(words.dropFirst().map { .string($0) })),
    ])
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let lines = reply["options"]?.object?.members.map { JSON.optionLine($0.key, $0.value) }
    return Rendering((lines ?? []).joined(separator: "\n"))
  }
}
