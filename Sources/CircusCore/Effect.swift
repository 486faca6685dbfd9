import CircusConfig
import CircusModel
import CircusWire
import JSON

/// Everything the arbiter can ask the shell to do. Order is the order in the array.
package enum Effect: Sendable {
  /// Start a process; answered by `.spawned` or `.spawnFailed`.
  case spawn(ProcessID, LaunchPlan)
  /// Take over a process that another daemon started; answered by `.exited` if it is gone. Without
  /// a plan it is not known where its output belongs.
  case adopt(ProcessID, PID, LaunchPlan?)
  /// The same process was named by others of its life, whose end is waited for.
  case adoptFormers(Leaders)
  /// A process that another daemon started has ended; know what it left behind: descendants, and output
  /// that one of them may still add to. Its `.exited` is not waited for.
  case adoptRemains(ProcessID, PID, LaunchPlan?)
  /// These are dead, and what they left behind was being ended by another daemon: `.sweep` follows.
  case adoptLeftovers(of: [PID])
  /// Send a signal to one of our own, unreaped children.
  case signal(PID, Signal, SignalScope)
  /// Send a signal to one child of a managed process; the ticket hears whether it exists.
  case signalChild(of: PID, child: PID, Signal, Ticket?)
  /// Remember the descendants of a process that is about to be stopped.
  case noteDescendants(PID)
  /// Find what outlived these leaders, which are dead; answered by `.swept`.
  case sweep(WatcherID, [StoppedLeader])
  /// Signal processes that outlived their leader.
  case signalOrphans([PID], Signal)
  /// Read what a process has sent on its `NOTIFY_SOCKET`; answered by what it says, then by `.heardOut`.
  case hearOut(ProcessID, PID)
  /// Ask a process how it is; answered by `.probed`.
  case probe(ProbeQuestion)
  /// The answers to these questions are not awaited any more.
  case abandonProbes([Int])
  /// Run a command beside the processes; its end concerns nothing.
  case runCommand(LaunchPlan)
  case publish(EventMessage)
  /// Call a hook; answered by `.hookAnswered`.
  case callHook(HookCall)
  /// The answer to this call is not awaited any more.
  case abandonHook(HookCall)
  /// The watcher's hooks are others now, or it is gone: let go of what runs them.
  case forgetHooks(WatcherID)
  case reply(Ticket, Reply)
  /// The answer to `.supervise`.
  case supervised(Ticket, SupervisorAnswer)
  /// Something listeners of supervisor's events may want to hear.
  case announce(SupervisorEvent)
  /// Measure processes and reply.
  /// `extending` adds its figures to each process.
  case measure(Ticket, Measurement, extending: HookCall?)
  /// The watcher's streams are not needed any more (a full stop).
  /// `forever`: the watcher is gone, and with it what was kept of its output.
  case closeStreams(WatcherID, forever: Bool)
  /// The watcher's streams changed while it runs.
  case retargetStreams(
    WatcherID, stdout: StreamSpec, stderr: StreamSpec, pythonPath: String?)
  case reopenLogs
  /// Look up what watchers printed and reply.
  case readLogs(Ticket, LogQuery)
  case loadConfiguration(LoadPurpose)
  /// Open, close and replace sockets so that exactly these are open.
  case applySockets([SocketSpec])
  /// Watch exactly these sockets; the first thing to arrive at one becomes `.socketReady`.
  case awaitSockets(Set<String>)
  /// Write a file of the configuration, in one step; without a path the one that is configured.
  case saveChanges(SavedChanges, to: String?, Ticket?)
  /// Put this program, or the same one anew, in the daemon's place; the ticket hears whether it is
  /// able to.
  case upgrade(String?, Ticket?)
  /// Endpoints, log level and the like changed.
  case applySettings(DaemonSettings)
  /// A line of the log, in these words.
  case tell(Notice, Wording)
  /// Everything is stopped: end.
  case finish(Conclusion)
}

extension Effect {
  /// Whether it sends a signal to a process of a watcher.
  package var isSignal: Bool { if case .signal = self { true } else { false } }
}

/// What `stats` and `dstats` ask to be measured.
package enum Measurement: Hashable, Sendable {
  /// One process to be measured.
  package struct Subject: Hashable, Sendable {
    /// Whose figures are wanted.
    package var pid: PID
    /// Its wid or process_num, reported as `wid`.
    package var number: Int
    /// Wall time of its start.
    package var started: Double
    /// Whether it is ready and its readiness probe passes; nil: it has none.
    package var isHealthy: Bool?
  }
  case daemon
  case watchers([Named])
  case watcher(Named)
  case process(Subject)

  /// The processes of one watcher.
  package struct Named: Hashable, Sendable {
    /// The watcher's name as it was written.
    package var name: String
    /// Its live processes, oldest first.
    package var subjects: [Subject]
    /// Bytes of its output that were dropped.
    package var lostBytes = 0
  }
}
