import CircusModel

/// Everything the shell needs to start one process; only look-ups on the machine are left to do.
package final class LaunchPlan: Sendable {
  /// What the process finds on descriptor 0.
  package enum Input: Hashable, Sendable {
    case null
    case inherit
    /// A pipe whose other end the daemon holds open.
    case pipe
    case socket(String)
    /// One that all processes of the program share (supervisor's fcgi programs).
    case shared(SharedSocketSpec)
  }

  /// Whose process it is.
  package let watcherName: String
  /// Its number in the watcher: circus's wid, supervisor's process_num.
  package let number: Int
  /// A name of its own: supervisor's process name, or `watcher-wid`.
  package let processName: String
  /// supervisor's group; the watcher's name in circus.
  package let groupName: String
  /// Its stdin and stdout speak supervisor's event listener protocol.
  package let isListener: Bool
  /// Never empty.
  package let arguments: [String]
  /// The whole environment.
  package let environment: [String: String]
  /// Working directory; empty leaves the daemon's.
  package let directory: String
  /// User name or number; nil leaves the daemon's.
  package let user: String?
  /// Group name or number; nil takes the user's.
  package let group: String?
  /// File mode mask; nil leaves the daemon's.
  package let umask: Int?
  /// Resource limits, soft and hard alike.
  package let limits: [ResourceLimit]
  /// What descriptor 0 is.
  package let input: Input
  /// Where descriptor 1 leads.
  package let stdout: StreamSpec
  /// Where descriptor 2 leads.
  package let stderr: StreamSpec
  /// What happens to output that cannot be written now; nil: it depends on where it goes.
  package let stdoutOnFull: FullPolicy?
  /// The same of descriptor 2.
  package let stderrOnFull: FullPolicy?
  /// Listening sockets that stay open at their numbers; nil: none (circus `use_sockets`).
  package let sockets: SocketUse?
  /// circus: a new session; supervisor: only a new process group.
  package let startsSession: Bool
  /// It has the daemon's terminal as its foreground process group, and so no session of its own.
  package let takesTerminal: Bool
  /// Whether the kernel kills it when the daemon dies.
  package let diesWithDaemon: Bool
  /// Which of its descendants are ended with it.
  package let descendants: DescendantPolicy
  /// How it says that its start is complete.
  package let readiness: Readiness
  /// Whose messages on its `NOTIFY_SOCKET` count.
  package let notifyAccess: NotifyAccess
  /// How often it must say there that it lives; zero: never.
  package let watchdog: Interval
  /// What stands before its lines where others print, too; nil: nothing.
  package let linePrefix: String?

  package init(
    watcherName: String, number: Int, processName: String, groupName: String,
    isListener: Bool = false,
    arguments: [String], environment: [String: String],
    directory: String, user: String?, group: String?, umask: Int?, limits: [ResourceLimit],
    input: Input, stdout: StreamSpec, stderr: StreamSpec,
    stdoutOnFull: FullPolicy? = nil, stderrOnFull: FullPolicy? = nil, sockets: SocketUse?,
    startsSession: Bool, takesTerminal: Bool = false,
    diesWithDaemon: Bool = false, descendants: DescendantPolicy,
    readiness: Readiness = .started, notifyAccess: NotifyAccess = .tree,
    watchdog: Interval = .zero, linePrefix: String? = nil
  ) {
    self.watcherName = watcherName
    self.number = number
    self.processName = processName
    self.groupName = groupName
    self.isListener = isListener
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.user = user
    self.group = group
    self.umask = umask
    self.limits = limits
    self.input = input
    self.stdout = stdout
    self.stderr = stderr
    self.stdoutOnFull = stdoutOnFull
    self.stderrOnFull = stderrOnFull
    self.sockets = sockets
    self.startsSession = startsSession
    self.takesTerminal = takesTerminal
    self.diesWithDaemon = diesWithDaemon
    self.descendants = descendants
    self.readiness = readiness
    self.notifyAccess = notifyAccess
    self.watchdog = watchdog
    self.linePrefix = linePrefix
  }
}

extension LaunchPlan {
  /// On what it says how it is doing.
  package enum Channel: Hashable, Sendable {
    case none
    /// A socket, `NOTIFY_SOCKET`.
    case socket
    /// A pipe whose write end has this number in the process; nil: any.
    case pipe(at: Int?)
  }

  package var channel: Channel {
    switch readiness {
    case .notify: .socket
    case .descriptor(let number): .pipe(at: number)
    case .pipe: .pipe(at: nil)
    case .started, .seconds, .log, .probe, .check: watchdog > .zero ? .socket : .none
    }
  }

  /// Whether the process is the first of a session.
  package var ownsSession: Bool { startsSession && !takesTerminal }
}
