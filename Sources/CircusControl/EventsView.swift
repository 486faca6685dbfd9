import CircusConnection
import CircusWire
import JSON
import LinuxSystem

/// `circusctl events --follow`: one line an event, for people.
struct EventsView {
  let connection: Connection
  let subscription: Subscription
  let isJSON: Bool
  /// The watcher whose events are shown; nil: all.
  let watcher: String?

  /// What the daemon still has of the past, then what comes; ends when it is interrupted.
  func run(last count: Int) throws -> Never {
    // Events between this answer and the subscription come twice and are recognized by their numbers.
    let reply = try connection.call(Events.verb, ["since": 0, "limit": 100_000])
    let past = (reply["events"]?.array ?? []).filter { isMeant($0["topic"]?.string ?? "") }
    for event in past.suffix(count) {
      show(event["topic"]?.string ?? "", event["payload"] ?? .null)
    }
    var seen = (reply["events"]?.array ?? []).last?["payload"]?["seq"]?.int ?? 0
    while true {
      guard let (topic, payload) = subscription.next() else { continue }
      let title = String(decoding: topic, as: UTF8.self)
      guard let event = try? JSON.parse(payload) else { continue }
      if let number = event["seq"]?.int {
        // A daemon that was restarted counts from 1 again.
        guard number > seen || number == 1 else { continue }
        seen = number
      }
      if isMeant(title) { show(title, event) }
    }
  }

  private func isMeant(_ topic: String) -> Bool {
    watcher.map { topic.lowercased().hasPrefix("watcher.\($0.lowercased()).") } ?? true
  }

  private func show(_ topic: String, _ payload: JSON) {
    guard !isJSON else {
      let event = JSONObject([("topic", .string(topic)), ("payload", payload)])
      return Terminal.say(JSON.object(event).text)
    }
    Terminal.say(TerminalText.harmless(Self.line(topic, payload)))
  }

  /// `2026-11-28 06:24:01 web spawn  process_pid 412  cause command`.
  static func line(_ topic: String, _ payload: JSON) -> String {
    let time = payload["time"]?.number.map { Clock.format($0, "%Y-%m-%d %H:%M:%S") } ?? ""
    var title = topic
    if topic.hasPrefix("watcher."), let dot = topic.lastIndex(of: "."), dot > topic.startIndex {
      let name = topic[topic.index(topic.startIndex, offsetBy: "watcher.".count)..<dot]
      title = "\(name) \(topic[topic.index(after: dot)...])"
    }
    let facts = (payload.object?.members ?? []).filter { !["time", "seq"].contains($0.key) }
      .map { "  \($0.key) \($0.value.string ?? $0.value.pythonText)" }
    return "\(time) \(title)\(facts.joined())"
  }
}
