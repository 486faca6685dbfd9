import JSON

/// The reply of `graph`, drawn.
struct GraphPicture {
  struct Edge {
    var from: String
    var to: String
    var holds: Bool
    var text: String
  }

  private var order: [String] = []
  private var conditions: [String: String] = [:]
  private var marks: [String: String] = [:]
  private var edges: [Edge] = []
  private var roots: [String]
  private let isReverse: Bool

  init(_ reply: JSONObject) {
    for node in reply["nodes"]?.array ?? [] {
      guard let name = node["name"]?.string else { continue }
      order.append(name)
      conditions[name] = node["condition"]?.string
      marks[name] = node["mark"]?.string
    }
    for edge in reply["edges"]?.array ?? [] {
      guard let from = edge["from"]?.string, let to = edge["to"]?.string else { continue }
      edges.append(
        Edge(
          from: from, to: to, holds: edge["holds"]?.bool ?? false,
          text: edge["text"]?.string ?? ""))
    }
    roots = (reply["roots"]?.array ?? []).compactMap(\.string)
    isReverse = reply["reverse"]?.bool ?? false
  }

  /// What a line begins with: up, on its way, stopped, failed.
  private func mark(_ name: String) -> String {
    switch marks[name] {
    case "up": "[+]"
    case "coming": "[.]"
    case "failed": "[!]"
    default: "[-]"
    }
  }

  /// One watcher a line, under what depends on it. What stands elsewhere with all below it is not repeated.
  var tree: String {
    guard !edges.isEmpty else {
      return order.isEmpty ? "no watcher depends on another one" : lines(of: order)
    }
    let below = Dictionary(grouping: edges) { isReverse ? $0.to : $0.from }
    var out: [String] = []
    var shown: Set<String> = []
    var stack = roots.reversed().map { (name: $0, edge: Edge?.none, depth: 0) }
    while let (name, edge, depth) = stack.popLast() {
      let isNew = shown.insert(name).inserted
      let next = below[name] ?? []
      var line = String(repeating: "  ", count: depth) + "\(mark(name)) \(name)"
      if let edge { line += " (\(edge.text))" }
      line += ": \(conditions[name] ?? "")"
      if !isNew, !next.isEmpty { line += " (as above)" }
      out.append(line)
      guard isNew else { continue }
      for edge in next.reversed() {
        stack.append((isReverse ? edge.from : edge.to, edge, depth + 1))
      }
    }
    return out.joined(separator: "\n")
  }

  private func lines(of names: [String]) -> String {
    names.map { "\(mark($0)) \($0): \(conditions[$0] ?? "")" }.joined(separator: "\n")
  }

  /// For Graphviz.
  var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
    let nodes = order.map { "  \(quoted($0)) [color=\(color($0))];" }
    let arrows = edges.map { edge in
      "  \(quoted(edge.from)) -> \(quoted(edge.to)) [label=\(quoted(edge.text))"
        + (edge.holds ? "];" : ", style=dashed];")
    }
    return (["digraph circus {", "  rankdir=LR; node [shape=box];"] + nodes + arrows + ["}"])
      .joined(separator: "\n")
  }

  private func color(_ name: String) -> String {
    switch marks[name] {
    case "up": "green"
    case "coming": "orange"
    case "failed": "red"
    default: "gray"
    }
  }

  /// For Mermaid, which takes no names with special characters.
  var mermaid: String {
    let numbers = Dictionary(order.enumerated().map { ($1, "w\($0)") }) { first, _ in first }
    func label(_ text: String) -> String {
      "\"" + text.map { $0 == "\"" ? "#quot;" : String($0) }.joined() + "\""
    }
    let nodes = order.map { "  \(numbers[$0] ?? "")[\(label($0))]" }
    let arrows = edges.map { edge in
      "  \(numbers[edge.from] ?? "") \(edge.holds ? "-->" : "-.->")|\(label(edge.text))| \(numbers[edge.to] ?? "")"
    }
    return (["graph LR"] + nodes + arrows).joined(separator: "\n")
  }
}
