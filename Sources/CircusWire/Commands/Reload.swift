import CircusModel
import JSON

/// Replaces processes by new ones without dropping below strength.
package struct Reload: Command {
  /// Name of the watcher, not a pattern; nil: all of them.
  package var name: String?
  /// New processes come before old ones go, as by default; false: a plain restart.
  package var isGraceful: Bool
  /// One process after the other; false by default (circus.md 2.9).
  package var isSequential: Bool
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "reload"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "[<name>]", "Reload the arbiter or a watcher",
    switches: [
      .init("terminate", help: "Stop all processes before starting new ones"),
      .init("sequential", help: "Replace one process after the other"), .waiting,
      .init("watch", help: "Show how it goes on, until it is done"),
    ])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    isGraceful = p.bool("graceful", true)
    isSequential = p.bool("sequential")
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "invalid number of arguments")
    return JSONObject(
      named(arguments) + [
        ("graceful", .bool(!arguments.flags.contains("terminate"))),
        ("sequential", .bool(arguments.flags.contains("sequential"))), arguments.waiting,
      ])
  }
}
