import CircusModel
import JSON

/// Asks the processes of a watcher how they are, now, and tells what they answer; nothing follows from it. Not part of
/// circus.
package struct ProbeNow: Command {
  package var name: String
  /// Nil: whatever they can be asked.
  package var kind: ProbeKind?

  package static let verb = "probe"
  /// A command may be run for it.
  package static let right = Right.operate
  package static let answersByStatus = true
  package static let grammar = Grammar(
    "<name> [<kind>]", "Ask processes how they are, now; nothing follows from it")

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    guard let word = p["kind"]?.string else { return }
    kind = ProbeKind.allCases.first { $0.rawValue == word || $0.key == word }
    if kind == nil {
      let known = ProbeKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("'\(word)' is no probe: \(known)")
    }
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard (1...2).contains(arguments.positionals.count) else {
      throw UsageError("Invalid number of arguments")
    }
    var properties = JSONObject(named(arguments))
    if arguments.positionals.count > 1 { properties["kind"] = .string(arguments.positionals[1]) }
    return properties
  }

  /// 0: all succeeded; 1: one did not.
  package static func render(_ reply: JSONObject) -> Rendering {
    let answers = reply["answers"]?.array ?? []
    let lines = answers.map { answer -> String in
      let took = StartTime.text(answer["took"]?.number ?? 0)
      return [
        answer["process"]?.string ?? "", answer["kind"]?.string ?? "",
        "\(answer["outcome"]?.string ?? ""):", answer["text"]?.string ?? "", "(\(took))",
      ].joined(separator: " ")
    }
    let isFine = answers.allSatisfy { $0["outcome"] == "success" }
    return Rendering(lines.joined(separator: "\n"), status: isFine ? 0 : 1)
  }
}
