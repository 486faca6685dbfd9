import CircusCore
import CircusLog
import CircusModel
import CircusWire
import EventLoop
import LinuxSystem
import ZeroMQ

/// Becoming another program, and having become one.
extension Daemon {
  /// Nothing is under way that somebody waits for.
  var isQuiet: Bool {
    arbiter.isQuiet && runner.isQuiet && queue.isEmpty && !hasDeadChildren && supervised.isEmpty && !servers.isBusy
      && events?.isHolding != true
  }

  /// Leaves everything to `program`. Comes back only when even the present program cannot be run again.
  func becomeSuccessor(_ program: String) {
    takeLastRequests()
    var handover = Handover()
    handover.configuration = Files.absolute(loader.path)
    handover.files = originalFiles
    handover.directory = survival.handOverDirectory()
    for info in sockets.info {
      handover.sockets[info.name] = Handover.copy(Int32(info.descriptor))
    }
    handover.servers = servers.handOver()
    handover.pipes = runner.handOverPipes()
    let kept = handOverEndpoints(&handover)
    // What was asked for at the last moment comes first.
    takeRequests()
    handleQueue()
    guard arbiter.isQuiet, runner.isQuiet, queue.isEmpty else {
      handover.closeAll()
      removeSpareNames(kept)
      return upgrade.goOn(program)
    }
    log.warning("upgrading to \(program)")
    let state = survival.everything(&arbiter)
    closeEndpoints()
    for path in kept { Files.rename("\(path).kept", to: path) }
    removeSpareNames(kept)
    let reason = handover.execute(program, state: state)
    log.error("\(program) cannot be run: \(reason.description); the present program goes on")
    _ = handover.execute("/proc/self/exe", state: state)
    log.log(.critical, "the present program cannot be run again either; what runs is left running")
    // For the next daemon, as after a crash.
    leavesState = true
    loop.stop()
  }

  /// Renaming to another name of the same file does nothing, so the second name may still be there.
  private func removeSpareNames(_ paths: [String]) {
    for path in paths { Files.remove("\(path).kept") }
  }

  /// Answers what comes until nobody says anything for a moment, but not for ever.
  private func takeLastRequests() {
    let end = Clock.monotonic + 300_000_000
    var quietSince = Clock.monotonic
    while Clock.monotonic < end, Clock.monotonic - quietSince < 20_000_000 {
      if control?.hasInput == true {
        takeRequests()
        handleQueue()
        quietSince = Clock.monotonic
      } else {
        Clock.sleep(milliseconds: 1)
      }
    }
  }

  /// The listening sockets of the ZeroMQ endpoints. Returns the paths whose files libzmq is about to
  /// remove; a second name keeps each of them.
  private func handOverEndpoints(_ handover: inout Handover) -> [String] {
    var kept: [String] = []
    guard settings.usesZeroMQ else { return [] }
    for endpoint in [settings.endpoint, settings.pubsubEndpoint, settings.statsEndpoint] {
      guard let place = Endpoints.place(arbiter.reachableName(endpoint)) else { continue }
      let own = Network.own(port: place.port, path: place.path)
      guard let listener = own.listener, let copy = Handover.copy(listener) else { continue }
      handover.endpoints[endpoint] = copy
      handover.subscribers[endpoint] = own.connections
      if let path = place.path, Files.addName("\(path).kept", to: path) { kept.append(path) }
    }
    return kept
  }

  private func closeEndpoints() {
    control?.close()
    events?.socket.close()
    stats?.socket.close()
    control = nil
    events = nil
    stats = nil
    context.end()
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
    let isBack = Network.own(port: place.port, path: place.path).connections >= count
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
