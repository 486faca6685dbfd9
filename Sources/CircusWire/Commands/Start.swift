import JSON

/// Starts watchers; without a name, all that start by themselves.
package struct Start: Command {
  package var name: String?
  package var match: NameMatch
  package var isWaiting: Bool

  package static let verb = "start"
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
