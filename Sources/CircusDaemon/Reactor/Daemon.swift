import CircusCore
import CircusLog
import CircusModel
import CircusWire
import EventLoop
import Glibc
import LinuxSystem
import ZeroMQ

/// The shell around the arbiter: one thread, one loop. Readiness becomes events, effects become
/// system calls.
package final class Daemon {
  /// Why the daemon could not begin.
  package struct Failure: Error { package var text: String }

  let loop: EventLoop
  let context: Context
  let log: Logger
  let loader: ConfigurationLoader
  private let signals: SignalDescriptor
  let sockets: ListeningSockets
  let figures: ProcessFigures
  let proc: ProcFS
  var discovery: Discovery?
  let streams: Streams
  private let helpers: Helpers
  var arbiter: Arbiter
  private var runner: EffectRunner!
  var control: ControlSocket
  var events: EventPublisher
  var stats: StatsPublisher?
  private lazy var logs = LogReader(streams: streams, loop: loop)
  private lazy var socketWatch = SocketWatch(loop: loop, sockets: sockets) { [unowned self] name in
    queue.append(.socketReady(name))
  }
  private let insideCalls = InsideCalls()
  private var registrations: [Registration] = []
  var queue: [Event] = [.boot]
  private var effects: [Effect] = []
  /// The control socket has to be looked at without its descriptor telling: something was sent, or
  /// it was not emptied.
  private var needsControl = false
  var settings: DaemonSettings
  private var status: Int32 = 0

  /// Binds everything; nothing is started yet. Signals must be blocked by now.
  package init(
    _ configuration: Configuration, loader: ConfigurationLoader, places: LowDescriptors, log: Logger
  ) throws(Failure) {
    loop = EventLoop()
    context = Context()
    self.log = log
    self.loader = loader
    settings = configuration.settings
    Environment.limitArenas()
    let originalFiles = Self.raiseFileLimit()
    let spawner: Spawner
    do {
      spawner = try Spawner()
      signals = try SignalDescriptor([
        SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH,
      ])
    } catch {
      throw Failure(text: error.description)
    }
    SignalDescriptor.ignore(SIGPIPE)
    Reaper.adoptOrphans()

    let proc = ProcFS()
    figures = ProcessFigures(proc: proc)
    let helpers = Helpers(spawner: spawner, loop: loop)
    self.helpers = helpers
    streams = Streams(loop: loop, helpers: helpers, log: log)
    sockets = ListeningSockets(places: places, log: log)
    arbiter = Arbiter(
      configuration: configuration, workingDirectory: Files.currentDirectory,
      seed: UInt64.random(in: .min ... .max), matchesRegex: Regex.matchesStart)
    let endpoints: Endpoints
    do {
      endpoints = try Endpoints(settings, context)
    } catch {
      throw Failure(text: error.text)
    }
    do { try sockets.apply(configuration.sockets) } catch { throw Failure(text: error.text) }
    control = ControlSocket(endpoints.control, log: log)
    events = EventPublisher(socket: endpoints.events)
    self.proc = proc
    stats = endpoints.stats.map {
      StatsPublisher(socket: $0, figures: figures, proc: proc, sockets: sockets, loop: loop)
    }
    streams.automatic = (settings.childLogDirectory, settings.identifier)
    queue.insert(.socketsChanged(sockets.info, isComplete: true), at: 0)
    queue.insert(boundEvent(endpoints), at: 0)
    let lineage = Lineage(proc: proc)
    runner = EffectRunner(
      launcher: Launcher(
        spawner: spawner, streams: streams, sockets: sockets, originalFiles: originalFiles),
      lineage: lineage, streams: streams, sockets: sockets,
      measurer: Measurer(figures: figures, proc: proc), helpers: helpers,
      hookRunner: HookRunner(helpers: helpers, log: log) { [unowned self] message, answer in
        if let event = insideCalls.begin(message, answer) { queue.append(event) }
      },
      log: log, outlets: makeOutlets())
  }

  private func makeOutlets() -> EffectRunner.Outlets {
    EffectRunner.Outlets(
      publish: { [unowned self] event in events.publish(event) },
      reply: { [unowned self] ticket, reply in
        if insideCalls.finish(ticket, reply) { return }
        needsControl = true
        control.reply(ticket, reply)
      },
      supervised: { _, _ in },
      announce: { _ in },
      readLogs: { [unowned self] query, reply in logs.answer(query, reply) },
      load: { [unowned self] purpose in load(purpose) },
      awaitSockets: { [unowned self] names in socketWatch.await(names) },
      applySettings: { [unowned self] settings in apply(settings) },
      finish: { [unowned self] status in
        self.status = status
        loop.stop()
      })
  }

  /// A wildcard port is told by its number.
  private func boundEvent(_ endpoints: Endpoints) -> Event {
    var names: [String: String] = [:]
    for (configured, socket) in [
      (settings.endpoint, endpoints.control), (settings.pubsubEndpoint, endpoints.events),
      (settings.statsEndpoint, endpoints.stats),
    ] {
      guard let socket, configured.hasSuffix(":*") || configured.hasSuffix(":0") else { continue }
      names[configured] = socket.boundEndpoint
    }
    return .endpointsBound(names)
  }

  /// Children get the limit the daemon was started with; the daemon itself needs one descriptor
  /// and more for each of them.
  private static func raiseFileLimit() -> (soft: rlim_t, hard: rlim_t)? {
    guard let number = Limits.number(of: "nofile"), let limit = Limits.get(number) else {
      return nil
    }
    try? Limits.set(number, soft: limit.hard, hard: limit.hard)
    return limit
  }

  // MARK: running

  /// Runs until everything is stopped; returns the exit status.
  package func run() -> Int32 {
    log.info("Starting master on pid \(Environment.pid)")
    registrations.append(loop.whenReadable(signals.number) { [unowned self] in takeSignals() })
    control.watch(loop) { [unowned self] in takeRequests() }
    loop.whenDeadlinePasses { [unowned self] in passDeadline() }
    discover()
    log.info("Arbiter now waiting for commands")
    finishTurn()
    Environment.settleMemory()
    loop.run { finishTurn() }
    logs.finish()
    streams.closeAll()
    helpers.finish()
    runner.endOrphans()
    control.stop()
    sockets.closeAll()
    return status
  }

  private func takeSignals() {
    var hasDeadChildren = false
    while let signal = signals.next() {
      // Several SIGCHLD are one: all dead children are collected together.
      if signal == SIGCHLD { hasDeadChildren = true } else { queue.append(.signal(Signal(signal))) }
    }
    guard hasDeadChildren else { return }
    runner.reap()
    queue += runner.takeEvents()
  }

  private func takeRequests() {
    // Handled one by one, so that the budget counts the work and not only the reading.
    let hasMore = control.drain { handle(.request($0, $1)) }
    needsControl = needsControl || hasMore
  }

  private func passDeadline() {
    queue.append(.deadline)
    stats?.tick { arbiter.population }
  }

  /// Rounds of events and what follows from them in one turn; the rest waits, so that signals,
  /// output and commands are not kept waiting by whoever is busiest.
  private static let roundsPerTurn = 16

  /// Handles what has happened and what follows from it, then arms the next deadline.
  private func finishTurn() {
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
    if hasMoreSpawns || needsControl || !queue.isEmpty { loop.hasPendingWork = true }
    armDeadline()
  }

  private func handleQueue() {
    var next = 0
    while next < queue.count {
      handle(queue[next])
      next += 1
    }
    queue.removeAll(keepingCapacity: true)
  }

  private func handle(_ event: Event) {
    let now = Moment(instant: Instant(nanoseconds: Clock.monotonic), wall: Clock.wall)
    if case .socketsChanged = event { stats?.socketsChanged() }
    arbiter.handle(event, at: now, into: &effects)
    for effect in effects { runner.run(effect) }
    effects.removeAll(keepingCapacity: true)
  }

  private func armDeadline() {
    let due = [arbiter.nextDeadline()?.nanoseconds, stats?.nextTick].compactMap { $0 }.min()
    loop.setDeadline(after: due.map { max(0, $0 - Clock.monotonic) })
  }
}
