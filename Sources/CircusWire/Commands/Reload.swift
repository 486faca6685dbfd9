import JSON

/// Replaces processes by new ones without dropping below strength.
package struct Reload: Command {
  package var name: String?
  package var isGraceful: Bool
  package var isSequential: Bool
  package var isWaiting: Bool

  package static let verb = "reload"
  package static let grammar = Grammar(
    "[<name>]", "Reload the arbiter or a watcher",
    switches: [
      .init("terminate", help: "Stop all processes before starting new ones"),
      .init("sequential", help: "Replace one process after the other"), .waiting,
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
