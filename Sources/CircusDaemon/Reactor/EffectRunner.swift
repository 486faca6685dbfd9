import CircusCore
import CircusLog
import CircusModel
import CircusWire
import LinuxSystem

/// The only place where effects become system calls. Answers go back as events.
final class EffectRunner {
  /// What the runner cannot do by itself; the daemon does.
  struct Outlets {
    var publish: (EventMessage) -> Void
    var reply: (Ticket, Reply) -> Void
    var supervised: (Ticket, SupervisorAnswer) -> Void
    var announce: (SupervisorEvent) -> Void
    var readLogs: (LogQuery, @escaping (Reply) -> Void) -> Void
    var load: (LoadPurpose) -> Void
    var awaitSockets: (Set<String>) -> Void
    var applySettings: (DaemonSettings) -> Void
    var finish: (Int32) -> Void
  }

  private let launcher: Launcher
  private let signaler: Signaler
  private let lineage: Lineage
  private let streams: Streams
  private let sockets: ListeningSockets
  private let measurer: Measurer
  private let helpers: Helpers
  private let hookRunner: HookRunner
  private let log: Logger
  private let outlets: Outlets

  /// Our children that the arbiter knows.
  private(set) var managed: Set<PID> = []
  /// Spawns not done yet: a thousand of them must not keep a `status` waiting.
  private var spawns: [(ProcessID, LaunchPlan)] = []
  private var nextSpawn = 0
  private var sweeps: [(WatcherID, [PID])] = []
  /// Managed processes whose descendants were noted because they are being stopped.
  private var stopping: Set<PID> = []
  /// Managed processes that died by themselves in this turn; what they left behind is looked for at
  /// its end.
  private var deadLeaders: [PID] = []
  /// Events that came of effects, in order.
  private(set) var events: [Event] = []

  /// How long spawning may take in one turn, in nanoseconds.
  private static let spawnBudget: Int64 = 5_000_000

  init(
    launcher: Launcher, lineage: Lineage, streams: Streams, sockets: ListeningSockets,
    measurer: Measurer, helpers: Helpers, hookRunner: HookRunner, log: Logger, outlets: Outlets
  ) {
    self.launcher = launcher
    self.lineage = lineage
    self.streams = streams
    self.sockets = sockets
    self.measurer = measurer
    self.helpers = helpers
    self.hookRunner = hookRunner
    self.log = log
    self.outlets = outlets
    signaler = Signaler(lineage: lineage, log: log)
  }

  /// The pipe to a process's stdin; nil where it has none.
  func input(of pid: PID) -> StandardInput? { launcher.inputs[pid] }

  func takeEvents() -> [Event] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  func run(_ effect: Effect) {
    switch effect {
    case .spawn(let process, let plan): spawns.append((process, plan))
    case .adopt: break
    case .signal(let pid, let signal, let scope):
      if managed.contains(pid) { signaler.send(signal, to: pid, scope) }
    case .signalChild(let pid, let child, let signal, let ticket):
      let isChild = signaler.send(signal, toChild: child, of: pid)
      let missing = RequestError.refused("process no longer exists (pid=\(child))")
      if let ticket { outlets.reply(ticket, isChild ? .plain : .error(missing)) }
    case .noteDescendants(let pid):
      lineage.note(pid)
      stopping.insert(pid)
    case .sweep(let watcher, let leaders): sweeps.append((watcher, leaders))
    case .signalRemains(let pids, let signal):
      for pid in pids where lineage.isStillThere(pid) { signaler.send(signal, pid) }
    case .publish(let event): outlets.publish(event)
    case .reply(let ticket, let reply): outlets.reply(ticket, reply)
    case .supervised(let ticket, let answer): outlets.supervised(ticket, answer)
    case .announce(let event): outlets.announce(event)
    case .measure(let ticket, let measurement, let call):
      measurer.answer(measurement, extending: call, hookRunner) { [outlets] reply in
        outlets.reply(ticket, reply)
      }
    case .callHook(let call):
      hookRunner.call(call) { [unowned self] outcome, _ in
        events.append(.hookAnswered(call.watcher, token: call.token, outcome))
      }
    case .abandonHook(let call): hookRunner.abandon(call)
    case .forgetHooks(let watcher): hookRunner.forget(watcher)
    case .closeStreams(let watcher, let forever): streams.close(watcher, forever: forever)
    case .retargetStreams(let watcher, let stdout, let stderr, let path):
      streams.retarget(watcher, stdout: stdout, stderr: stderr, pythonPath: path)
    case .reopenLogs:
      log.reopen()
      streams.reopenAll()
    case .readLogs(let ticket, let query):
      outlets.readLogs(query) { [outlets] reply in outlets.reply(ticket, reply) }
    case .loadConfiguration(let purpose): outlets.load(purpose)
    case .applySockets(let specs): apply(specs)
    case .awaitSockets(let names): outlets.awaitSockets(names)
    case .applySettings(let settings): outlets.applySettings(settings)
    case .log(let level, let text): log.log(level, text)
    case .finish(let status): outlets.finish(status)
    }
  }

