import CircusModel
import JSON

/// A Redis server's own figures as gauges; restarts a watcher when it does not answer (circus.md 9.6).
package final class RedisObserver: Plugin {
  private let host: any PluginHost
  private let statsd: Statsd
  private let address: RedisAddress
  private let timeout: Double
  private let period: Double
  private let restarts: String?

  /// What circus observes, by the names INFO has for it; newer servers lack some.
  private static let observed = [
    "pubsub_channels", "connected_slaves", "lru_clock", "connected_clients", "keyspace_misses",
    "used_memory", "used_memory_peak", "total_commands_processed", "used_memory_rss",
    "total_connections_received", "pubsub_patterns", "used_cpu_sys", "used_cpu_sys_children",
    "blocked_clients", "used_cpu_user", "client_biggest_input_buf", "mem_fragmentation_ratio",
    "expired_keys", "evicted_keys", "client_longest_output_list", "uptime_in_seconds",
    "keyspace_hits",
  ]

  package init(_ options: PluginOptions, _ host: any PluginHost) throws(PluginOptions.Problem) {
    self.host = host
    statsd = try Statsd(options, host, application: "redis_observer")
    let url = options.text("redis_url") ?? "redis://localhost:6379/0"
    guard let address = RedisAddress(url) else {
      throw PluginOptions.Problem(
        text: "redis_url = \(url): write redis://[:password@]host[:port][/database] or unix:///path"
      )
    }
    self.address = address
    timeout = try options.period("timeout", 5)
    period = try options.period("loop_rate", 60)
    restarts = options.text("restart_on_timeout")
  }

  package func start() { host.every(period) { [weak self] in self?.look() } }

  private func look() {
    do {
      let info = try RedisInfo.ask(address, timeout: timeout)
      for key in Self.observed {
        if let value = info[key] { statsd.gauge("redis_stats.\(key)", value) }
      }
    } catch {
      host.log(.warning, "redis: \(error.text)")
      statsd.increment("redis_stats.error")
      guard let restarts else { return }
      host.cast("restart", ["name": .string(restarts), "match": "simple"])
      statsd.increment("redis_stats.restart_on_error")
    }
  }
}
