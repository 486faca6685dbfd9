import CircusModel
import JSON

/// Starts watchers; without a name, all that start by themselves.
package struct Start: Command {
  /// Name or pattern; nil: every watcher with `autostart`.
  package var name: String?
  /// How the name is matched; as a glob by default (circus.md 3.6).
  package var match: NameMatch
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "start"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "[<name>]", "Start the arbiter or a watcher", switches: switches)
  static let switches: [Grammar.Switch] = [
    .waiting,
    .init(
      "match", value: "METHOD", choices: ["simple", "glob", "regex"],
      help: "How the name is matched; glob by default"),
  ]

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    match = try NameMatch(p)
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "Invalid number of arguments")
    return JSONObject(
      named(arguments) + [
        arguments.waiting, ("match", .string(arguments.values["match"] ?? "glob")),
      ])
  }
}
