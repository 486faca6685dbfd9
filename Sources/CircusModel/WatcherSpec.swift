/// Everything one watcher is told: the common ground of a circus `[watcher:x]` and a supervisor
/// `[program:x]`.
package struct WatcherSpec: Hashable, Sendable {
  /// Which system's habits apply.
  package enum Dialect: Hashable, Sendable { case circus, supervisor }

  /// `args` as text (split like a shell) or, over the protocol, as a list used as it is.
  package enum Arguments: Hashable, Sendable {
    case text(String)
    case list([String])
  }

  package var name: String
  package var dialect: Dialect = .circus
  /// supervisor's group; the watcher's own name in circus.
  package var group: String
  package var groupPriority = 999
  package var command = ""
  package var arguments = Arguments.text("")
  package var processCount = 1
  package var warmup = Interval.zero
  /// Empty: the daemon's own directory.
  package var directory = ""
  package var shell = false
  package var shellArguments: String?
  /// Name or number as written; resolved at each spawn.
  package var user: String?
  package var userGroup: String?
  package var umask: Int?
  /// The whole environment of a circus process, or what a supervisor program adds.
  package var environment: [String: String] = [:]
  package var limits: [ResourceLimit] = []
  package var stdout = StreamSpec.inherit
  package var stderr = StreamSpec.inherit
  package var closesStdin = true
  package var stdinSocket: String?
  package var usesSockets = false
  package var onDemand = false
  package var singleton = false
  package var copiesEnvironment = false
  /// A Python virtualenv put in front of PATH and PYTHONPATH.
  package var virtualenv: String?
  /// `X.Y` of its library directory; nil: the one that is there.
  package var virtualenvPython: String?
  package var stop = StopPlan()
  package var sendsHangup = false
  package var restart = RestartPolicy.always
  /// Spawn attempts before the watcher is stopped; -1 for ever.
  package var maxRetry = 5
  package var maxAge = 0
  package var maxAgeVariance = 30
  package var autostart = true
  package var priority = 0
  /// supervisor `startsecs`: alive this long means RUNNING. Zero in circus.
  package var startSeconds = Interval.zero
  /// supervisor `startretries`.
  package var startRetries = 3
  /// Hook name to (callable, ignore failure); run by a later part of the system.
  package var hooks: [String: Hook] = [:]
  /// Options of no meaning to the daemon, listed by `options` for plugins, sorted by name.
  package var freeform: [String: ConfigValue] = [:]
  package var program: ProgramTemplate?
  /// supervisor's `SUPERVISOR_SERVER_URL`; nil: not set.
  package var serverURL: String?
  /// A definition that could be read but not run, and why; refused at every start.
  package var unsupported: String?
  /// The raw definition, to tell what a reload changed.
  package var definition: [String: ConfigValue] = [:]

  package struct Hook: Hashable, Sendable {
    package var callable: String
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

  /// The form used in event topics: lower case, blanks as `_` (circus.md 4.1).
  package var topicName: String {
    String(name.lowercased().map { $0 == " " ? "_" : $0 })
  }
}
