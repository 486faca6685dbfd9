import CircusModel
import JSON

/// The watchers, or the processes of one.
package struct List: Command {
  /// The watcher whose pids are listed; nil: the watchers themselves.
  package var name: String?

  package static let verb = "list"
  package static let right = Right.view
  package static let grammar = Grammar(
    "[<name>]", "Get list of watchers or processes in a watcher")

  package init(_ p: Properties) throws(RequestError) { name = try p.optionalName() }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "Invalid number of arguments")
    return JSONObject(named(arguments))
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let items = (reply["pids"] ?? reply["watchers"])?.array ?? []
    return Rendering(items.map(\.pythonText).joined(separator: ","))
  }
}
