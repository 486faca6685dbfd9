/// The `[circus]` section (and what of `[supervisord]` means the same), resolved.
package struct DaemonSettings: Hashable, Sendable {
  package var endpoint = "tcp://127.0.0.1:5555"
  package var endpointOwner: String?
  package var pubsubEndpoint = "tcp://127.0.0.1:5556"
  package var statsEndpoint = "tcp://127.0.0.1:5557"
  package var multicastEndpoint = "udp://237.219.251.97:12027"
  package var publishesStats = false
  package var checkDelay = Interval.seconds(5)
  package var warmup = Interval.zero
  package var umask: Int?
  package var pidFile: String?
  package var logLevel: String?
  package var logOutput: String?
  package var loggerConfig: String?
  /// supervisord only: in the background unless told otherwise, where AUTO logs go, its name.
  package var childLogDirectory = "/tmp"
  package var identifier = "supervisor"

  package init() {}
}

/// What a configuration file asks for, whichever dialect it was written in.
package struct Configuration: Hashable, Sendable {
  package var settings = DaemonSettings()
  package var watchers: [WatcherSpec] = []
  package var sockets: [SocketSpec] = []
  /// The daemon's own environment, from which `copy_env` and substitutions read.
  package var environment: [String: String] = [:]

  package init() {}
}
