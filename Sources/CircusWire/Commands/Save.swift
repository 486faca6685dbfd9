import CircusModel
import JSON

/// Writes what was changed at run time to a file that the configuration reads last. Ours.
package struct Save: Command {
  /// Where to, relative to the configuration file; nil: the file that `saved_file` names.
  package var file: String?

  package static let verb = "save"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "[file]", "Write changes made at run time to the saved_file, or to another one")

  package init(_ p: Properties) throws(RequestError) {
    guard let value = p["file"], value != .null else { return }
    guard let text = value.string, !text.isEmpty else { throw .invalid("'file' isn't a path") }
    file = text
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard arguments.positionals.count <= 1 else { throw UsageError("Invalid number of arguments") }
    guard let file = arguments.positionals.first else { return [:] }
    return ["file": .string(file)]
  }
}
