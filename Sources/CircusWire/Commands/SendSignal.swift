import CircusModel
import JSON

/// Sends a signal, without any stop sequence.
package struct SendSignal: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String
  /// What is sent, given as number or name (`signum`).
  package var signal: Signal
  /// The one process meant; nil: all of the watcher's.
  package var pid: Int?
  /// A direct child of that process, signalled in its place; nil: none (`childpid`).
  package var childPID: Int?
  /// Only the direct children get it; false by default.
  package var children: Bool
  /// All descendants get it as well; false by default, overruled by `children`.
  package var recursive: Bool

  package static let verb = "signal"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "<name> [<pid>] <signum>", "Send a signal",
    switches: [
      .init("children", help: "Only signal the direct children"),
      .init("recursive", help: "Signal all descendants as well"),
    ])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    _ = try p.require("signum")
    guard let signal = try p.signal("signum") else { throw .missingProperty("signum") }
    self.signal = signal
    pid = try p.integer("pid")
    // The bundled ResourceWatcher says child_pid.
    childPID = p["childpid"] == nil ? try p.integer("child_pid") : try p.integer("childpid")
    children = p.bool("children")
    recursive = p.bool("recursive")
    if childPID != nil && pid == nil { throw .refused("cannot specify childpid without pid") }
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    let words = arguments.positionals
    guard (2...3).contains(words.count) else { throw UsageError("Invalid number of arguments") }
    var object = JSONObject([
      ("name", .string(words[0])), ("children", .bool(arguments.flags.contains("children"))),
      ("recursive", .bool(arguments.flags.contains("recursive"))),
      ("signum", .string(words[words.count - 1])),
    ])
    if words.count == 3 {
      guard let pid = Int(words[1]) else { throw UsageError("'\(words[1])' is not a pid") }
      object["pid"] = .int(pid)
    }
    return object
  }
}
