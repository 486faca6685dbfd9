import CircusModel
import JSON

/// Raises a watcher's process count.
package struct Incr: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String
  /// Processes to add, 1 by default (`nb`).
  package var count: Int
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "incr"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "<name> [<nb>]", "Increment the number of processes in a watcher", switches: [.waiting])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    count = try p.processChange()
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    let words = arguments.positionals
    guard (1...2).contains(words.count) else { throw UsageError("Invalid number of arguments") }
    var object = JSONObject([("name", .string(words[0])), arguments.waiting])
    if words.count == 2 {
      guard let count = Int(words[1]) else {
        throw UsageError("'\(words[1])' is not a number of processes")
      }
      object["nb"] = .int(count)
    }
    return object
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    if reply["singleton"] == true {
      return Rendering("This watcher is a Singleton - not changing the number of processes")
    }
    return Rendering(reply["numprocesses"]?.pythonText ?? "ok")
  }
}
