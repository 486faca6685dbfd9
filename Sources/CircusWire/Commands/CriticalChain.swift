import CircusModel
import JSON

/// What the last start of a watcher waited for, one after the other. Not part of circus.
package struct CriticalChain: Command {
  /// The watcher asked about; nil: the one that was complete last.
  package var name: String?

  package static let verb = "critical-chain"
  package static let right = Right.view
  package static let grammar = Grammar(
    "[<name>]", "Show what the start of a watcher waited for, one after the other")

  package init(_ p: Properties) throws(RequestError) { name = try p.optionalName() }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "Invalid number of arguments")
    return JSONObject(named(arguments))
  }

  /// `@`: when it was complete, from the first wish on; `+`: how long it took itself.
  package static func render(_ reply: JSONObject) -> Rendering {
    let rows = reply["chain"]?.array ?? []
    let lines = rows.enumerated().map { depth, row -> String in
      var line = String(repeating: "  ", count: depth) + (row["name"]?.string ?? "")
      line += row["at"]?.number.map { "  @\(StartTime.text($0))" } ?? "  not complete yet"
      if let took = row["took"]?.number { line += "  +\(StartTime.text(took))" }
      return line + StartTime.notes(row)
    }
    return Rendering(lines.joined(separator: "\n"))
  }
}
