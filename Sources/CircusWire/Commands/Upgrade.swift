import CircusModel
import JSON

/// Puts another program in the daemon's place, which goes on where it stands: processes, sockets and
/// clients stay. Ours; circus cannot.
package struct Upgrade: Command {
  /// The program; nil: the one the daemon was started from, as it is on the disk now.
  package var program: String?

  package static let verb = "upgrade"
  package static let right = Right.admin
  package static let grammar = Grammar(
    "[program]", "Replace the running daemon by another program, in place")

  package init(_ p: Properties) throws(RequestError) {
    guard let value = p["program"], value != .null else { return }
    guard let text = value.string, !text.isEmpty else {
      throw .invalid("'program' isn't the path of a program")
    }
    program = text
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard arguments.positionals.count <= 1 else { throw UsageError("Invalid number of arguments") }
    guard let program = arguments.positionals.first else { return [:] }
    return ["program": .string(program)]
  }
}
