import CircusModel
import JSON

/// Stops watchers; without a name, all.
package struct Stop: Command {
  /// Name or pattern; nil: all watchers.
  package var name: String?
  /// How the name is matched; as a glob by default (circus.md 3.6).
  package var match: NameMatch
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool
  /// Whether all that cannot do without it is stopped, too. Ours.
  package var stopsDependents: Bool

  package static let verb = "stop"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "[<name>]", "Stop watchers",
    switches: Start.switches + [
      .init("dependents", help: "Stop what depends on it, too, and before it")
    ])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    match = try NameMatch(p)
    isWaiting = p.isWaiting
    stopsDependents = p.bool("dependents")
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    var object = try Start.properties(
      Arguments(
        positionals: Array(arguments.positionals.prefix(1)), flags: arguments.flags,
        values: arguments.values))
    if arguments.flags.contains("dependents") { object["dependents"] = true }
    return object
  }

  package static func render(_ reply: JSONObject) -> Rendering { reply.dependentsThatRunOn }
}

extension JSONObject {
  /// `ok`, and what runs on without what was stopped.
  var dependentsThatRunOn: Rendering {
    let names = (self["run_on"]?.array ?? []).compactMap(\.string)
    return Rendering(
      names.isEmpty ? "ok" : "ok\nruns on, but depends on it: " + names.joined(separator: ", "))
  }
}
