/// The `[circus]` section (and what of `[supervisord]` means the same), resolved.
package struct DaemonSettings: Hashable, Sendable {
  /// Under which system's habits the daemon runs: what SIGHUP means, how the log looks.
  package enum Face: Hashable, Sendable { case circus, supervisor }

  /// circusd or supervisord.
  package var face = Face.circus
  /// The HTTP servers (supervisor.md 1.12, circus `httpd`), in the order they are opened.
  package var servers: [HTTPServerSpec] = []
  /// Whether there are ZeroMQ endpoints: not under supervisord, unless its file has a `[circus]` section.
  package var usesZeroMQ = true
  /// Whether TICK events are made: where a file of supervisor's is run.
  package var ticks = false
  /// Escape sequences are taken out of what programs print (supervisor `strip_ansi`).
  package var stripsAnsi = false
  /// AUTO logs of earlier runs stay (supervisor `nocleanup`); true in a circus file.
  package var keepsAutomaticLogs = true
  /// ZeroMQ address of the control socket (circus.md 1.5).
  package var endpoint = "tcp://127.0.0.1:5555"
  /// User who owns the file of an `ipc://` control socket (circus.md 1.5); nil: the daemon's.
  package var endpointOwner: String?
  /// ZeroMQ address where events are published (circus.md 4.1).
  package var pubsubEndpoint = "tcp://127.0.0.1:5556"
  /// ZeroMQ address where statistics are published, if they are (circus.md 5).
  package var statsEndpoint = "tcp://127.0.0.1:5557"
  /// UDP discovery address, as `globaloptions` reports it; empty: none (circus.md 4.4).
  package var multicastEndpoint = "udp://237.219.251.97:12027"
  /// Whether supervisor's events of circus watchers are on the PUB socket too (`supervisor_events`).
  package var publishesSupervisorEvents = false
  /// Whether statistics are published (circus `statsd`); off by default.
  package var publishesStats = false
  /// Longest wait of a crash loop; 0 or less counts as one second (circus `check_delay`).
  package var checkDelay = Interval.seconds(5)
  /// Pause after each watcher of a bulk start, none by default (circus `[circus] warmup_delay`).
  package var warmup = Interval.zero
  /// File mode mask of the daemon itself, octal in the file; nil: as inherited.
  package var umask: Int?
  /// File the daemon writes its pid to (circus `pidfile`); nil: none.
  package var pidFile: String?
  /// Directory for the state that outlives the daemon (`state_dir`); nil: one is chosen.
  package var stateDirectory: String?
  /// File whose options win over all others, and which `circusctl save` writes (`saved_file`), as it is
  /// written; nil: none.
  package var savedFile: String?
  /// What the daemon begins with after an ordered end (`on_boot`).
  package var onBoot = BootState.config
  /// The watcher, program or group whose exit status is the daemon's after an ordered end (`exit_code_from`); nil: 0.
  package var exitCodeFrom: String?
  /// An existing file that is told why the daemon ends (`termination_log`); nil: `/dev/termination-log` in a container.
  package var terminationLog: String?
  /// A directory for the daemon's environment, one file for each variable (`env_dir`); nil: none.
  package var environmentDirectory: String?
  /// So long a stop of everything takes at most (`stop_timeout`); nil: as long as its parts.
  package var stopTimeout: Interval?
  /// Between the order to end and the first stop signal (`pre_stop_delay`).
  package var preStopDelay = Interval.zero
  /// What the end of everything means (`on_idle`).
  package var onIdle = IdleAction.stay
  /// Signals that are passed on (`forward_signals`).
  package var forwardedSignals = ForwardedSignals()
  /// The one program of `circusd run`; nil: the daemon runs what its file says.
  package var foreground: Foreground?
  /// Whether what runs is to outlive the daemon.
  package var keepsState = true
  /// Least severe level logged, as written (circus `loglevel`); nil means `info`.
  package var logLevel: String?
  /// Log file or syslog URL (circus `logoutput`); nil or `-`: standard error (circus.md 10.7).
  package var logOutput: String?
  /// supervisord's log and pid file; nil under circusd.
  package var mainLog: MainLog?
  /// circus's `loggerconfig`: a Python file that is not read, only warned about; nil: none.
  package var loggerConfig: String?
  /// Where AUTO log files go (`[supervisord] childlogdir`).
  package var childLogDirectory = "/tmp"
  /// supervisor's `identifier`: names this daemon in the names of AUTO logs.
  package var identifier = "supervisor"

  package init() {}
}

/// How a program is run in the foreground (`circusd run`).
package struct Foreground: Hashable, Sendable {
  /// The name of its watcher.
  package var name: String
  /// It is stopped with the signal that the daemon is stopped with.
  package var takesStopSignal = true
  /// Its end by the stop signal is a success.
  package var isStopSuccess = false

  package init(name: String) { self.name = name }
}

/// What a configuration file asks for, whichever dialect it was written in.
package struct Configuration: Hashable, Sendable {
  /// A watcher, socket or plugin of the file that cannot be had.
  package struct Loss: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Where it is, why, and how to mend it.
    package var text: String

    package init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// What cannot be had. A daemon begins without it; one that runs keeps what it has rather than lose a part of it.
  package var losses: [Loss] = []
  /// What concerns the daemon as a whole.
  package var settings = DaemonSettings()
  /// The watchers that could be read, in the order they are listed.
  package var watchers: [WatcherSpec] = []
  /// The listening sockets, bound before any watcher starts (circus.md 8).
  package var sockets: [SocketSpec] = []
  /// Whether a part of the file, or all of it, is written for circus.
  package var hasCircusPart = false
  /// What `[supervisord]` says about the daemon itself; nil in a pure circus file.
  package var supervisord: [String: ConfigValue]?
  /// Files that `[include]` brought in, in the order they were read.
  package var included: [String] = []
  /// The daemon's own environment, from which `copy_env` and substitutions read.
  package var environment: [String: String] = [:]

  package init() {}
}
