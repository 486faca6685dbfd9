import JSON

/// Stops and starts watchers; without a name, the whole arbiter.
package struct Restart: Command {
  package var name: String?
  package var match: NameMatch
  package var isWaiting: Bool

  package static let verb = "restart"
  package static let grammar = Grammar(
    "[<name>]", "Restart the arbiter or a watcher", switches: Start.switches)

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    match = try NameMatch(p)
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try Start.properties(arguments)
  }
}
