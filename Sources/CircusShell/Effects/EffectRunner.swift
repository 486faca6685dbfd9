import CircusConfig
import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusSurvival
import CircusWire
import EventLoop
import Glibc
import LinuxSystem

/// The only place where effects become system calls. Answers go back as events.
package final class EffectRunner {
  let launcher: Launcher
  private let signaler: Signaler
  /// Which processes descend from which leader.
  package let kinship: any Kinship
  let proc: ProcFS
  let streams: Streams
  private let sockets: ListeningSockets
  private let missing: MissingSockets
  let loop: EventLoop
  private let measurer: Measurer
  private let helpers: Helpers
  private let hookRunner: HookRunner
  package let prober: Prober
  private let log: Logger
  private unowned let outlets: any EffectOutlets

  /// The processes that are managed now.
  package let processes = ProcessTable()
  let adopted: AdoptedProcesses
  /// How to take over what an earlier daemon left.
  package var inheritance: (PID) -> Inheritance? = { _ in nil }
  /// Likewise, of a process that has ended.
  package var remains: (PID) -> Inheritance? = { _ in nil }
  /// Spawns not done yet: a thousand of them must not keep a `status` waiting.
  private var spawns: [(ProcessID, LaunchPlan)] = []
  private var nextSpawn = 0
  private var sweeps: [WatcherID: [StoppedLeader]] = [:]
  /// Managed processes that died by themselves in this turn; what they left behind is looked for at
  /// its end.
  private var deadLeaders: [PID] = []
  /// What those of them printed to that another daemon had started.
  private var pipesOfDead: [PID: [UInt64]] = [:]
  /// Events that came of effects, in order.
  var events: [Event] = []

  /// How long spawning may take in one turn, and collecting the dead: nanoseconds.
  private static let budget: Int64 = 5_000_000

  /// Installs its callbacks in `sockets`, `helpers` and `adopted`. `outlets` is not retained.
  package init(
    loop: EventLoop, launcher: Launcher, kinship: any Kinship, proc: ProcFS, streams: Streams,
    sockets: ListeningSockets, measurer: Measurer, helpers: Helpers, hookRunner: HookRunner,
    adopted: AdoptedProcesses,
    log: Logger, outlets: any EffectOutlets
  ) {
    self.adopted = adopted
    self.launcher = launcher
    self.kinship = kinship
    self.proc = proc
    self.streams = streams
    self.sockets = sockets
    self.loop = loop
    missing = MissingSockets(loop: loop, log: log)
    self.measurer = measurer
    self.helpers = helpers
    self.hookRunner = hookRunner
    self.log = log
    self.outlets = outlets
    prober = Prober(loop: loop, launcher: launcher, kinship: kinship, helpers: helpers)
    signaler = Signaler(kinship: kinship, log: log, adopted: adopted)
    sockets.areHeld = { [processes] in processes.hasSocketHolders }
    helpers.onStart = { pid in
      kinship.began(pid, .session, ownsSession: true, input: nil)
    }
    adopted.onExit = { [unowned self] pid, status in ended(pid, status) }
    adopted.isOwnChild = kinship.isOwnChild
  }

  /// The pipe to a process's stdin; nil where it has none.
  package func input(of pid: PID) -> StandardInput? { processes.owner(of: pid)?.input }

  /// The events that effects have led to since the last call, in order.
  package func takeEvents() -> [Event] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  /// Carries out one effect. Spawns and sweeps are queued: `finishTurn` does them.
  package func run(_ effect: Effect) {
    switch effect {
    case .spawn(let process, let plan): spawns.append((process, plan))
    case .adopt(let process, let pid, let plan): adopt(process, pid, plan)
    case .adoptFormers(let leaders): adopt(leaders)
    case .adoptRemains(let process, let pid, let plan):
      guard let ends = remains(pid) else { break }
      kinship.note(ends.holders ?? [], of: pid)
      launcher.adoptRemains(process.watcher, pid, plan, ends)
    case .adoptLeftovers(let leaders): kinship.expectLeftovers(of: leaders)
    case .signal(let pid, let signal, let scope):
      if processes.owner(of: pid) != nil { signaler.send(signal, to: pid, scope) }
    case .signalChild(let pid, let child, let signal, let ticket):
      let isChild = signaler.send(signal, toChild: child, of: pid)
      let missing = RequestError.refused("process no longer exists (pid=\(child))")
      if let ticket { outlets.reply(ticket, isChild ? .plain : .error(missing)) }
    case .noteDescendants(let pid):
      let process = processes.owner(of: pid)
      for leader in process?.leaders.living ?? [pid] { kinship.note(leader) }
      process?.isStopping = true
    case .sweep(let watcher, let leaders): sweeps[watcher, default: []] += leaders
    case .signalOrphans(let pids, let signal):
      for pid in pids where kinship.isStillThere(pid) {
        // What an adopted process left is not ours to collect, so its end has to be watched for.
        if !kinship.isOwnChild(pid) { try? adopted.adopt(pid) }
        signaler.send(signal, pid)
      }
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
    case .probe(let question):
      prober.ask(question) { [unowned self] answer in
        events.append(.probed(question.process, token: question.token, answer))
        loop.hasPendingWork = true
      }
    case .hearOut(let process, let pid):
      processes.owner(of: pid)?.ready?.hear()
      events.append(.heardOut(process))
    case .abandonProbes(let tokens): prober.abandon(tokens)
    case .runCommand(let plan):
      do throws(SpawnFailure) { try prober.run(plan) } catch {
        log.error("\(plan.watcherName): cannot run the command of a rule: \(error.text)")
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
    case .applySettings(let settings): outlets.apply(settings)
    case .saveChanges(let changes, let path, let ticket):
      outlets.saveChanges(changes, to: path, ticket)
    case .upgrade(let program, let ticket): outlets.upgrade(to: program, ticket)
    case .tell(let notice, let wording):
      for line in wording.lines(for: notice) { log.log(line.level, line.text) }
    case .finish(let conclusion): outlets.finish(conclusion)
    }
  }

  private func apply(_ specs: [SocketSpec]) {
    var isComplete = true
    do {
      try sockets.apply(specs)
    } catch {
      log.error(error.text)
      isComplete = false
    }
    awaitMissing(specs)
    events.append(.socketsChanged(sockets.info, isComplete: isComplete))
  }

  /// Sockets that could not be bound are bound as soon as their addresses are free.
  package func awaitMissing(_ specs: [SocketSpec]) {
    missing.watch(sockets.missing) { [unowned self] in
      apply(specs)
      loop.hasPendingWork = true
    }
  }

  // MARK: what is done at the end of a turn

  /// Spawns within the budget and sweeps; true when spawns are left for the next turn.
  package func finishTurn() -> Bool {
    let end = Clock.monotonic + Self.budget
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
      let started = try launcher.launch(process, plan)
      let pid = started.pid
      processes.insert(started)
      kinship.began(
        pid, plan.descendants, ownsSession: plan.ownsSession, input: started.input?.inode)
      events.append(.spawned(process, pid))
      hear(started, process, plan)
    } catch {
      events.append(.spawnFailed(process, error))
    }
  }

  /// One look at our children serves all watchers that ask in this turn.
  private func sweep() {
    guard !sweeps.isEmpty || !deadLeaders.isEmpty else { return }
    let found = kinship.outlived(
      sweeps, dead: deadLeaders, pipes: pipesOfDead, living: Set(processes.all.keys),
      isManaged: isManaged)
    pipesOfDead = [:]
    deadLeaders.removeAll(keepingCapacity: true)
    for (watcher, leaders) in sweeps.sorted(by: { $0.key < $1.key }) {
      events.append(.swept(watcher, leaders: leaders.map(\.pid), found[watcher] ?? []))
    }
    sweeps.removeAll(keepingCapacity: true)
  }

  private func isManaged(_ pid: PID) -> Bool {
    processes.owner(of: pid) != nil || helpers.owns(pid) || prober.owns(pid)
  }

  // MARK: deaths

  /// Collects dead children. What each printed last is read before its death becomes an event.
  /// True when more may be dead: a thousand of them must not keep a `status` waiting.
  package func reap() -> Bool {
    let end = Clock.monotonic + Self.budget
    while let child = Reaper.next() {
      let pid = PID(child.pid)
      let status: ExitStatus =
        switch child.ending {
        case .exited(let code): .exited(code)
        case .signaled(let signal, let dumped):
          .signaled(Signal(signal), dumpedCore: dumped)
        }
      if prober.exited(pid, status) { continue }
      if helpers.exited(pid, status) {
        kinship.died(pid)
        continue
      }
      ended(pid, status)
      if Clock.monotonic >= end { return true }
    }
    return false
  }

  private func ended(_ pid: PID, _ status: ExitStatus) {
    adopted.release(pid)
    // With its last words it may hand over to another one.
    processes[pid]?.ready?.hear()
    if let (process, isOver) = processes.lose(pid) {
      kinship.died(pid)
      guard isOver else { return events.append(.exited(pid, status)) }
      if !process.isStopping {
        deadLeaders.append(pid)
        if kinship.isForeign(pid) {
          let pipes = process.outputs.pipes
          pipesOfDead[pid] = [pipes.stdout, pipes.stderr].filter { $0 != 0 }
        }
      }
      launcher.end(process)
    }
    events.append(.exited(pid, status))
  }

  // MARK: taking over

  private func adopt(_ process: ProcessID, _ pid: PID, _ plan: LaunchPlan?) {
    guard let ends = inheritance(pid) else { return events.append(.exited(pid, .unknown)) }
    // A child that is ours already (an upgrade) is collected like any other.
    let isForeign = !kinship.isOwnChild(pid)
    if isForeign {
      do throws(Errno) { try adopted.adopt(pid) } catch {
        if error.code != ESRCH { log.error("cannot watch \(pid): \(error.description)") }
        return events.append(.exited(pid, .unknown))
      }
    }
    let adopted = ManagedProcess(pid, birth: ends.birth, begun: ends.begun)
    processes.insert(adopted)
    launcher.adopt(adopted, of: process.watcher, plan, ends)
    if let plan { hearAgain(adopted, process, plan, ends) }
    kinship.resumed(
      pid, plan?.descendants ?? .session, input: adopted.input?.inode, isForeign: isForeign)
  }

  /// Output of a process that had ended before this program began.
  package func adopt(_ left: Handover.Remains, _ watcher: WatcherID, _ plan: LaunchPlan?) {
    let ends = Inheritance(left, proc: proc)
    launcher.adoptRemains(watcher, left.pid, plan, ends)
  }

  /// Nothing more is taken over.
  package func finishTakingOver() { launcher.finishTakingOver() }

  /// Whether everything that was asked for is done.
  package var isQuiet: Bool {
    spawns.isEmpty && sweeps.isEmpty && events.isEmpty && deadLeaders.isEmpty
  }

  /// What the state file tells of a process beyond what the arbiter knows.
  package func facts(of pid: PID) -> [(String, Int)] {
    guard let process = processes.owner(of: pid) else { return [] }
    let pipes = process.outputs.pipes
    let birth = process.births[process.pid] ?? 0
    let formers = process.leaders.formers.map { ("birth_\($0)", Int(process.births[$0] ?? 0)) }
    return [
      ("birth", Int(birth)), ("begun", birth == process.begun ? 0 : Int(process.begun)),
      ("out", Int(truncatingIfNeeded: pipes.stdout)),
      ("err", Int(truncatingIfNeeded: pipes.stderr)),
      ("channel", Int(truncatingIfNeeded: process.ready?.inode ?? 0)),
    ].filter { $0.1 != 0 } + formers
  }

  /// The daemon ends, and with it what its processes have left behind; by the same rules as at a stop.
  package func endOrphans() {
    for (orphan, fate) in kinship.fates(isManaged: isManaged) {
      let command = proc.commandLine(of: orphan.pid) ?? orphan.name
      let name = "\(orphan.pid) (\(ControlText.oneLine(command)))"
      switch fate {
      case .ended:
        log.warning("left over, killed: \(name)")
        signaler.send(.kill, PID(orphan.pid))
      case .leftDetached: log.info("left running: \(name): it has a session of its own")
      case .leftAsClient: log.info("left running: \(name): it is connected to this daemon")
      case .leftByPolicy: break
      }
    }
  }
}
