import CircusModel
import JSON

/// When scheduled watchers run next, and what became of their last runs. Not part of circus.
package struct Schedule: Command {
  /// The watcher asked about; nil: all that have a schedule.
  package var name: String?
  /// How many times ahead are told.
  package var count: Int

  package static let verb = "schedule"
  package static let right = Right.view
  package static let grammar = Grammar(
    "[<name>]", "Show when scheduled watchers run next, and how their last runs ended",
    switches: [.init("next", value: "N", help: "Show so many times ahead, one a line")])

  /// Nothing needs more.
  private static let most = 1_000

  package init(_ p: Properties) throws(RequestError) {
    name = p["name"] == nil ? nil : try p.name()
    count = min(Self.most, max(1, p["next"]?.int ?? 1))
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "Invalid number of arguments")
    var properties = JSONObject(named(arguments))
    if let text = arguments.values["next"] {
      guard let count = Int(text), (1...most).contains(count) else {
        throw UsageError("'\(text)' is not a number from 1 to \(most)")
      }
      properties["next"] = .int(count)
    }
    return properties
  }

  package static func render(_ reply: JSONObject, _ arguments: Arguments) -> Rendering {
    let rows = reply["schedules"]?.array ?? []
    guard !rows.isEmpty else { return Rendering("no watcher has a schedule") }
    guard arguments.values["next"] == nil else {
      let lines = rows.flatMap { row -> [String] in
        let head = "\(row["name"]?.string ?? "")  \(row["schedule"]?.string ?? "")"
        let times = (row["times"]?.array ?? []).compactMap { $0["text"]?.string }
        return [head] + (times.isEmpty ? [row["text"]?.string ?? ""] : times).map { "  \($0)" }
      }
      return Rendering(lines.joined(separator: "\n"))
    }
    let head = ["NAME", "NEXT", "LAST", "RUNS", "SKIPPED", "MISSED", "SCHEDULE"]
    let table =
      [head]
      + rows.map { row in
        [
          row["name"]?.string ?? "", row["next_text"]?.string ?? "-",
          row["last"]?["text"]?.string ?? "-",
        ] + ["runs", "skipped", "missed"].map { String(row[$0]?.int ?? 0) } + [
          row["schedule"]?.string ?? ""
        ]
      }
    let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    let lines = table.map { cells in
      cells.enumerated().map { index, cell in
        index == cells.count - 1
          ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
      }.joined(separator: "  ")
    }
    return Rendering(lines.joined(separator: "\n"))
  }
}
