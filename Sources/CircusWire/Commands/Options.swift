import CircusModel
import JSON

/// All options of a watcher.
package struct Options: Command {
  /// Name of the watcher, matched exactly but in any letter case (circus.md 3.6).
  package var name: String

  package static let verb = "options"
  package static let right = Right.view
  package static let grammar = Grammar("<name>", "Get the value of all options for a watcher")

  package init(_ p: Properties) throws(RequestError) { name = try p.name() }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard !arguments.positionals.isEmpty else { throw UsageError("number of arguments invalid") }
    return JSONObject(named(arguments))
  }

  package static func render(_ reply: JSONObject) -> Rendering { Get.render(reply) }
}
