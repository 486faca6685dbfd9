import CircusModel
import JSON

@testable import CircusPlugins

/// The world of a plugin as a table: answers by command, a clock that only tests move.
final class FakeHost: PluginHost {
  var now = 1_000.0
  var answers: [String: JSONObject] = [:]
  private(set) var casts: [String] = []
  private(set) var properties: [JSONObject] = []
  private(set) var metrics: [String] = []
  private(set) var lines: [String] = []
  private var timers: [(at: Double, body: () -> Void)] = []

  func call(_ verb: String, _ properties: JSONObject) -> JSONObject? {
    answers[verb + " " + (properties["name"]?.string ?? "")] ?? answers[verb]
  }

  func cast(_ verb: String, _ properties: JSONObject) {
    casts.append("\(verb) \(properties["name"]?.string ?? "")")
    self.properties.append(properties)
  }

  func log(_ level: LogLevel, _ text: String) { lines.append(text) }
  func emit(_ metric: String) { metrics.append(metric) }
  func after(_ seconds: Double, _ body: @escaping () -> Void) {
    timers.append((now + seconds, body))
  }

  /// Lets time pass, with everything that is due on the way.
  func advance(_ seconds: Double) {
    let end = now + seconds
    while let next = timers.indices.min(by: { timers[$0].at < timers[$1].at }),
      timers[next].at <= end
    {
      let timer = timers.remove(at: next)
      now = timer.at
      timer.body()
    }
    now = end
  }
}

extension Plugin {
  func hear(_ name: String, _ watcher: String, pid: Int? = nil, cause: String? = nil) {
    var payload: JSONObject = [:]
    if let pid { payload["process_pid"] = .int(pid) }
    if let cause { payload["cause"] = .string(cause) }
    if let event = PluginEvent(topic: "watcher.\(watcher).\(name)", payload: payload) {
      receive(event)
    }
  }
}
