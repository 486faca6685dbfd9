import CircusConfig
import CircusModel
import CircusWire

/// Everything that can happen to the arbiter.
package enum Event: Sendable {
  /// The daemon is ready: start what starts by itself.
  case boot
  /// Instead of `boot`: take up where another daemon left off, whose processes live save the dead.
  case resume(SavedState, Predecessor)
  /// A command; without a ticket there is no answer (a cast).
  case request(Request, Ticket?)
  /// An order of a supervisor client; always answered.
  case supervise(SupervisorOrder, Ticket)
  /// More or fewer processes of one watcher.
  case scale(WatcherID, by: Int)
  /// A signal for one process, which hooks may refuse as they may a `signal` command.
  case signalProcess(ProcessKey, Signal)
  case spawned(ProcessID, PID)
  case spawnFailed(ProcessID, SpawnFailure)
  /// A process has named another one of its own that lives, from now on its main one.
  case named(ProcessID, PID)
  /// A process has told something of itself.
  case told(ProcessID, Notification)
  /// What a process was to say on that it is ready is closed.
  case channelClosed(ProcessID)
  /// The answer to `.hearOut`.
  case heardOut(ProcessID)
  /// The answer to `.probe`, by the number of the question.
  case probed(ProcessID, token: Int, ProbeAnswer)
  /// A process that was taken over may have said something while nobody listened.
  case unheard(ProcessID)
  /// A child is dead and collected: one of ours, or an orphan we adopted.
  case exited(PID, ExitStatus)
  /// The answer to `.sweep`: descendants that outlived these leaders.
  case swept(WatcherID, leaders: [PID], [Orphan])
  /// The clock, or the zone it shows, was changed.
  case clockChanged
  /// Another program can take over, as soon as no client waits for an answer.
  case successorReady
  /// The armed deadline has passed.
  case deadline
  case signal(Signal)
  /// The answer to `.loadConfiguration`.
  case configurationLoaded(Result<Configuration, LoadFailure>, LoadPurpose)
  /// Which listening sockets are open now, and whether these are all that were asked for.
  case socketsChanged([SocketInfo], isComplete: Bool)
  /// The answer to `.callHook`.
  case hookAnswered(WatcherID, token: Int, HookOutcome)
  /// Output of a watcher could not be written and was dropped, so many bytes since the last time.
  case outputLost(WatcherID, stream: String, bytes: Int)
  /// Something arrived at a socket that was awaited.
  case socketReady(String)
  /// Configured endpoints with a wildcard port, and the name they really have.
  case endpointsBound([String: String])
}

/// What became of the daemon whose state is taken up.
package enum Predecessor: Hashable, Sendable {
  /// Its processes were left to themselves; these have ended meanwhile.
  case left(dead: Set<PID>)
  /// It was this very process, which runs another program now.
  case replaced
  /// It had stopped everything, or the machine was started anew: only what was wanted counts.
  case stopped
}

/// Why a configuration could not be loaded; every problem, one a line.
package struct LoadFailure: Error, Hashable, Sendable {
  /// What the operator reads.
  package var text: String
  package init(text: String) { self.text = text }
}

/// What a loaded configuration is for.
package enum LoadPurpose: Hashable, Sendable {
  case reload(Ticket?)
  /// Everything is stopped: start from what the file says.
  case restart
  /// Only whether a restart would find a usable file; supervisor's clients wait for that.
  case restartCheck(Ticket?)
  /// What a supervisor client calls reread.
  case reread(Ticket)
}

/// An open listening socket, as `listsockets` tells it.
package struct SocketInfo: Hashable, Sendable {
  /// The socket's name, in lower case.
  package var name: String
  /// Its number, the same in daemon and children.
  package var descriptor: Int
  /// Connections the kernel queues.
  package var backlog: Int
  /// The host as configured; empty for a unix socket.
  package var host: String
  /// The real port, also where 0 was configured.
  package var port: Int
  /// The file of a unix socket.
  package var path: String?

  /// `host:port`, or the path.
  package var address: String { path ?? "\(host):\(port)" }

  package init(
    name: String, descriptor: Int, backlog: Int, host: String, port: Int, path: String?
  ) {
    self.name = name
    self.descriptor = descriptor
    self.backlog = backlog
    self.host = host
    self.port = port
    self.path = path
  }
}
