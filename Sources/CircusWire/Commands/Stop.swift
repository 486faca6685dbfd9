import JSON

/// Stops watchers; without a name, all.
package struct Stop: Command {
  package var name: String?
  package var match: NameMatch
  package var isWaiting: Bool

  package static let verb = "stop"
  package static let grammar = Grammar(
    "[<name>]", "Stop watchers", switches: Start.switches)

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    match = try NameMatch(p)
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try Start.properties(
      Arguments(
        positionals: Array(arguments.positionals.prefix(1)), flags: arguments.flags,
        values: arguments.values))
  }
}
