import CircusModel
import JSON

/// A shell inside the daemon: there is no Python in here, so the answer is always no.
package struct IPython: Command {
  package static let verb = "ipython"
  package static let right = Right.view
  package static let grammar = Grammar("", "Create shell into circusd process")

  package init(_ p: Properties) throws(RequestError) {}

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    JSONObject()
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    Rendering("error: Could not start ipython kernel")
  }
}
