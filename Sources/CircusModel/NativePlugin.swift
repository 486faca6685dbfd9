/// The plugins that come with circus, under the names configuration files know them by (circus.md 9).
package enum NativePlugin: String, CaseIterable, Hashable, Sendable {
  case flapping = "circus.plugins.flapping.Flapping"
  case resourceWatcher = "circus.plugins.resource_watcher.ResourceWatcher"
  case statsdEmitter = "circus.plugins.statsd.StatsdEmitter"
  case fullStats = "circus.plugins.statsd.FullStats"
  case commandReloader = "circus.plugins.command_reloader.CommandReloader"
  case httpObserver = "circus.plugins.http_observer.HttpObserver"
  case redisObserver = "circus.plugins.redis_observer.RedisObserver"
  case watchDog = "circus.plugins.watchdog.WatchDog"

  /// Dotted, or `module:Class`; nil for a plugin of the user's own.
  package init?(use: String) {
    self.init(rawValue: String(use.map { $0 == ":" ? "." : $0 }))
  }
}
