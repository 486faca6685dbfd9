import CircusModel
import CircusWire
import JSON

/// One of circus's own plugins: it receives events, and looks around in its own rhythm.
package protocol Plugin: AnyObject {
  /// Reads its options; throws for the first that makes no sense.
  init(_ options: PluginOptions, _ host: any PluginHost) throws(PluginOptions.Problem)
  /// The daemon can be asked from here on.
  func start()
  /// Something happened to a watcher.
  func receive(_ event: PluginEvent)
}

extension Plugin {
  /// Most plugins only look around now and then.
  package func receive(_ event: PluginEvent) {}
}

/// What a plugin may do in the world; a process of its own in truth, a table in tests.
package protocol PluginHost: AnyObject {
  /// Seconds that never go back.
  var now: Double { get }
  /// The reply to a command, also a refusal; nil when the daemon does not answer in time.
  func call(_ verb: String, _ properties: JSONObject) -> JSONObject?
  /// A command without a reply.
  func cast(_ verb: String, _ properties: JSONObject)
  /// A line of the plugin's log.
  func log(_ level: LogLevel, _ text: String)
  /// One datagram to the statsd server.
  func emit(_ metric: String)
  /// Does something once, so many seconds from now.
  func after(_ seconds: Double, _ body: @escaping () -> Void)
}

extension PluginHost {
  /// Does something again and again, for the first time when one period has passed.
  package func every(_ seconds: Double, _ body: @escaping () -> Void) {
    after(seconds) { [weak self] in
      body()
      self?.every(seconds, body)
    }
  }

  /// The watchers that are no plugins, as `list` names them.
  func ordinaryWatchers() -> [String] {
    (call("list", [:])?["watchers"]?.array ?? []).compactMap(\.string)
      .filter { !$0.hasPrefix("plugin:") && $0 != "circusd-stats" && $0 != "circushttpd" }
  }
}

/// One message of the event feed.
package struct PluginEvent {
  /// The watcher in topic form; may hold dots.
  package var watcher: String
  /// `spawn`, `reap` ...
  package var name: String
  /// The second frame.
  package var payload: JSONObject

  /// From the two frames; nil when it is no event of a watcher.
  package init?(topic: String, payload: JSONObject) {
    guard let topic = EventTopic(topic) else { return nil }
    watcher = topic.watcher
    name = topic.event
    self.payload = payload
  }
}
