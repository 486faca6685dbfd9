import CircusModel
import JSON

/// Which watcher depends on which. Not part of circus.
package struct Graph: Command {
  /// The watcher whose part of the graph is asked for; nil: all of it.
  package var name: String?
  /// Whether it is told what depends on a watcher, not what that depends on.
  package var isReverse: Bool

  package static let verb = "graph"
  package static let right = Right.view
  package static let grammar = Grammar(
    "[<name>]", "Show which watcher depends on which",
    switches: [
      .init("reverse", help: "What depends on a watcher, instead of what it depends on"),
      .init("dot", help: "In the language of Graphviz: circusctl graph --dot | dot -Tsvg"),
      .init("mermaid", help: "In the language of Mermaid"),
    ])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    isReverse = p.bool("reverse")
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "Invalid number of arguments")
    return JSONObject(
      named(arguments) + (arguments.flags.contains("reverse") ? [("reverse", true)] : []))
  }

  package static func render(_ reply: JSONObject, _ arguments: Arguments) -> Rendering {
    let picture = GraphPicture(reply)
    if arguments.flags.contains("dot") { return Rendering(picture.dot) }
    if arguments.flags.contains("mermaid") { return Rendering(picture.mermaid) }
    return Rendering(picture.tree)
  }
}
