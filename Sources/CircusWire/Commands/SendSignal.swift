import CircusModel
import JSON

/// Sends a signal, without any stop sequence.
package struct SendSignal: Command {
  package var name: String
  package var signal: Signal
  package var pid: Int?
  package var childPID: Int?
  package var children: Bool
  package var recursive: Bool

  package static let verb = "signal"
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
