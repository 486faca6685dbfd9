import CircusModel
import JSON

/// Figures of the daemon itself.
package struct Dstats: Command {
  package static let verb = "dstats"
  package static let right = Right.view
  package static let grammar = Grammar("", "Get circusd stats")

  package init(_ p: Properties) throws(RequestError) {}

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(0, arguments, "Invalid message")
    return JSONObject()
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    guard let info = reply["info"]?.object else { return Rendering("") }
    var lines = ["Main Process:", "    " + Stats.line(info)]
    let children = info["children"]?.array ?? []
    if !children.isEmpty { lines.append("Children:") }
    lines += children.compactMap(\.object).map { "    " + Stats.line($0) }
    return Rendering(lines.joined(separator: "\n"))
  }
}
