import CircusModel
import JSON

/// Figures of processes: all, one watcher's, or one process's.
package struct Stats: Command {
  /// The watcher asked for; nil: all of them.
  package var name: String?
  /// The one process asked for (`process`); nil: all of the watcher's.
  package var pid: Int?
  /// Whether the watcher's `extended_stats` hook adds its figures.
  package var isExtended: Bool

  package static let verb = "stats"
  package static let right = Right.view
  package static let grammar = Grammar(
    "[<name>] [<pid>]", "Get process infos",
    switches: [
      .init("extended", help: "Add what the watcher's extended_stats hook measures"),
      .init("watch", help: "Follow the statistics stream"),
    ])

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    pid = try p.integer("process")
    isExtended = p.bool("extended")
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(2, arguments, "Invalid number of arguments")
    var object = JSONObject(
      named(arguments) + [("extended", .bool(arguments.flags.contains("extended")))])
    if arguments.positionals.count == 2 {
      guard let pid = Int(arguments.positionals[1]) else {
        throw UsageError("'\(arguments.positionals[1])' is not a pid")
      }
      object["process"] = .int(pid)
    }
    return object
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    var lines: [String] = []
    if let infos = reply["infos"]?.object {
      for watcher in infos.members {
        lines.append("\(watcher.key):")
        lines += processes(watcher.value)
      }
    } else if let pid = reply["process"], let info = reply["info"] {
      lines += process(pid.pythonText, info) + [""]
    } else if let name = reply["name"]?.string, let info = reply["info"] {
      lines.append("\(name):")
      lines += processes(info)
    }
    return Rendering(lines.joined(separator: "\n"))
  }

  private static func processes(_ json: JSON) -> [String] {
    (json.object?.members ?? []).flatMap { process($0.key, $0.value) }
  }

  private static func process(_ pid: String, _ info: JSON) -> [String] {
    guard let object = info.object else { return ["\(pid): \(info.pythonText)"] }
    let children = (object["children"]?.array ?? []).compactMap(\.object)
    return ["\(pid): \(line(object))"] + children.map { "   \(line($0))" }
  }

  /// What the columns of a process mean; shown on terminals only, since scripts know them.
  package static let header = "PID: PID  COMMAND USER NICE RSS VIRTUAL CPU% MEM% CPU-TIME"

  /// The columns of one process, as circusctl has always printed them.
  static func line(_ info: JSONObject) -> String {
    let columns = [
      "cmdline", "username", "nice", "mem_info1", "mem_info2", "cpu", "mem", "ctime",
    ]
    let text = columns.map { info[$0]?.pythonText ?? "N/A" }.joined(separator: " ")
    return "\(info["pid"]?.pythonText ?? "")  \(text)"
  }
}
