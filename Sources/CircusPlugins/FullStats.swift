import JSON

/// Every watcher's figures as gauges, again and again (circus.md 9.5).
package final class FullStats: Plugin {
  private let host: any PluginHost
  private let statsd: Statsd
  private let period: Double

  package init(_ options: PluginOptions, _ host: any PluginHost) throws(PluginOptions.Problem) {
    self.host = host
    statsd = try Statsd(options, host, application: "app")
    period = try options.period("loop_rate", 60)
  }

  package func start() { host.every(period) { [weak self] in self?.look() } }

  private func look() {
    guard let infos = host.call("stats", [:])?["infos"]?.object else {
      return statsd.increment("_stats.error")
    }
    for watcher in infos.members where !watcher.key.hasPrefix("plugin:") {
      let processes = Figures.processes(watcher.value)
      let name = "_stats.\(watcher.key)."
      statsd.gauge(name + "watchers_num", String(processes.count))
      guard !processes.isEmpty else { continue }
      let gauges: [(String, (Figures) -> Double)] = [
        ("cpu", \.cpu), ("mem_pct", \.memory), ("mem", { $0.resident.rounded(.down) }),
      ]
      for (gauge, value) in gauges {
        let values = processes.map(value)
        statsd.gauge("\(name)\(gauge)_max", text(values.max() ?? 0))
        statsd.gauge("\(name)\(gauge)_sum", text(values.reduce(0, +)))
      }
    }
  }

  private func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}
