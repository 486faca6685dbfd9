import CircusModel
import JSON

/// Lowers a watcher's process count.
package struct Decr: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String
  /// Processes to take away, 1 by default (`nb`).
  package var count: Int
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "decr"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "<name> [<nb>]", "Decrement the number of processes in a watcher", switches: [.waiting])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    count = try p.processChange()
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try Incr.properties(arguments)
  }

  package static func render(_ reply: JSONObject) -> Rendering { Incr.render(reply) }
}
