/// The definition of one watcher: the common ground of a circus `[watcher:x]` and a supervisor
/// `[program:x]`.
package struct WatcherSpec: Hashable, Sendable {
  /// Which system's habits apply.
  package enum Dialect: Hashable, Sendable { case circus, supervisor }

  /// `args` as text (split like a shell) or, over the protocol, as a list used as it is.
  package enum Arguments: Hashable, Sendable {
    case text(String)
    case list([String])
  }

  /// The name as written; commands find it in any letter case (circus.md 1.6).
  package var name: String
  /// The system the definition came from.
  package var dialect: Dialect = .circus
  /// supervisor's group; the watcher's own name in circus.
  package var group: String
  /// supervisor's group `priority`, 999 by default: smaller starts first (supervisor.md 2.11).
  package var groupPriority = 999
  /// Command line, split like a shell would (circus `cmd`, supervisor `command`).
  package var command = ""
  /// Words after those of the command (circus `args`); none in supervisor.
  package var arguments = Arguments.text("")
  /// Processes wanted, 1 by default (circus `numprocesses`, supervisor `numprocs`).
  package var processCount = 1
  /// Pause after each spawn, none by default (circus `warmup_delay`).
  package var warmup = Interval.zero
  /// Empty: the daemon's own directory.
  package var directory = ""
  /// Run through `/bin/sh -c`, off by default (circus `shell`).
  package var shell = false
  /// Words after the command string of `sh -c`; nil: none (circus `shell_args`).
  package var shellArguments: String?
  /// Name or number as written; resolved at each spawn.
  package var user: String?
  /// Name or number as written (circus `gid`); nil: the user's primary group.
  package var userGroup: String?
  /// File mode mask of the processes, octal in the file; nil: the daemon's own.
  package var umask: Int?
  /// The whole environment of a circus process, or what a supervisor program adds.
  package var environment: [String: String] = [:]
  /// Resource limits set in each process (circus `rlimit_NAME`).
  package var limits: [ResourceLimit] = []
  /// Where standard output goes; the daemon's own by default (circus.md 6.1).
  package var stdout = StreamSpec.inherit
  /// Where standard error goes; the daemon's own by default (circus.md 6.1).
  package var stderr = StreamSpec.inherit
  /// What happens to output that cannot be written now; nil: dropped where it goes to a file, waited for
  /// where it goes to a pipe or terminal.
  package var stdoutOnFull: FullPolicy?
  /// The same of standard error.
  package var stderrOnFull: FullPolicy?
  /// Lines have the process's name before them where they go to an output of several (`output_prefix`).
  package var prefixesOutput = false
  /// Standard input is `/dev/null`, as by default (circus `close_child_stdin`).
  package var closesStdin = true
  /// Lower-case name of the socket on descriptor 0; nil: none (circus `stdin_socket`).
  package var stdinSocket: String?
  /// The daemon's sockets stay open in the processes, off by default (circus `use_sockets`).
  package var usesSockets = false
  /// Whether processes with sockets are named them by `LISTEN_FDS` (`listen_fds`).
  package var listenFDs = SocketActivation.auto
  /// Meant to start at the first connection, off by default (circus.md 2.10).
  package var onDemand = false
  /// At most one process at any time, off by default (circus `singleton`).
  package var singleton = false
  /// The daemon's environment is the base: always in supervisor, off in circus (`copy_env`).
  package var copiesEnvironment = false
  /// A Python virtualenv put in front of PATH and PYTHONPATH.
  package var virtualenv: String?
  /// `X.Y` of its library directory; nil: the one that is there.
  package var virtualenvPython: String?
  /// How its processes are brought down.
  package var stop = StopPlan()
  /// What becomes of its processes when the daemon dies, as opposed to being ended.
  package var daemonExit = DaemonExit.keep
  /// Graceful reload is a SIGHUP to each process, off by default (circus `send_hup`).
  package var sendsHangup = false
  /// Such a reload is over when each process says so on its `NOTIFY_SOCKET`, off by default (`reload_notify`).
  package var confirmsReload = false
  /// Words of the command that are taken as they are, instead of `command` and `arguments` (`circusd run`); nil: none.
  package var words: [String]?
  /// It has the daemon's terminal, where there is one, and no session of its own (`circusd run`).
  package var takesTerminal = false
  /// Whether the daemon ends with it (`essential`).
  package var essential = Essential.no
  /// Whose messages on its `NOTIFY_SOCKET` count (`notify_access`).
  package var notifyAccess = NotifyAccess.tree
  /// What happens when a process ends by itself (circus `respawn`, supervisor `autorestart`).
  package var restart = RestartPolicy.always
  /// Exit statuses that count as expected, 0 alone by default (supervisor `exitcodes`).
  package var exitCodes = [0]
  /// What follows from certain exit statuses, whatever `restart` says (`on_exit.75 = stop`).
  package var exitActions = ExitActions()
  /// Spawn attempts before the watcher is stopped; -1 for ever.
  package var maxRetry = 5
  /// Seconds after which a process is replaced; 0: never (circus `max_age`).
  package var maxAge = 0
  /// Most seconds added at random to `max_age`, 30 by default (circus `max_age_variance`).
  package var maxAgeVariance = 30
  /// Part of a bulk start, as by default (circus and supervisor `autostart`).
  package var autostart = true
  /// circus `priority`, 0 by default: larger starts first and stops last.
  package var priority = 0
  /// supervisor `startsecs`: alive this long means RUNNING. Zero in circus.
  package var startSeconds = Interval.zero
  /// supervisor `startretries`.
  package var startRetries = 3
  /// Whether its processes run to their end, once for each start (`type = oneshot`).
  package var isOneshot: Bool {
    get { runsOnce || schedule.isSet }
    set { runsOnce = newValue }
  }
  private var runsOnce = false
  /// When it is started by itself, again and again.
  package var schedule = ScheduleSpec()
  /// How long a process of a oneshot may run; zero: any time (`run_timeout`).
  package var runTimeout = Interval.zero
  /// Entries of `depends_on` as they are written; what they mean depends on which watchers there are.
  package var dependsOn: [String] = []
  /// Started once, at the daemon's start, after others have been in certain states; nil: it is not (`dependent_startup`).
  package var dependentStart: DependentStart?
  /// What the loss of a dependency means for it, where the edge does not say (`on_dependency`).
  package var onDependency = Dependency.Reaction.ignore
  /// How a process says that its start is complete (`ready`).
  package var ready = Readiness.started
  /// In which time it has to say so; zero: any (`ready_timeout`).
  package var readyTimeout = Interval.seconds(90)
  /// How long it waits before a process that has failed is started again.
  package var backoff = BackoffPlan()
  /// How often each process must say that it lives (`watchdog`); zero: never.
  package var watchdog = Interval.zero
  /// The signal for one that does not (`watchdog_signal`).
  package var watchdogSignal = Signal.abort
  /// How its processes are replaced in a reload.
  package var pace = RolloutPace()
  /// What its processes are asked while they run.
  package var probes = Probes()
  /// How many processes must be ready (`min_ready`); nil: all to become ready, one to stay so.
  package var minReady: ReadyFloor?
  /// What is called at which point, by circus's names (circus.md 7).
  package var hooks: [String: Hook] = [:]
  /// How long a hook may take before it counts as failed (`hooks.timeout`).
  package var hookTimeout = Interval.seconds(30)
  /// Options of no meaning to the daemon, listed by `options` for plugins, sorted by name.
  package var freeform: [String: ConfigValue] = [:]
  /// What differs from process to process in a supervisor program; nil in circus.
  package var program: ProgramTemplate?
  /// circus `[plugin:x]`.
  package var isPlugin = false
  /// supervisor `[eventlistener:x]`: what its processes listen to; nil for any other program.
  package var listener: ListenerSpec?
  /// supervisor `[fcgi-program:x]`: the socket its processes share; nil for any other program.
  package var sharedSocket: SharedSocketSpec?
  /// supervisor's `SUPERVISOR_SERVER_URL`; nil: not set.
  package var serverURL: String?
  /// A definition that could be read but not run, and why; refused at every start.
  package var unsupported: String?
  /// The raw definition, to tell what a reload changed.
  package var definition: [String: ConfigValue] = [:]

  /// What is called at one point of a watcher's life (circus.md 7).
  package struct Hook: Hashable, Sendable {
    /// Python name of what is called, `module.function`, or `exec:` and a command line.
    package var callable: String
    /// Whether an exception counts as consent (the `,true` after the name).
    package var ignoresFailure: Bool

    package init(callable: String, ignoresFailure: Bool) {
      self.callable = callable
      self.ignoresFailure = ignoresFailure
    }
  }

  package init(name: String) {
    self.name = name
    group = name
  }

  /// Whether a process that ended like this did what it should; a death by signal never does
  /// (supervisor.md 1.6 `exitcodes`).
  package func expects(_ status: ExitStatus) -> Bool {
    guard case .exited(let code) = status else { return false }
    return exitCodes.contains(Int(code))
  }

  /// The entries of a `depends_on`, without the blanks around them.
  package static func dependencies(in text: String) -> [String] {
    text.split(whereSeparator: { $0 == "," || $0.isNewline }).map(PythonText.strip).filter {
      !$0.isEmpty
    }
  }

  /// The form used in event topics: lower case, blanks as `_` (circus.md 4.1).
  package var topicName: String { TopicName.of(name) }
}

extension WatcherSpec {
  /// Whether its processes come to an end without an order, so that others may wait for it.
  package var mayEnd: Bool { isOneshot || restart != .always || exitActions.stops }
}
