import CircusConfig
import CircusModel
import JSON

/// Kills processes that stop sending heartbeats over UDP (circus.md 9.6).
package final class WatchDog: Plugin {
  private let host: any PluginHost
  private let period: Double
  private let maxCount: Int
  private let watchers: PythonRegex
  private let message: PythonRegex
  private let signal: String?
  private let grace: Double?
  /// Where heartbeats are received.
  package let address: (host: String, port: Int)
  private var watched: [Int: (watcher: String, last: Double)] = [:]

  package init(_ options: PluginOptions, _ host: any PluginHost) throws(PluginOptions.Problem) {
    self.host = host
    period = try options.period("loop_rate", 60)
    maxCount = try options.integer("max_count", 3)
    watchers = try Self.regex(options, "watchers_regex", ".*")
    message = try Self.regex(options, "msg_regex", "^(?P<pid>.*);(?P<timestamp>.*)$")
    guard message.hasGroup("pid") else {
      throw PluginOptions.Problem(text: "msg_regex has no group (?P<pid>...)")
    }
    signal = options.text("watchers_stop_signal")
    grace =
      options.text("watchers_graceful_timeout") == nil
      ? nil : try options.number("watchers_graceful_timeout", 30)
    address = (options.text("ip") ?? "127.0.0.1", try options.integer("port", 1_664))
  }

  private static func regex(
    _ options: PluginOptions, _ key: String, _ fallback: String
  ) throws(PluginOptions.Problem) -> PythonRegex {
    let text = options.text(key) ?? fallback
    do { return try PythonRegex(text) } catch {
      throw PluginOptions.Problem(text: "\(key) = \(text): \(error.text)")
    }
  }

  package func start() {
    for watcher in host.ordinaryWatchers() where watchers.matchesStart(of: watcher) {
      let pids = host.call("list", ["name": .string(watcher)])?["pids"]?.array ?? []
      for pid in pids.compactMap(\.int) { watched[pid] = (watcher, host.now) }
    }
    host.every(period) { [weak self] in self?.look() }
  }

  package func receive(_ event: PluginEvent) {
    guard let pid = event.payload["process_pid"]?.int, watchers.matchesStart(of: event.watcher),
      !event.watcher.hasPrefix("plugin:")
    else { return }
    switch event.name {
    case "spawn": watched[pid] = (event.watcher, host.now)
    case "reap", "kill": watched[pid] = nil
    default: break
    }
  }

  /// A datagram; one without a pid is logged and dropped.
  package func heartbeat(_ text: String) {
    let text = PythonText.strip(text)
    guard let group = message.group("pid", in: text), let pid = Int(group) else {
      return host.log(.warning, "heartbeat without a pid: \(text.prefix(100))")
    }
    guard watched[pid] != nil else {
      return host.log(.debug, "heartbeat of \(pid), which is not watched")
    }
    watched[pid]?.last = host.now
  }

  private func look() {
    let limit = period * Double(maxCount)
    for (pid, entry) in watched.sorted(by: { $0.key < $1.key }) {
      let silence = host.now - entry.last
      guard silence > limit else { continue }
      host.log(.warning, "\(entry.watcher): \(pid) is silent for \(Int(silence)) s, killing it")
      var properties: JSONObject = ["name": .string(entry.watcher), "pid": .int(pid)]
      if let signal { properties["signum"] = .string(signal) }
      if let grace { properties["graceful_timeout"] = .double(grace) }
      host.cast("kill", properties)
      watched[pid] = nil
    }
  }
}
