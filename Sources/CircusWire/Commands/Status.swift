import CircusModel
import JSON

/// The state of all watchers, or of one.
package struct Status: Command {
  /// The watcher asked for; nil: all of them.
  package var name: String?

  package static let verb = "status"
  package static let right = Right.view
  package static let grammar = Grammar(
    "[<name>]", "Get the status of a watcher or all watchers",
    switches: [
      .init(
        "verbose", short: "v",
        help: "Also tells pid, uptime, restarts and the last exit of each process")
    ])

  /// Whether each process is shown, too.
  package var isVerbose: Bool

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    isVerbose = p.bool("verbose")
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "message invalid")
    return JSONObject(
      named(arguments) + (arguments.flags.contains("verbose") ? [("verbose", true)] : []))
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    if let details = reply["details"]?.array { return renderDetails(details) }
    guard let statuses = reply["statuses"]?.object else {
      return Rendering(reply["status"]?.pythonText ?? "")
    }
    let lines = statuses.members.sorted { $0.key < $1.key }.map {
      "\($0.key): \($0.value.pythonText)"
    }
    return Rendering(lines.joined(separator: "\n"))
  }

  private static func renderDetails(_ details: [JSON]) -> Rendering {
    var lines: [String] = []
    for watcher in details {
      let name = watcher["name"]?.string ?? ""
      lines.append("\(name): \(watcher["condition"]?.string ?? "")")
      for process in watcher["processes"]?.array ?? [] {
        lines.append("  " + (process["text"]?.string ?? ""))
      }
    }
    return Rendering(lines.joined(separator: "\n"))
  }

  /// A line with just `error`, as scripts expect it (circus.md 3.7), then what is wrong.
  package static func renderError(_ reply: JSONObject) -> Rendering {
    let reason = reply["reason"]?.string.map { "\n\($0)" } ?? ""
    return Rendering("error\(reason)", isError: true, status: 3)
  }
}
