import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusShell
import CircusSurvival
import CircusWire
import EventLoop
import Glibc
import LinuxSystem
import ProgramOptions
import SupervisorServer
import WebConsole
import ZeroMQ
import ZeroMQControl

/// The shell around the arbiter: one thread, one loop. Readiness becomes events, effects become
/// system calls.
package final class Daemon {
  /// Why the daemon could not begin.
  package struct Failure: Error { package var text: String }

  let loop: EventLoop
  let context: Context
  let log: Logger
  let loader: ConfigurationLoader
  let signals: SignalDescriptor
  let sockets: ListeningSockets
  /// Measures processes for commands, the statistics stream and the console.
  package let figures: ProcessFigures
  let proc: ProcFS
  var discovery: Discovery?
  let streams: Streams
  let listeners: Listeners
  let helpers: Helpers
  private(set) lazy var upgrade = Upgrade(self)
  /// The descriptor limit the daemon was started with.
  let originalFiles: (soft: rlim_t, hard: rlim_t)?
  private let handover: Handover?
  /// Writes the state again after a failure.
  private var saveTimer: Registration?
  /// Looks for subscribers that come back after an upgrade.
  var returnTimer: Registration?
  let survival: Survival
  /// Decides what is done. Only `handle(_:)` passes events to it.
  package internal(set) var arbiter: Arbiter
  var runner: EffectRunner!
  /// What is answered when its order is done.
  var desk = Desk<(Answer) -> Void>()
  /// supervisord's pid file.
  var pidFile: PIDFile?
  /// `env_dir`.
  var variableFiles: VariableFiles?
  /// Another start is a restart.
  var hasBooted = false
  /// Looked up once per process, until something happens.
  var logPathCache: [ProcessKey: LogPaths] = [:]
  /// Grows with every event the arbiter handles: while it stands, so does all the arbiter tells.
  package private(set) var revision = 0
  private(set) lazy var follower = LogFollower(self)
  private lazy var interface = RPCInterface(self)
  private(set) lazy var console = ConsoleServer(self, interface, token: handover?.consoleToken)
  private lazy var router = HTTPRouter(
    interface: interface, follower: follower, browserGuard: console.browserGuard,
    more: console.routes, log: log)
  /// The last events, for the console.
  package internal(set) var history = EventHistory()
  private(set) lazy var servers = HTTPServers(loop: loop, log: log) {
    [unowned self] request, server in
    router.handle(request, server)
  }
  private var ticks: Ticks?
  let report: ManagerReport
  /// The ZeroMQ side; nil where none is configured (supervisord without a `[circus]` section).
  var control: ControlSocket?
  var events: EventPublisher?
  var stats: StatsPublisher?
  private(set) lazy var logs = LogReader(streams: streams, loop: loop)
  lazy var socketWatch = SocketWatch(loop: loop, sockets: sockets) { [unowned self] name in
    queue.append(.socketReady(name))
  }
  private var registrations: [Registration] = []
  private var clockWatch: ClockWatch?
  var queue: [Event]
  /// Children have died that are not collected yet.
  private(set) var hasDeadChildren = false
  /// The control socket has to be looked at without its descriptor telling: something was sent, or
  /// it was not emptied.
  var needsControl = false
  /// Where processes tell how they are doing.
  let notifyPlace: NotifyPlace
  /// The settings in force.
  package internal(set) var settings: DaemonSettings
  var conclusion = Conclusion(status: 0, reason: "")

  /// Binds everything; nothing is started yet. Signals must be blocked by now.
  package init(
    _ wanted: Configuration, loader: ConfigurationLoader, places: LowDescriptors,
    handover: Handover? = nil, log: Logger
  ) throws(Failure) {
    var configuration = wanted
    loop = EventLoop()
    context = Context()
    self.log = log
    self.loader = loader
    notifyPlace = NotifyPlace(of: loader.path, state: wanted.settings.stateDirectory)
    settings = configuration.settings
    queue = []
    // Before supervisord goes to another directory.
    _ = Program.started
    Environment.limitArenas()
    let raised = Self.raiseFileLimit()
    originalFiles = handover?.files ?? raised
    if let originalFiles { AcceptGuard.start(limit: Int(clamping: originalFiles.hard)) }
    self.handover = handover
    report = ManagerReport(
      loader.manager
        ?? handover?.manager.map { ServiceManager(address: $0, watchdog: handover?.watchdog) },
      wasTold: handover != nil)
    let spawner: Spawner
    do {
      spawner = try Spawner()
      signals = try SignalDescriptor(Self.signals(wanted.settings))
    } catch {
      throw Failure(text: error.description)
    }
    SignalDescriptor.ignore(SIGPIPE)
    Reaper.adoptOrphans()

    let proc = ProcFS()
    figures = ProcessFigures(proc: proc)
    let helpers = Helpers(spawner: spawner, loop: loop)
    self.helpers = helpers
    let survival = Survival(
      settings, configuration: loader.path, handover: handover, proc: proc, log: log)
    self.survival = survival
    listeners = Listeners(work: survival.work, log: log)
    let loop = loop
    listeners.later = { milliseconds, handler in
      loop.after(milliseconds: milliseconds, handler)
    }
    if let left = handover?.listeners { listeners.resume(left) }
    streams = Streams(
      loop: loop, helpers: helpers, listeners: listeners, work: survival.work, log: log)
    sockets = ListeningSockets(places: places, log: log)
    handover?.keptFiles.forEach(ActivatedSockets.keepFile)
    let activated = loader.activated
    sockets.inherit = { spec in
      guard let opened = activated.take(spec.name, path: spec.path, port: spec.port) else {
        return survival.inherit(spec)
      }
      setNonBlocking(opened, !spec.blocking)
      return opened
    }
    sockets.wasBound = survival.wasBound
    var endpoints: Endpoints?
    do {
      if settings.usesZeroMQ {
        endpoints = try Endpoints(settings, context, handover, loader.activated, log)
      }
    } catch {
      survival.giveUp(settings)
      throw Failure(text: error.text)
    }
    settings = endpoints?.settings ?? settings
    configuration.settings = settings
    arbiter = Arbiter(here: configuration)
    self.proc = proc
    if let endpoints { openEndpoints(endpoints) }
    do { try sockets.apply(configuration.sockets) } catch {
      // Processes that run are not left alone for a socket that cannot be had.
      guard survival.hasPredecessor else {
        survival.giveUp(settings)
        throw Failure(text: error.text)
      }
      log.error(error.text)
    }
    if let remembered = survival.remembered { arbiter.recall(remembered) }
    queue += [
      .socketsChanged(sockets.info, isComplete: sockets.missing.isEmpty), survival.firstEvent,
    ]
    let lineage = Lineage(proc: proc)
    if let left = handover?.lineage { lineage.resume(left) }
    runner = EffectRunner(
      loop: loop,
      launcher: Launcher(
        spawner: spawner, streams: streams, sockets: sockets, shared: SharedSockets(log: log),
        work: survival.work,
        channels: Channels(place: notifyPlace, loop: loop, proc: proc, log: log), loop: loop,
        originalFiles: originalFiles),
      kinship: lineage, proc: proc, streams: streams, sockets: sockets,
      measurer: Measurer(figures: figures, proc: proc), helpers: helpers,
      hookRunner: HookRunner(helpers: helpers, log: log) { [unowned self] message, answer in
        switch message.request {
        case .failure(let error): answer(.error(error))
        case .success(let request): submit(request, from: .hook, answer)
        }
      },
      adopted: AdoptedProcesses(loop: loop), log: log, outlets: self)
    runner.awaitMissing(configuration.sockets)
    runner.inheritance = survival.inheritance
    runner.remains = survival.remains
    survival.whenToTryAgain { [unowned self] in
      saveTimer = loop.after(milliseconds: 1_100) { [unowned self] in
        _ = survival.save(&arbiter, isActing: false)
      }
    }
    survival.knownFacts = { [unowned self] in runner.facts(of: $0) }
    survival.spawnNote = { [unowned self] in runner.processes.owner(of: $0)?.notes[$0] }
    streams.losses.tell = { [unowned self] watcher, output, bytes in
      queue.append(.outputLost(watcher, stream: "\(output)", bytes: bytes))
      loop.hasPendingWork = true
    }
    streams.announce = { [unowned self] event in announce(event) }
    applyNames()
    servers.inherited = handover?.servers ?? servers.opened(activated, for: settings.servers)
    do { try servers.apply(settings.servers) } catch {
      guard survival.hasPredecessor else {
        survival.giveUp(settings)
        throw Failure(text: error.text)
      }
      log.error("\(error.text); tried again at the next reload")
    }
    servers.closeInherited()
    for socket in activated.closeRest() {
      log.warning("\(socket) was opened for this daemon by LISTEN_FDS; nothing here asks for it")
    }
    // Only now: a daemon that holds the addresses may still be writing those files.
    cleanAutomaticLogs()
  }

  // MARK: running

  /// Runs until everything is stopped; returns the exit status.
  package func run() -> Int32 {
    if settings.face == .circus, handover == nil {
      log.info("Starting master on pid \(Environment.pid)")
    }
    log.info(Release.line)
    writeEnvironment()
    registrations.append(loop.whenReadable(signals.number) { [unowned self] in takeSignals() })
    control?.watch(loop) { [unowned self] in takeRequests() }
    loop.whenDeadlinePasses { [unowned self] in passDeadline() }
    if settings.usesZeroMQ {
      for line in Endpoints.exposure(settings) { log.log(.critical, line) }
      discover()
    }
    if settings.ticks { ticks = Ticks(loop: loop) { [unowned self] event in announce(event) } }
    if settings.face == .circus, handover == nil { log.info("Arbiter now waiting for commands") }
    if let handover {
      awaitSubscribers(handover)
      if let control {
        control.carry(handover.clients, loop)
      } else {
        // The configuration has no endpoint any more.
        handover.clients.forEach(closeDescriptor)
      }
    }
    handleQueue()
    adoptRemains()
    survival.finishTakingOver()
    runner.finishTakingOver()
    finishTurn()
    Environment.settleMemory()
    // Once more when the first processes run and the first questions are answered: it may idle for long then.
    registrations.append(loop.after(milliseconds: 3_000) { Environment.settleMemory() })
    loop.run { finishTurn() }
    return end()
  }

  private func takeSignals() {
    while let signal = signals.next() {
      // Several SIGCHLD are one: all dead children are collected together.
      if signal == SIGCHLD { hasDeadChildren = true } else { queue.append(.signal(Signal(signal))) }
    }
    guard hasDeadChildren else { return }
    if settings.face == .supervisor { log.debug("received SIGCHLD indicating a child quit") }
  }

  private func passDeadline() {
    queue.append(.deadline)
    stats?.tick { arbiter.population }
  }

  /// Rounds of events and what follows from them in one turn; the rest waits, so that the busiest
  /// source does not delay signals, output and commands.
  private static let roundsPerTurn = 16

  /// Handles what has happened and what follows from it, then arms the next deadline.
  private func finishTurn() {
    if hasDeadChildren {
      hasDeadChildren = runner.reap()
      queue += runner.takeEvents()
    }
    if needsControl {
      needsControl = false
      takeRequests()
    }
    var rounds = 0
    var hasMoreSpawns = false
    repeat {
      handleQueue()
      hasMoreSpawns = runner.finishTurn()
      queue += runner.takeEvents()
      rounds += 1
    } while !queue.isEmpty && !hasMoreSpawns && rounds < Self.roundsPerTurn
    logs.serveFollowers()
    if hasServers { console.feed.flush() }
    upgrade.proceed()
    report.tell(arbiter.mode, at: revision, loop) { [unowned self] in arbiter.summary(Self.now) }
    if hasMoreSpawns || hasDeadChildren || needsControl || !queue.isEmpty {
      loop.hasPendingWork = true
    }
    armDeadline()
  }

  func handleQueue() {
    var next = 0
    while next < queue.count {
      handle(queue[next])
      next += 1
    }
    queue.removeAll(keepingCapacity: true)
  }

  static var now: Moment {
    Moment(instant: Instant(nanoseconds: Clock.monotonic), wall: Clock.wall)
  }

  func handle(_ event: Event) {
    let now = Self.now
    if case .socketsChanged = event { stats?.socketsChanged() }
    if !logPathCache.isEmpty { logPathCache = [:] }
    revision &+= 1
    Persisted(event, at: now, &arbiter, survival).carryOut { effect in
      runner.run(effect)
      return true
    }
  }

  private func armDeadline() {
    if arbiter.hasSchedule, clockWatch == nil {
      clockWatch = ClockWatch(loop: loop) { [unowned self] in queue.append(.clockChanged) }
    }
    let due = [arbiter.nextDeadline()?.nanoseconds, stats?.nextTick].compactMap { $0 }.min()
    loop.setDeadline(after: due.map { max(0, $0 - Clock.monotonic) })
  }
}
