import CircusConnection
import CircusWire
import JSON
import LinuxSystem

/// `circusctl logs`: the last lines of some watchers, and what follows, merged.
struct LogsView {
  let connection: Connection
  let isJSON: Bool
  let isTerminal: Bool

  func run(_ words: Arguments) throws -> Int32 {
    var properties = try Logs.properties(words)
    if let text = words.values["since"] {
      guard let since = PointInTime.parse(text, now: Clock.wall) else {
        throw UsageError("'\(text)' is no time: write 10m, 2h, 14:30 or '2026-11-21 14:30'")
      }
      properties["since"] = .double(since)
      if words.values["lines"] == nil { properties["lines"] = 10_000 }
    }
    var reply = try connection.call(Logs.verb, properties)
    if reply["status"] == "error" { return fail(reply) }
    let names = Self.watchers(reply)
    warn(reply)
    show(reply, names)
    guard words.flags.contains("follow") else { return 0 }
    properties["lines"] = 10_000
    properties["waiting"] = true
    while true {
      properties["after"] = reply["next"]
      reply = try connection.call(Logs.verb, properties)
      if reply["status"] == "error" { return fail(reply) }
      if let missed = reply["missed"]?.int, missed > 0 {
        Terminal.complain("... \(missed) lines came too fast to be shown")
      }
      show(reply, names)
    }
  }

  private func fail(_ reply: JSONObject) -> Int32 {
    let rendering = Rendering.failure(reply)
    Terminal.complain(rendering.output)
    return rendering.status
  }

  /// The watchers asked about, in their order.
  private static func watchers(_ reply: JSONObject) -> [String] {
    var names: [String] = []
    for member in reply["next"]?.object?.members ?? [] {
      let name = String(member.key[..<(member.key.lastIndex(of: "/") ?? member.key.endIndex)])
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Output that is not captured cannot be shown; silence would be no answer.
  private func warn(_ reply: JSONObject) {
    let missing = (reply["not_captured"]?.array ?? []).compactMap(\.string)
    guard let all = reply["next"]?.object?.members, missing.count == all.count, !missing.isEmpty
    else { return }
    let names = Set(missing.map { $0.prefix { $0 != "/" } }).sorted().joined(separator: ", ")
    Terminal.complain(
      "\(names): the output is not captured and goes where circusd's own goes; "
        + "set stdout_stream.class = FileStream, or QueueStream to keep the last lines only")
  }

  private func show(_ reply: JSONObject, _ names: [String]) {
    for line in reply["lines"]?.array ?? [] {
      guard !isJSON else {
        Terminal.say(line.text)
        continue
      }
      let name = line["watcher"]?.string ?? ""
      let text = line["text"]?.string ?? ""
      Terminal.say(prefix(name, names) + (isTerminal ? TerminalText.harmless(text) : text))
    }
  }

  private func prefix(_ name: String, _ names: [String]) -> String {
    guard names.count > 1 else { return "" }
    let width = min(24, names.map(\.count).max() ?? 0)
    let text = name + String(repeating: " ", count: max(0, width - name.count)) + " | "
    guard isTerminal, let index = names.firstIndex(of: name) else { return text }
    let colors = [36, 33, 32, 35, 34, 31]
    return "\u{1B}[\(colors[index % colors.count])m\(text)\u{1B}[0m"
  }
}

/// A moment as people write it.
enum PointInTime {
  /// Seconds since the epoch; nil when it is no time.
  static func parse(_ text: String, now: Double) -> Double? {
    if let seconds = Double(text), seconds > 1e8 { return seconds }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    if let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()) {
      return now - count * unit
    }
    for format in [
      "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M:%S", "%H:%M",
    ] {
      if let time = Calendar.parse(text, format) { return time }
    }
    return nil
  }
}
