import CircusModel
import JSON

/// The daemon's own settings.
package struct GlobalOptions: Command {
  /// The one setting asked for; nil: all of them.
  package var option: String?

  package static let verb = "globaloptions"
  package static let right = Right.view
  package static let grammar = Grammar("[<option>]", "Get the arbiter options")
  /// The settings there are, in circus's order (circus.md 3.7).
  package static let names = [
    "endpoint", "stats_endpoint", "pubsub_endpoint", "check_delay", "multicast_endpoint",
  ]

  package init(_ p: Properties) throws(RequestError) {
    option = p["option"]?.string
    if let option, !Self.names.contains(option) {
      throw .invalid("'\(option)' not an existing option")
    }
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    JSONObject(arguments.positionals.first.map { [("option", .string($0))] } ?? [])
  }

  package static func render(_ reply: JSONObject) -> Rendering { Get.render(reply) }

  package static func renderError(_ reply: JSONObject) -> Rendering {
    Rendering(reply["reason"]?.string ?? "", isError: true, status: 3)
  }
}