  private func apply(_ specs: [SocketSpec]) {
    var isComplete = true
    do {
      try sockets.apply(specs)
    } catch {
      log.error("\(error.text); tried again at the next reloadconfig")
      isComplete = false
    }
    events.append(.socketsChanged(sockets.info, isComplete: isComplete))
  }

  // MARK: what is done at the end of a turn

  /// Spawns within the budget and sweeps; true when spawns are left for the next turn.
  func finishTurn() -> Bool {
    let end = Clock.monotonic + Self.spawnBudget
    while nextSpawn < spawns.count {
      let (process, plan) = spawns[nextSpawn]
      nextSpawn += 1
      spawn(process, plan)
      if Clock.monotonic >= end { break }
    }
    if nextSpawn == spawns.count {
      spawns.removeAll()
      nextSpawn = 0
    }
    sweep()
    return !spawns.isEmpty
  }

  private func spawn(_ process: ProcessID, _ plan: LaunchPlan) {
    do {
      let pid = try launcher.launch(process, plan)
      managed.insert(pid)
      lineage.began(pid, ownsDescendants: plan.ownsDescendants)
      events.append(.spawned(process, pid))
    } catch {
      events.append(.spawnFailed(process, error))
    }
  }

  /// One look at our children serves all watchers that ask in this turn.
  private func sweep() {
    guard !sweeps.isEmpty || !deadLeaders.isEmpty else { return }
    let orphans = lineage.orphans { managed.contains($0) || helpers.owns($0) }
    lineage.attribute(orphans, to: deadLeaders, living: managed)
    deadLeaders.removeAll(keepingCapacity: true)
    for (watcher, leaders) in sweeps {
      events.append(.swept(watcher, remains: lineage.remains(of: leaders, among: orphans)))
    }
    sweeps.removeAll(keepingCapacity: true)
  }

  // MARK: deaths

  /// Collects every dead child; its last words are read before its death is told.
  func reap() {
    while let child = Reaper.next() {
      let pid = PID(child.pid)
      let status: ExitStatus =
        switch child.ending {
        case .exited(let code): .exited(code)
        case .signaled(let signal, let dumped):
          .signaled(Signal(signal), dumpedCore: dumped)
        }
      if helpers.exited(pid, status) { continue }
      if managed.remove(pid) != nil {
        if stopping.remove(pid) == nil { deadLeaders.append(pid) }
        streams.drain(pid)
        launcher.forget(pid)
      }
      events.append(.exited(pid, status))
    }
  }

  /// The daemon ends: nothing that descends from it may stay, save what was meant to.
  func endOrphans() {
    for orphan in lineage.orphans(except: { managed.contains($0) || helpers.owns($0) })
    where !lineage.isSpared(orphan) {
      log.warning("left over, killed: \(orphan.pid) (\(orphan.name))")
      signaler.send(.kill, PID(orphan.pid))
    }
  }
}
