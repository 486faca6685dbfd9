import CircusModel
import JSON

/// Stops everything and ends the daemon.
package struct Quit: Command {
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool

  package static let verb = "quit"
  package static let right = Right.admin
  package static let grammar = Grammar(
    "", "Stop every watcher and end the daemon", switches: [.waiting])

  package init(_ p: Properties) throws(RequestError) { isWaiting = p.isWaiting }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    JSONObject([arguments.waiting])
  }
}
