import CircusModel
import JSON

/// The environment the daemon was started with: in a container, the container's. Not part of circus.
package struct Env: Command {
  /// How circusctl writes it.
  package enum Format: String, CaseIterable, Sendable {
    /// Lines for a POSIX shell's `eval`.
    case sh
    /// One object.
    case json
    /// A directory with one file for each variable.
    case dir
  }

  package static let verb = "env"
  /// Values may be secrets that no watcher is given.
  package static let right = Right.admin
  package static let grammar = Grammar(
    "", "Show the environment the daemon was started with",
    switches: [
      .init(
        "format", value: "FORMAT", choices: Format.allCases.map(\.rawValue),
        help: "sh (the default), json, or dir: one file for each variable"),
      .init("to", value: "DIRECTORY", help: "With --format dir: the directory to write"),
    ])

  package init(_ p: Properties) throws(RequestError) {}

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(0, arguments, "Invalid number of arguments")
    let format = format(arguments)
    guard (format == .dir) == (arguments.values["to"] != nil) else {
      throw UsageError(
        format == .dir
          ? "--format dir needs --to DIRECTORY" : "--to DIRECTORY goes with --format dir only")
    }
    return JSONObject()
  }

  /// The format asked for.
  package static func format(_ arguments: Arguments) -> Format {
    arguments.values["format"].flatMap(Format.init) ?? .sh
  }

  /// The variables of a reply.
  package static func variables(_ reply: JSONObject) -> [String: String] {
    var found: [String: String] = [:]
    for member in reply["env"]?.object?.members ?? [] {
      found[member.key] = member.value.string
    }
    return found
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let lines = variables(reply).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return Rendering(lines.joined(separator: "\n"))
  }
}
