import CircusModel
import JSON

/// The full stop sequence for some or all processes of a watcher, which are then replaced.
package struct Kill: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String
  /// The one process meant; nil: all of the watcher's.
  package var pid: Int?
  /// First signal (`signum`); nil: the watcher's `stop_signal`.
  package var signal: Signal?
  /// Seconds before SIGKILL; nil: the watcher's `graceful_timeout`.
  package var grace: Double?
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "kill"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "<name> [<pid>]", "Kill particular processes of a watcher",
    switches: [
      .init("signum", value: "SIGNUM", help: "The signal number or name to send"),
      .init("graceful_timeout", value: "SECONDS", help: "Wait so long before SIGKILL"), .waiting,
    ])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    pid = try p.integer("pid")
    signal = try p.signal("signum")
    grace = try p.number("graceful_timeout")
    isWaiting = p.isWaiting
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    let words = arguments.positionals
    guard (1...2).contains(words.count) else { throw UsageError("Invalid number of arguments") }
    var object = JSONObject([("name", .string(words[0])), arguments.waiting])
    if words.count == 2 { object["pid"] = .string(words[1]) }
    if let signal = arguments.values["signum"] { object["signum"] = .string(signal) }
    if let text = arguments.values["graceful_timeout"] {
      guard let seconds = Double(text) else { throw UsageError("'\(text)' is not a number") }
      object["graceful_timeout"] = .double(seconds)
    }
    return object
  }
}
