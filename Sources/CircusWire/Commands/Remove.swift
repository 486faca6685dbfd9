import CircusModel
import JSON

/// Removes a watcher, stopping its processes unless told to let them be.
package struct Remove: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String
  /// Its processes run on without a watcher; false by default (`nostop`).
  package var leavesProcesses: Bool
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "rm"
  package static let right = Right.admin
  package static let grammar = Grammar(
    "<name>", "Remove a watcher",
    switches: [.init("nostop", help: "Leave its processes running"), .waiting])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    leavesProcesses = p.bool("nostop")
    isWaiting = p.isWaiting
  }

  package static func render(_ reply: JSONObject) -> Rendering { reply.dependentsThatRunOn }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard arguments.positionals.count == 1 else { throw UsageError("Invalid number of arguments") }
    return JSONObject(
      named(arguments) + [
        ("nostop", .bool(arguments.flags.contains("nostop"))), arguments.waiting,
      ])
  }
}
