import CircusConnection
import CircusModel
import CircusWire
import JSON
import ProgramOptions
import ZeroMQ

/// Commands that end when the user ends them.
extension ControlProgram {
  /// Events, one a line, as Python byte literals: the form scripts have parsed for years. An
  /// `--endpoint` is the event endpoint itself; otherwise the daemon is asked for it.
  func listen(_ words: Arguments, _ endpoint: String) throws -> Int32 {
    let source =
      try arguments.endpoint ?? ask(endpoint, for: "pubsub_endpoint") ?? "tcp://127.0.0.1:5556"
    let subscription = try Subscription(
      endpoint: source, topics: words.positionals, context: context)
    while true {
      guard let (topic, payload) = subscription.next() else { continue }
      if arguments.json {
        let event = JSONObject([
          ("topic", .string(String(decoding: topic, as: UTF8.self))),
          ("payload", (try? JSON.parse(payload)) ?? .null),
        ])
        Terminal.say(JSON.object(event).text)
      } else {
        Terminal.say("\(PythonText.bytesLiteral(topic)): \(PythonText.bytesLiteral(payload))")
      }
    }
  }

  func followEvents(_ words: Arguments, _ endpoint: String) throws -> Int32 {
    guard words.positionals.count <= 1 else { throw UsageError("Invalid number of arguments") }
    let count = words.values["limit"] ?? "10"
    guard let last = Int(count), last >= 0 else { throw UsageError("'\(count)' is not a number") }
    let source = try ask(endpoint, for: "pubsub_endpoint") ?? "tcp://127.0.0.1:5556"
    let subscription = try Subscription(endpoint: source, topics: [], context: context)
    try EventsView(
      connection: try connect(endpoint), subscription: subscription, isJSON: arguments.json,
      watcher: words.positionals.first.map(TopicName.of)
    ).run(last: last)
  }

  /// The statistics stream: a line per watcher and second.
  func watchStats(_ words: Arguments, _ endpoint: String) throws -> Int32 {
    guard let source = try ask(endpoint, for: "stats_endpoint") else {
      Terminal.complain("the daemon does not tell its statistics endpoint")
      return 1
    }
    let topic = "stat." + (words.positionals.first.map(TopicName.of) ?? "")
    let subscription = try Subscription(endpoint: source, topics: [topic], context: context)
    var hasSeen = false
    while true {
      guard let (topic, payload) = subscription.next(timeout: hasSeen ? nil : 3) else {
        if !hasSeen {
          Terminal.complain(
            "nothing comes from \(source): is `statsd = True` in [circus], and is it running?")
          return 1
        }
        continue
      }
      hasSeen = true
      let title = String(decoding: topic, as: UTF8.self)
      guard let object = (try? JSON.parse(payload))?.object else { continue }
      if arguments.json {
        Terminal.say(JSON.object(["topic": .string(title), "payload": .object(object)]).text)
      } else if case .array(let pids)? = object["pid"] {
        let age = object["age"]?.number.map { "\(Int($0)) s" } ?? "N/A"
        Terminal.say(
          "\(title.dropFirst("stat.".count)): \(pids.count) processes, "
            + "cpu \(object["cpu"]?.pythonText ?? "N/A") %, mem \(object["mem"]?.pythonText ?? "N/A") %, "
            + "oldest \(age)")
      }
    }
  }

  private func ask(_ endpoint: String, for option: String) throws -> String? {
    let reply = try connect(endpoint).call(GlobalOptions.verb, ["option": .string(option)])
    return reply["options"]?[option]?.string
  }
}
