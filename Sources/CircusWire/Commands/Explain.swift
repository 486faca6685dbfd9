import CircusModel
import JSON

/// Why a watcher is as it is, and what would change that. Not part of circus.
package struct Explain: Command {
  /// The watcher asked about.
  package var name: String

  package static let verb = "explain"
  package static let right = Right.view
  package static let grammar = Grammar(
    "<name>", "Tell why a watcher is as it is, and what would change that")

  package init(_ p: Properties) throws(RequestError) { name = try p.name() }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard arguments.positionals.count == 1 else {
      throw UsageError("Invalid number of arguments")
    }
    return JSONObject(named(arguments))
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    var lines = [
      "\(reply["name"]?.string ?? ""): \(reply["condition"]?.string ?? "")"
        + (since(reply).map { ", for \($0)" } ?? "")
    ]
    func add(_ title: String, _ texts: [String]) {
      for (place, text) in texts.enumerated() {
        let head = place == 0 ? title : ""
        lines.append("  \(head)\(String(repeating: " ", count: 11 - head.count))\(text)")
      }
    }
    add("wanted", [reply["wanted"]?["text"]?.string].compactMap(\.self))
    let needs = reply["depends_on"]?.array ?? []
    let isComing = reply["state"] == "starting"
    add(
      isComing ? "waits for" : "lacks",
      needs.filter { $0["holds"] == false }.compactMap { $0["text"]?.string })
    add("has", needs.filter { $0["holds"] != false }.compactMap { $0["text"]?.string })
    add("needed by", (reply["needed_by"]?.array ?? []).compactMap { $0["text"]?.string })
    add("start", [reply["start"]?["text"]?.string].compactMap(\.self))
    add("processes", (reply["processes"]?.array ?? []).compactMap { $0["text"]?.string })
    add("probes", texts(reply["probes"]))
    add("next", texts(reply["next"]))
    add("changes", (reply["changes"]?.array ?? []).compactMap { $0["text"]?.string })
    add("output", (reply["lines"]?.array ?? []).compactMap { $0["text"]?.string })
    return Rendering(lines.joined(separator: "\n"))
  }

  private static func since(_ reply: JSONObject) -> String? { reply["since"]?["text"]?.string }

  private static func texts(_ value: JSON?) -> [String] {
    (value?.array ?? []).compactMap(\.string)
  }
}
