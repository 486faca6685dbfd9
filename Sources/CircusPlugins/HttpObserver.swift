import CircusModel
import JSON

/// Asks a web server again and again, tells how long it took, and restarts a watcher when the
/// answer is bad (circus.md 9.6).
package final class HttpObserver: Plugin {
  private let host: any PluginHost
  private let statsd: Statsd
  private let url: String
  private let timeout: Double
  private let period: Double
  private let restarts: String?
  private let get: (String, Double) -> HTTPCheck.Answer

  package convenience init(
    _ options: PluginOptions, _ host: any PluginHost
  ) throws(PluginOptions.Problem) {
    try self.init(options, host, get: HTTPCheck.get)
  }

  init(
    _ options: PluginOptions, _ host: any PluginHost,
    get: @escaping (String, Double) -> HTTPCheck.Answer
  ) throws(PluginOptions.Problem) {
    self.host = host
    self.get = get
    statsd = try Statsd(options, host, application: "http_observer")
    url = options.text("check_url") ?? "http://localhost/"
    timeout = try options.period("timeout", 10)
    period = try options.period("loop_rate", 60)
    restarts = options.text("restart_on_error")
  }

  package func start() { host.every(period) { [weak self] in self?.look() } }

  private func look() {
    let answer = get(url, timeout)
    if let problem = answer.problem {
      host.log(.warning, "\(url): \(problem)")
      statsd.increment("http_stats.error")
      if answer.status > 0 { statsd.increment("http_stats.error.\(answer.status)") }
      guard let restarts else { return }
      host.cast("restart", ["name": .string(restarts), "match": "simple"])
      statsd.increment("http_stats.restart_on_error")
    } else {
      statsd.timing("http_stats.request_time", milliseconds: Int(answer.seconds * 1_000))
    }
  }
}
