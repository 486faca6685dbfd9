import CircusConfig
import CircusModel
import JSON

/// Stops a watcher whose processes die again and again, tries it again after a while, and gives it
/// up in the end (circus.md 9.3).
///
/// The story: `attempts` deaths within `window` seconds (the daemon's check_delay allowed for, as
/// circus does); stop; `retry_in` seconds later start; after `max_retry` such rounds in a row it
/// stays stopped. Only deaths by themselves count: what an operator stops, scales or reloads is no
/// flapping, and what an operator started or stopped meanwhile is not touched (B7).
package final class Flapping: Plugin {
  private struct Limits {
    var attempts: Int
    var window: Double
    var retryIn: Double
    /// -1: for ever.
    var maxRetry: Int
    var isActive: Bool
  }

  private struct Record {
    var limits: Limits
    var deaths: [Double] = []
    var tries = 0
    /// Grows with every start and stop we see; a retry planned before then is void.
    var epoch = 0
    /// Processes with a `kill` event and no `reap` yet.
    var ending: Set<Int> = []
    /// The stop we asked for has not been seen yet.
    var expectsStop = false
  }

  private let host: any PluginHost
  private let defaults: Limits
  private let checkDelay: Double
  private var records: [String: Record] = [:]

  package init(_ options: PluginOptions, _ host: any PluginHost) throws(PluginOptions.Problem) {
    self.host = host
    checkDelay = try options.number("check_delay", 5)
    defaults = try Self.limits(
      options,
      Limits(attempts: 2, window: 1, retryIn: 7, maxRetry: 5, isActive: true))
  }

  private static func limits(
    _ options: PluginOptions, _ base: Limits
  ) throws(PluginOptions.Problem) -> Limits {
    Limits(
      attempts: max(1, try options.integer("attempts", base.attempts)),
      window: try options.number("window", base.window),
      retryIn: max(0, try options.number("retry_in", base.retryIn)),
      maxRetry: try options.integer("max_retry", base.maxRetry),
      isActive: try options.bool("active", base.isActive))
  }

  package func start() {}

  package func receive(_ event: PluginEvent) {
    switch event.name {
    case "reap": died(event)
    case "kill": if let pid = event.payload["process_pid"]?.int { note(ending: pid, event.watcher) }
    case "updated": records[event.watcher]?.limits = limits(of: event.watcher)
    case "start": records[event.watcher]?.epoch += 1
    case "stop": stopped(event.watcher)
    case "remove": records[event.watcher] = nil
    default: break
    }
  }

  private func note(ending pid: Int, _ watcher: String) {
    guard records[watcher] != nil else { return }
    records[watcher]?.ending.insert(pid)
  }

  /// A stop that this plugin did not ask for ends what it was counting.
  private func stopped(_ watcher: String) {
    guard records[watcher] != nil else { return }
    if records[watcher]?.expectsStop == true {
      records[watcher]?.expectsStop = false
    } else {
      records[watcher]?.epoch += 1
      records[watcher]?.deaths = []
      records[watcher]?.tries = 0
    }
    records[watcher]?.ending = []
  }

  private func died(_ event: PluginEvent) {
    let watcher = event.watcher
    guard !watcher.hasPrefix("plugin:") else { return }
    if records[watcher] == nil { records[watcher] = Record(limits: limits(of: watcher)) }
    guard var record = records[watcher] else { return }
    let wasEnded =
      event.payload["process_pid"]?.int.map { record.ending.remove($0) != nil } ?? false
    // Our daemon tells why; circus's own only that a kill came before.
    let cause = event.payload["cause"]?.string
    let isNatural = cause.map { $0 == "crash" || $0 == "exit" } ?? !wasEnded
    if isNatural && record.limits.isActive {
      record.deaths.append(host.now)
      judge(watcher, &record)
    }
    records[watcher] = record
  }

  private func judge(_ watcher: String, _ record: inout Record) {
    guard record.deaths.count >= record.limits.attempts, let first = record.deaths.first,
      let last = record.deaths.last
    else { return }
    record.deaths = []
    guard last - first - checkDelay <= record.limits.window else {
      record.tries = 0
      return
    }
    record.expectsStop = true
    guard record.limits.maxRetry < 0 || record.tries < record.limits.maxRetry else {
      host.log(.info, "\(watcher): flapping detected: reached max retry limit")
      record.tries = 0
      return host.cast("stop", ["name": .string(watcher), "match": "simple"])
    }
    record.tries += 1
    let seconds = Int(record.limits.retryIn)
    host.log(
      .info,
      "\(watcher): flapping detected: retry in \(seconds)s (attempt number \(record.tries))")
    host.cast("stop", ["name": .string(watcher), "match": "simple"])
    let epoch = record.epoch
    host.after(record.limits.retryIn) { [weak self] in self?.retry(watcher, epoch) }
  }

  private func retry(_ watcher: String, _ epoch: Int) {
    guard records[watcher]?.epoch == epoch else { return }
    host.cast("start", ["name": .string(watcher), "match": "simple"])
  }

  /// `flapping.*` of the watcher's own section beat the plugin's.
  private func limits(of watcher: String) -> Limits {
    let reply = host.call("options", ["name": .string(watcher)])
    var own: [String: String] = [:]
    for member in reply?["options"]?.object?.members ?? [] where member.key.hasPrefix("flapping.") {
      own[String(member.key.dropFirst("flapping.".count))] =
        member.value.string ?? member.value.text
    }
    do { return try Self.limits(PluginOptions(own), defaults) } catch {
      host.log(.warning, "\(watcher): flapping.\(error.text); the plugin's own value is used")
      return defaults
    }
  }
}
