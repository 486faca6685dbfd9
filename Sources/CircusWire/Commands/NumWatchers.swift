import CircusModel
import JSON

/// How many watchers there are.
package struct NumWatchers: Command {
  package static let verb = "numwatchers"
  package static let right = Right.view
  package static let grammar = Grammar("", "Get the number of watchers")

  package init(_ p: Properties) throws(RequestError) {}

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(0, arguments, "Invalid number of arguments")
    return JSONObject()
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    Rendering(reply["numwatchers"]?.pythonText ?? "")
  }
}
