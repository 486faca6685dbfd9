import CircusModel
import JSON

/// The listening sockets the daemon holds.
package struct ListSockets: Command {
  package static let verb = "listsockets"
  package static let right = Right.view
  package static let grammar = Grammar("", "Get the list of sockets")

  package init(_ p: Properties) throws(RequestError) {}

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    JSONObject()
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let lines = (reply["sockets"]?.array ?? []).map { socket -> String in
      let name = socket["name"]?.pythonText ?? ""
      let address =
        socket["path"]?.pythonText
        ?? "\(socket["host"]?.pythonText ?? ""):\(socket["port"]?.pythonText ?? "")"
      return "\(socket["fd"]?.pythonText ?? ""):socket '\(name)' at \(address)"
    }
    return Rendering(lines.joined(separator: "\n"))
  }
}
