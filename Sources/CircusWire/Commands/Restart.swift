import CircusModel
import JSON

/// Stops and starts watchers; without a name, the whole arbiter.
package struct Restart: Command {
  /// Name or pattern; nil: the whole arbiter (circus.md 2.12).
  package var name: String?
  /// How the name is matched; as a glob by default (circus.md 3.6).
  package var match: NameMatch
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool
  /// Whether those that depend on it do not react, whatever they say. Ours.
  package var isAlone: Bool

  package static let verb = "restart"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "[<name>]", "Restart the arbiter or a watcher",
    switches: Start.switches + [
      .init("only", help: "Leave alone what depends on it, whatever that says")
    ])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    match = try NameMatch(p)
    isWaiting = p.isWaiting
    isAlone = p.bool("only")
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    var object = try Start.properties(arguments)
    if arguments.flags.contains("only") { object["only"] = true }
    return object
  }
}
