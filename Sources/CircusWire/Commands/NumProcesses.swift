import CircusModel
import JSON

/// How many processes there are.
package struct NumProcesses: Command {
  /// The watcher whose processes are counted; nil: all of them.
  package var name: String?

  package static let verb = "numprocesses"
  package static let right = Right.view
  package static let grammar = Grammar("[<name>]", "Get the number of processes")

  package init(_ p: Properties) throws(RequestError) { name = try p.optionalName() }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "message invalid")
    return JSONObject(named(arguments))
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    Rendering(reply["numprocesses"]?.pythonText ?? "")
  }
}
