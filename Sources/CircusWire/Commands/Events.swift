import CircusModel
import JSON

/// Events a late or slow subscriber missed, from the daemon's ring. Not part of circus.
package struct Events: Command {
  /// Everything after this sequence number.
  package var since: Int
  /// Most events in one reply: 1,000 by default, 100,000 at most.
  package var limit: Int

  package static let verb = "events"
  package static let right = Right.view
  package static let grammar = Grammar(
    "[<since> | <name>]",
    "Print events published after a sequence number, or follow those of a watcher or of all",
    switches: [
      .init("limit", value: "N", help: "At most so many events"),
      .init(
        "follow", short: "f", help: "The last 10 (--limit), then what comes, in a readable form"),
    ])

  package init(_ p: Properties) throws(RequestError) {
    since = min(try p.integer("since") ?? 0, 1 << 60)
    limit = min(try p.integer("limit") ?? 1_000, 100_000)
    if since < 0 { throw .invalid("'since' isn't a sequence number") }
    if limit < 1 { throw .invalid("'limit' isn't a positive number") }
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "Invalid number of arguments")
    var object = JSONObject()
    for (key, text) in [
      ("since", arguments.positionals.first), ("limit", arguments.values["limit"]),
    ] {
      guard let text else { continue }
      guard let number = Int(text) else { throw UsageError("'\(text)' is not a number") }
      object[key] = .int(number)
    }
    return object
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    var lines: [String] = []
    if reply["complete"] == false {
      lines.append("# events before \(reply["oldest"]?.pythonText ?? "?") are no longer kept")
    }
    for event in reply["events"]?.array ?? [] {
      let topic = event["topic"]?.string ?? ""
      lines.append("\(topic): \((event["payload"] ?? .null).text)")
    }
    return Rendering(lines.joined(separator: "\n"))
  }
}
