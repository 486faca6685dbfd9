import CircusModel
import JSON

/// Restarts a watcher whose processes use too much (or too little) for too long (circus.md 9.4).
package final class ResourceWatcher: Plugin {
  /// A share of the machine's memory in percent, or bytes.
  private enum Memory {
    case percent(Double)
    case bytes(Double)
  }

  private let host: any PluginHost
  private let statsd: Statsd
  private let watcher: String
  private let period: Double
  private let maxCPU: Double
  private let minCPU: Double?
  private let maxMemory: Memory
  private let minMemory: Memory?
  private let health: Double
  private let maxCount: Int
  private let judgesChildren: Bool
  private let childSignal: String
  /// Violations in a row, by what is judged and what is violated.
  private var counts: [String: Int] = [:]

  package init(_ options: PluginOptions, _ host: any PluginHost) throws(PluginOptions.Problem) {
    self.host = host
    guard let watcher = options.text("watcher") ?? options.text("service") else {
      throw PluginOptions.Problem(text: "`watcher` is missing: whose resources are watched?")
    }
    self.watcher = watcher
    statsd = try Statsd(options, host, application: "app")
    period = try options.period("loop_rate", 60)
    maxCPU = try options.number("max_cpu", 90)
    minCPU = options.text("min_cpu") == nil ? nil : try options.number("min_cpu", 0)
    maxMemory = try Self.memory(options, "max_mem") ?? .percent(90)
    minMemory = try Self.memory(options, "min_mem")
    health = try options.number("health_threshold", 75)
    maxCount = try options.integer("max_count", 3)
    judgesChildren = try options.bool("process_children", false)
    childSignal = options.text("child_signal") ?? "15"
  }

  private static func memory(
    _ options: PluginOptions, _ key: String
  ) throws(PluginOptions.Problem) -> Memory? {
    guard let text = options.text(key) else { return nil }
    if let bytes = Figures.bytes(text.uppercased()) { return .bytes(bytes) }
    return .percent(try options.number(key, 0))
  }

  package func start() { host.every(period) { [weak self] in self?.look() } }

  private func look() {
    let reply = host.call("stats", ["name": .string(watcher)])
    guard let info = reply?["info"], reply?["status"] != "error" else {
      host.log(.warning, "\(watcher): \(reply?["reason"]?.string ?? "no answer")")
      return statsd.increment("_resource_watcher.\(watcher).error")
    }
    let processes = Figures.processes(info)
    if judge("watcher", processes) {
      host.log(.warning, "\(watcher): over its limits, restarting")
      statsd.increment("_resource_watcher.\(watcher).restarting")
      host.cast("restart", ["name": .string(watcher), "match": "simple"])
      counts = [:]
    }
    if judgesChildren { judgeChildren(processes) }
  }

  /// Each child by itself; only the culprit is signalled (circus signals the whole watcher, B46).
  private func judgeChildren(_ processes: [Figures]) {
    var seen: Set<String> = ["watcher"]
    for process in processes {
      for child in process.children {
        let subject = "child \(child.pid)"
        seen.insert(subject)
        guard judge(subject, [child]) else { continue }
        host.log(.warning, "\(watcher): child \(child.pid) is over its limits, signalling it")
        host.cast(
          "signal",
          [
            "name": .string(watcher), "signum": .string(childSignal), "pid": .int(process.pid),
            "childpid": .int(child.pid),
          ])
        counts = counts.filter { !$0.key.hasPrefix(subject + "/") }
      }
    }
    counts = counts.filter { seen.contains(String($0.key.prefix { $0 != "/" })) }
  }

  /// Whether any violation has lasted too long.
  private func judge(_ subject: String, _ processes: [Figures]) -> Bool {
    let maxima = (
      cpu: processes.map(\.cpu).max() ?? 0, memory: processes.map(\.memory).max() ?? 0,
      resident: processes.map(\.resident).max() ?? 0
    )
    let minima = (
      cpu: processes.map(\.cpu).min() ?? 0, memory: processes.map(\.memory).min() ?? 0,
      resident: processes.map(\.resident).min() ?? 0
    )
    let violations: [(String, Bool)] = [
      ("over_cpu", maxima.cpu > maxCPU), ("under_cpu", minCPU.map { minima.cpu <= $0 } ?? false),
      ("over_memory", exceeds(maxMemory, maxima.memory, maxima.resident)),
      (
        "under_memory",
        minMemory.map { limit in
          switch limit {
          case .percent(let percent): minima.memory < percent
          case .bytes(let bytes): minima.resident < bytes
          }
        } ?? false
      ), ("over_health", (maxima.cpu + maxima.memory) / 2 > health),
    ]
    var isOver = false
    for (name, isViolated) in violations {
      let key = "\(subject)/\(name)"
      guard isViolated, !processes.isEmpty else {
        counts[key] = nil
        continue
      }
      statsd.increment("_resource_watcher.\(watcher).\(name)")
      counts[key, default: 0] += 1
      isOver = isOver || counts[key, default: 0] > maxCount
    }
    return isOver
  }

  private func exceeds(_ limit: Memory, _ percent: Double, _ bytes: Double) -> Bool {
    switch limit {
    case .percent(let most): percent > most
    case .bytes(let most): bytes > most
    }
  }
}
