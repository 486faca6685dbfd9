import CircusModel
import JSON

/// What watchers printed last, also those that are stopped, and what they print from now on. Not
/// part of circus.
package struct Logs: Command {
  /// The watchers asked for; empty: all of them.
  package var names: [String]
  /// `stdout`, `stderr` or both.
  package var outputs: Set<String>
  /// Most lines in the reply, the newest: 10 by default, 10,000 at most.
  package var limit: Int
  /// Nothing older than this, in seconds since the epoch.
  package var since: Double
  /// Where an earlier reply ended (its `next`): only what came after that. Nil: from the start.
  package var after: [String: Int]?
  /// Whether the reply may wait until there is something to tell, up to 20 seconds.
  package var isWaiting: Bool

  package static let verb = "logs"
  package static let right = Right.logs
  package static let grammar = Grammar(
    "[<name>...]", "Show what watchers printed last",
    switches: [
      .init("follow", short: "f", help: "Go on with what they print from now on"),
      .init("lines", short: "n", value: "N", help: "So many lines at first; 10 by default"),
      .init("stdout", help: "Only standard output"), .init("stderr", help: "Only standard error"),
      .init(
        "since", value: "TIME",
        help: "Nothing older: 90s, 10m, 2h, 3d, 14:30, '2026-11-21 14:30' or seconds since 1970"),
    ])

  package init(_ p: Properties) throws(RequestError) {
    names = try p.names()
    let outputs = Set((p["streams"]?.array ?? ["stdout", "stderr"]).compactMap(\.string))
    guard !outputs.isEmpty, outputs.isSubset(of: ["stdout", "stderr"]) else {
      throw .invalid("'streams' is a list of stdout and stderr")
    }
    self.outputs = outputs
    limit = min(try p.integer("lines") ?? 10, 10_000)
    if limit < 0 { throw .invalid("'lines' isn't a number of lines") }
    since = try p.number("since") ?? 0
    if let object = p["after"]?.object {
      after = Dictionary(
        object.members.compactMap { member in member.value.int.map { (member.key, $0) } }
      ) { $1 }
    }
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    var object: JSONObject = ["names": .array(arguments.positionals.map { .string($0) })]
    let only = ["stdout", "stderr"].filter(arguments.flags.contains)
    if !only.isEmpty { object["streams"] = .array(only.map { .string($0) }) }
    if let text = arguments.values["lines"] {
      guard let number = Int(text), number >= 0 else {
        throw UsageError("'\(text)' is not a number of lines")
      }
      object["lines"] = .int(number)
    }
    return object
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let lines = (reply["lines"]?.array ?? []).map {
      "\($0["watcher"]?.string ?? ""): \($0["text"]?.string ?? "")"
    }
    return Rendering(lines.joined(separator: "\n"))
  }
}
