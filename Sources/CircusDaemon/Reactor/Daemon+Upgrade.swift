import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusShell
import CircusSurvival
import CircusWire
import EventLoop
import LinuxSystem
import SupervisorServer
import WebConsole
import ZeroMQ
import ZeroMQControl

/// Becoming another program, and having become one.
extension Daemon {
  /// Nothing is under way, and no order but `ticket` waits for its answer.
  func isQuiet(besides ticket: Ticket?) -> Bool {
    arbiter.isQuiet && runner.isQuiet && queue.isEmpty && !hasDeadChildren
      && desk.isEmpty(besides: ticket) && !servers.isAnswering && events?.isHolding != true
  }

  /// Leaves everything to `program`, while the network stands still; comes back when it was not the moment,
  /// or cannot be. `areGivenUp`: asked for clients that do not take their answers, or end their questions.
  func becomeSuccessor(
    _ program: String, _ files: [String: [UInt8]], _ pause: NetworkPause,
    areGivenUp: ([Int32]) -> Bool
  ) -> Upgrade.Failure {
    guard pause.begin() else { return .later("ZeroMQ does not come to rest") }
    defer { pause.end() }
    // Looking at a socket may use up what its descriptor had to tell.
    needsControl = true
    // What has come is to be answered first.
    if control?.hasInput == true || servers.hasInput { return .later("commands keep coming") }
    let clients = controlConnections()
    if clients.isInMotion { return .atOnce }
    if !areGivenUp(clients.slow) { return .later("clients do not take their answers") }
    var handover = Handover()
    handover.manager = report.manager?.address
    handover.watchdog = report.manager?.watchdog
    handover.keptFiles = ActivatedSockets.keptFiles
    handover.configuration = Files.absolute(loader.path)
    handover.configurationFiles = ReadFiles.json(files)
    if hasServers { handover.consoleToken = console.browserGuard.token }
    for door in Endpoints.Door.allCases {
      handover.addresses[door.rawValue] = door.address(in: settings)
    }
    handover.files = originalFiles
    handover.directory = survival.handOverDirectory()
    for info in sockets.info {
      handover.sockets[info.name] = Handover.copy(Int32(info.descriptor))
    }
    handover.servers = servers.handOver()
    handover.pipes = runner.handOverPipes()
    handover.inHand = runner.handOverBytes()
    handover.remains = runner.handOverRemains { id in
      arbiter.watchers.first { $0.id == id }?.spec.name
    }
    handover.lineage = runner.kinship.handedOver
    handover.bridges = streams.specialFiles.compactMap(Handover.copy)
    handover.listeners = listeners.leftBehind
    // Only settled ones: a client with a part of a message has to connect again.
    handover.clients = clients.settled.compactMap(Handover.copy)
    handOverEndpoints(&handover)
    runner.prober.endCommands()
    log.warning("upgrading to \(program)")
    report.showLife()
    let reason = handover.execute(program, state: survival.everything(&arbiter, isHandedOver: true))
    handover.closeAll()
    return .never("\(program) cannot be run: \(reason.description)")
  }

  /// Output that goes on though its process has ended.
  func adoptRemains() {
    for left in survival.takeRemains() {
      if let (watcher, plan) = arbiter.outputPlan(watcher: left.watcher, number: left.number) {
        runner.adopt(left, watcher, plan)
      } else {
        closeDescriptor(left.descriptor)
      }
    }
  }

  /// The listening sockets of the ZeroMQ endpoints, and who is connected to them.
  private func handOverEndpoints(_ handover: inout Handover) {
    guard settings.usesZeroMQ else { return }
    for endpoint in [settings.endpoint, settings.pubsubEndpoint, settings.statsEndpoint] {
      guard let place = Endpoints.place(arbiter.reachableName(endpoint)) else { continue }
      let own = Network.own(port: place.port, path: place.path)
      guard let listener = own.listener, let copy = Handover.copy(listener) else { continue }
      handover.endpoints[endpoint] = copy
      handover.subscribers[endpoint] = own.connections.count
    }
  }

  /// The connections of the control endpoint.
  private struct Connections {
    /// Another program can go on with these.
    var settled: [Int32] = []
    /// Something is half out or half in, and it is for the client to do something.
    var slow: [Int32] = []
    /// libzmq is not done with one of them, and will be in a moment.
    var isInMotion = false
  }

  private func controlConnections() -> Connections {
    var found = Connections()
    guard settings.usesZeroMQ, let control,
      let place = Endpoints.place(arbiter.reachableName(settings.endpoint))
    else { return found }
    let awaited = Polling.awaitedForWriting()
    let slow = control.halfway
    for number in Network.own(port: place.port, path: place.path).connections {
      if slow.contains(number) || awaited.contains(number) && !Polling.isWritable(number) {
        found.slow.append(number)
      } else if awaited.contains(number) {
        found.isInMotion = true
      } else {
        found.settled.append(number)
      }
    }
    return found
  }

  // MARK: afterwards

  /// Subscribers find their way back by themselves; what happens until then waits for them.
  func awaitSubscribers(_ handover: Handover) {
    let count = handover.subscribers[settings.pubsubEndpoint] ?? 0
    guard count > 0, let events,
      let place = Endpoints.place(arbiter.reachableName(settings.pubsubEndpoint))
    else { return }
    events.hold()
    let end = Clock.monotonic + 2_000_000_000
    look(for: count, at: place, until: end)
  }

  private func look(for count: Int, at place: Endpoints.Place, until end: Int64) {
    let isBack = Network.own(port: place.port, path: place.path).connections.count >= count
    if isBack || Clock.monotonic >= end {
      // What they subscribe to follows their connection.
      returnTimer = loop.after(milliseconds: 100) { [unowned self] in
        events?.release()
        returnTimer = nil
      }
    } else {
      returnTimer = loop.after(milliseconds: 10) { [unowned self] in
        look(for: count, at: place, until: end)
      }
    }
  }
}
