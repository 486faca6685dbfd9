import CircusModel
import JSON

/// Events are published, not asked for: the daemon refuses, circusctl subscribes.
package struct Listen: Command {
  package static let verb = "listen"
  package static let right = Right.view
  package static let grammar = Grammar("[<topic>...]", "Subscribe to a watcher event")

  package init(_ p: Properties) throws(RequestError) {
    throw .invalid("invalid message. use a pub/sub socket")
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    JSONObject()
  }
}
