import CircusModel
import JSON

/// Starts watchers; without a name, all that start by themselves.
package struct Start: Command {
  /// Name or pattern; nil: every watcher with `autostart`.
  package var name: String?
  /// How the name is matched; as a glob by default (circus.md 3.6).
  package var match: NameMatch
  /// Whether the reply waits for the end (circus.md 3.4).
  package var isWaiting: Bool
  /// Whether what it depends on is started with it, where it is stopped. Ours.
  package var startsNeeds: Bool
  /// Whether it starts without waiting for what it depends on. Ours.
  package var isForced: Bool

  package static let verb = "start"
  package static let right = Right.operate
  package static let grammar = Grammar(
    "[<name>]", "Start the arbiter or a watcher",
    switches: switches + [
      .init("no-deps", help: "Leave alone what it depends on; it waits for that"),
      .init("force", help: "Do not wait for what it depends on"),
    ])
  static let switches: [Grammar.Switch] = [
    .waiting,
    .init(
      "match", value: "METHOD", choices: ["simple", "glob", "regex"],
      help: "How the name is matched; glob by default"),
  ]

  package init(_ p: Properties) throws(RequestError) {
    name = try p.optionalName()
    match = try NameMatch(p)
    isWaiting = p.isWaiting
    isForced = p.bool("force")
    startsNeeds = !isForced && !p.bool("no_deps")
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    try atMost(1, arguments, "Invalid number of arguments")
    let ours = [("no-deps", "no_deps"), ("force", "force")].filter {
      arguments.flags.contains($0.0)
    }
    return JSONObject(
      named(arguments) + [
        arguments.waiting, ("match", .string(arguments.values["match"] ?? "glob")),
      ] + ours.map { ($0.1, true) })
  }

  package static func render(_ reply: JSONObject) -> Rendering {
    let needed = (reply["needed"]?.array ?? []).compactMap(\.string)
    return Rendering(needed.isEmpty ? "ok" : "ok\nalso started: " + needed.joined(separator: ", "))
  }
}
