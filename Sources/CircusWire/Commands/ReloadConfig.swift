import CircusModel
import JSON

/// Reads the configuration again and applies what changed.
package struct ReloadConfig: Command {
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "reloadconfig"
  package static let right = Right.operate
  package static let grammar = Grammar("", "Reload the configuration file", switches: [.waiting])

  package init(_ p: Properties) throws(RequestError) { isWaiting = p.isWaiting }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    JSONObject([arguments.waiting])
  }
}
