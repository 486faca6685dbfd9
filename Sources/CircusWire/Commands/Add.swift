import CircusModel
import JSON

/// Adds a watcher at run time.
package struct Add: Command {
  /// The new watcher's name; never empty.
  package var name: String
  /// Its command line (circus `cmd`).
  package var command: String
  /// Its `args`, as text or list; null: none.
  package var arguments: ConfigValue
  /// Its other options, already validated (circus.md 3.7).
  package var options: JSONObject
  /// Whether it is started at once; false by default.
  package var start: Bool
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "add"
  package static let right = Right.admin
  package static let grammar = Grammar(
    "<name> <cmd>", "Add a watcher",
    switches: [.init("start", help: "Starts the watcher"), .waiting])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    guard let command = try p.require("cmd").string else { throw .invalid("'cmd' isn't a string") }
    self.command = command
    switch p["args"] {
    case nil: arguments = .null
    case .string(let text)?: arguments = .string(text)
    case .array(let items)?: arguments = .list(items.map(\.value))
    case .null?, .bool?, .int?, .double?, .object?:
      throw .invalid("'args' isn't a list or a string")
    }
    guard let options = (p["options"] ?? [:]).object else {
      throw .invalid("'options' property should be an object")
    }
    try WatcherOptionRules.validate(options)
    // circus accepts an empty name and adds nothing (B40).
    if name.isEmpty { throw .invalid("'name' is empty") }
    // It becomes a section of a file, a topic and a line on a terminal.
    if name.unicodeScalars.contains(where: ControlText.isControl) {
      throw .invalid("'name' has control characters: \(ControlText.oneLine(name))")
    }
    if name.contains("]") {
      throw .invalid("'name' has a ']', which no section of a file can have")
    }
    self.options = options
    start = p.bool("start")
    isWaiting = p.isWaiting
  }

  /// The properties that make the same watcher again.
  package var record: JSONObject {
    [
      "name": .string(name), "cmd": .string(command), "args": JSON(arguments),
      "options": .object(options),
    ]
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard arguments.positionals.count >= 2 else { throw UsageError("Invalid number of arguments") }
    return JSONObject([
      ("name", .string(arguments.positionals[0])),
      ("cmd", .string(arguments.positionals.dropFirst().joined(separator: " "))),
      ("start", .bool(arguments.flags.contains("start"))), arguments.waiting,
    ])
  }
}
