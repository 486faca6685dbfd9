import CircusModel
import JSON

/// Runs a oneshot now, and tells how it ended. Not part of circus.
package struct Run: Command {
  package var name: String
  /// Whether the reply waits for the end.
  package var isWaiting: Bool
  /// Begins nothing, and tells how a run has ended that was begun before.
  package var following: Following?

  /// What a client knows that has begun a run, and asks for its end again and again.
  package struct Following: Hashable, Sendable {
    /// When the run before it ended, in seconds since the epoch; nil: it was the first one.
    package var after: Double?
    /// In seconds; after so many the reply says how far it is. 20 at most.
    package var timeout: Double
  }

  package static let verb = "run"
  package static let right = Right.operate
  package static let answersByStatus = true
  package static let grammar = Grammar(
    "<name>", "Run a oneshot or a scheduled watcher now, and end with its exit status",
    switches: [.init("no-wait", help: "Do not wait for its end")])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.name()
    isWaiting = p.isWaiting
    guard p.bool("follow") else { return }
    following = Following(
      after: try p.number("after"), timeout: try Wait.seconds(p))
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard arguments.positionals.count == 1 else {
      throw UsageError("Invalid number of arguments")
    }
    var properties = JSONObject(named(arguments))
    properties["waiting"] = .bool(!arguments.flags.contains("no-wait"))
    return properties
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    if let reason = reply["reason"]?.string {
      return Rendering("not yet: \(reason)", isError: true, status: 124)
    }
    guard let text = reply["text"]?.string else { return Rendering("ok") }
    let code = reply["exit_code"]?.int ?? 0
    return Rendering(
      text, isError: reply["success"] == false, status: Int32(clamping: min(255, max(0, code))))
  }
}
