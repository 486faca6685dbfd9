import CircusModel
import JSON

/// How long each watcher took to come up. Not part of circus.
package struct Blame: Command {
  package static let verb = "blame"
  package static let right = Right.view
  package static let grammar = Grammar(
    "", "Show how long each watcher took to come up, the slowest first")

  package init(_ p: Properties) throws(RequestError) {}

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(0, arguments, "Invalid number of arguments")
    return JSONObject()
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let rows = reply["starts"]?.array ?? []
    let lines = rows.map { row -> String in
      let time = StartTime.text(row["took"]?.number ?? 0)
      let padding = String(repeating: " ", count: max(0, 10 - time.count))
      return padding + time + "  " + (row["name"]?.string ?? "") + StartTime.notes(row)
    }
    return Rendering(lines.isEmpty ? "nothing has come up yet" : lines.joined(separator: "\n"))
  }
}

/// How the times of a start are written.
package enum StartTime {
  /// `0.39 s`.
  package static func text(_ seconds: Double) -> String {
    let hundredths = Int((min(max(seconds, 0), 1e12) * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
  }

  /// By what it was ready, how often it was tried again, what it says.
  static func notes(_ row: JSON) -> String {
    var notes: [String] = []
    if let by = row["ready_by"]?.string, by != "started" { notes.append(by) }
    if let retries = row["retries"]?.int, retries > 0 {
      notes.append("tried again \(retries) times")
    }
    if let waited = row["waited"]?.number, let awaited = row["awaited"]?.string {
      notes.append("waited \(text(waited)) for \(awaited)")
    }
    if let says = row["says"]?.string { notes.append("says \"\(says)\"") }
    return notes.isEmpty ? "" : "  " + notes.joined(separator: "; ")
  }
}
