/// Every event is a counter (circus.md 9.5).
package final class StatsdEmitter: Plugin {
  private let statsd: Statsd

  package init(_ options: PluginOptions, _ host: any PluginHost) throws(PluginOptions.Problem) {
    statsd = try Statsd(options, host, application: "app")
  }

  package func start() {}

  package func receive(_ event: PluginEvent) {
    statsd.increment("\(event.watcher).\(event.name)")
  }
}
