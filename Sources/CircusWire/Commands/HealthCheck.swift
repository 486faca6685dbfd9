import CircusModel
import JSON

/// Whether what matters is ready, for the health check of a container. Not part of circus.
package struct HealthCheck: Command {
  /// Those asked about; none: the essential ones, or all that are to run where none is essential.
  package var names: [String]

  /// The exit status of circusctl where no daemon answers.
  package static let unreachable: Int32 = 2
  /// Seconds it has to answer, where `--timeout` says nothing.
  package static let patience = 1.0

  package static let verb = "healthcheck"
  package static let right = Right.view
  package static let answersByStatus = true
  package static let grammar = Grammar(
    "[<name>...]", "Tell by the exit status whether what matters is ready")

  package init(_ p: Properties) throws(RequestError) { names = try p.names() }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    ["names": .array(arguments.positionals.map { .string($0) })]
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let problems = (reply["problems"]?.array ?? []).compactMap(\.string)
    guard !problems.isEmpty else { return Rendering("healthy") }
    return Rendering(problems.joined(separator: "\n"), status: 1)
  }

  package static func renderError(_ reply: JSONObject) -> Rendering {
    Rendering(reply["reason"]?.string ?? "error", isError: true, status: 1)
  }
}
