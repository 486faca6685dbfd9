/// Metrics for a statsd server, with circus's names in front (circus.md 9.5).
package struct Statsd {
  private let host: any PluginHost
  private let prefix: String
  private let sampleRate: Double

  /// `application_name` and `sample_rate` of the plugin's section.
  init(
    _ options: PluginOptions, _ host: any PluginHost, application: String
  ) throws(PluginOptions.Problem) {
    self.host = host
    prefix = "circus.\(options.text("application_name") ?? application).watcher."
    sampleRate = try options.number("sample_rate", 1)
    guard sampleRate > 0, sampleRate <= 1 else {
      throw PluginOptions.Problem(text: "sample_rate = \(sampleRate): write a number up to 1")
    }
  }

  /// One more of something. With a sample rate only some are sent, and say so; circus sends all.
  func increment(_ name: String) { send(name, "1|c") }
  /// How much there is of something.
  func gauge(_ name: String, _ value: String) { send(name, "\(value)|g") }
  /// How long something took.
  func timing(_ name: String, milliseconds: Int) { send(name, "\(milliseconds)|ms") }

  private func send(_ name: String, _ value: String) {
    // A colon ends the name in statsd's format, and a plugin's watcher has one.
    let name = String(name.map { ":|@\n".contains($0) ? "_" : $0 })
    if sampleRate == 1 { return host.emit("\(prefix)\(name):\(value)") }
    guard Double.random(in: 0..<1) < sampleRate else { return }
    host.emit("\(prefix)\(name):\(value)|@\(sampleRate)")
  }
}
