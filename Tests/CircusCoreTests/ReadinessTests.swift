import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Processes that say when they are ready.
@Suite struct ReadinessTests {
  private func programs(
    _ lines: [(name: String, options: String)], stubborn: Set<String> = []
  ) -> Simulation {
    var simulation = Simulation(
      supervisor: "[supervisord]\n"
        + lines.map { "[program:\($0.name)]\ncommand=run\n\($0.options)\n" }.joined())
    simulation.kernel.stubborn = stubborn
    simulation.boot()
    return simulation
  }

  private func watcher(_ options: String) -> Simulation {
    var simulation = Simulation(circus: "[watcher:app]\ncmd = run\n\(options)\n")
    simulation.boot()
    return simulation
  }

  private func stages(_ simulation: Simulation) -> [String] {
    simulation.arbiter.processTable.map { "\($0.name) \($0.stage.name)" }
  }

  private func transitions(_ simulation: Simulation, _ name: String) -> [String] {
    simulation.announced.compactMap { event in
      guard case .processState(let transition) = event, transition.process == name else {
        return nil
      }
      return transition.to.name
    }
  }

  /// T1.
  @Test func aProgramIsRunningWhenItSaysSo() {
    var simulation = programs([("app", "ready=notify")])
    simulation.advance(.seconds(2))
    #expect(stages(simulation) == ["app STARTING"])
    simulation.tell("app")
    #expect(stages(simulation) == ["app RUNNING"])
    #expect(simulation.trace.last == "app.ready")
    #expect(
      simulation.log.last == "success: app entered RUNNING state, process is ready after 2.0 s")
    // Once is enough.
    #expect(simulation.tell("app") == false)
  }

  @Test func aWatcherIsActiveWhenItSaysSo() {
    var simulation = watcher("ready = s6:3\nnumprocesses = 2")
    simulation.advance(.seconds(5))
    #expect(simulation.status("app") == "starting")
    simulation.tell("app")
    #expect(simulation.status("app") == "starting", "one of two")
    simulation.tell("app")
    #expect(simulation.status("app") == "active")
    #expect(simulation.trace.suffix(2) == ["app.start", "app.ready"])
  }

  @Test func soManySecondsAreEnough() {
    var simulation = watcher("ready = seconds:3")
    simulation.advance(.milliseconds(2_900))
    #expect(simulation.status("app") == "starting")
    simulation.advance(.milliseconds(200))
    #expect(simulation.status("app") == "active")
  }

  /// T3.
  @Test func whatItSaysCountsBeforeItsEnd() {
    var simulation = watcher("ready = notify")
    simulation.tell("app")
    simulation.exit("app", 0, .exited(0))
    #expect(
      simulation.trace.filter { ["app.ready", "app.reap"].contains($0) } == [
        "app.ready", "app.reap",
      ])
  }

  /// T6.
  @Test func stoppingWinsOverReady() {
    var simulation = watcher("ready = notify")
    var message = Notification.ready
    message.isStopping = true
    simulation.tell("app", message)
    #expect(simulation.status("app") == "starting")
    #expect(!simulation.trace.contains("app.ready"))
  }

  /// T19.
  @Test func silenceIsAFailedStart() {
    var simulation = programs(
      [("app", "ready=notify\nready_timeout=5\nstartretries=1\nstopwaitsecs=2")],
      stubborn: ["app"])
    simulation.advance(.milliseconds(5_500))
    #expect(stages(simulation) == ["app STARTING"], "it is being ended")
    simulation.advance(.seconds(2))
    #expect(stages(simulation) == ["app BACKOFF"])
    #expect(simulation.log.contains("app: it was not ready within 5.0 s: it is ended"))
    simulation.advance(.seconds(2))
    simulation.advance(.seconds(8))
    #expect(stages(simulation) == ["app FATAL"])
    #expect(
      transitions(simulation, "app") == ["STARTING", "BACKOFF", "STARTING", "BACKOFF", "FATAL"])
    #expect(!simulation.trace.contains("app.ready"))
    #expect(simulation.violations == [])
  }

  @Test func aWatcherThatIsSilentGivesUp() {
    var simulation = watcher("ready = notify\nready_timeout = 2\nmax_retry = 2")
    let ticket = simulation.send("start", ["name": "app", "waiting": true])
    for _ in 0..<20 { simulation.advance(.seconds(1)) }
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("no error: \(simulation.log)")
      return
    }
    #expect(error.reason == "app: not started: it was not ready within 2.0 s")
    #expect(simulation.status("app") == "stopped")
    #expect(simulation.trace.filter { $0 == "app.spawn" }.count == 2)
  }

  @Test(arguments: [CircusModel.ExitStatus.exited(0), .exited(1)])
  func anEndBeforeIsAFailedStart(status: CircusModel.ExitStatus) {
    var simulation = programs([("app", "ready=notify\nstartretries=0")])
    simulation.advance(.seconds(30))
    simulation.exit("app", 0, status)
    #expect(stages(simulation) == ["app FATAL"])
  }

  /// T16: what the shell tells when the other end is closed.
  @Test func aClosedChannelIsAFailedStart() throws {
    var simulation = programs([("app", "ready=s6:3")])
    simulation.feed(.channelClosed(try #require(simulation.silent("app").first)))
    #expect(stages(simulation) == ["app BACKOFF"])
    simulation.advance(.seconds(3))
    simulation.tell("app")
    // It has no meaning any more.
    let process = try #require(simulation.arbiter.watchers.first?.slots.first?.id)
    simulation.feed(.channelClosed(process))
    #expect(stages(simulation) == ["app RUNNING"])
  }

  /// T15: the end that was put off is the end, also for the next daemon.
  @Test func theEndOfAStartIsPutOff() {
    var simulation = watcher("ready = notify\nready_timeout = 90")
    simulation.advance(.seconds(80))
    var message = Notification()
    message.extra = .seconds(60)
    simulation.tell("app", message)
    simulation.advance(.seconds(5))
    simulation.upgrade()
    simulation.advance(.seconds(50))
    #expect(simulation.pids("app").count == 1)
    #expect(!simulation.trace.contains("app.kill"))
    simulation.advance(.seconds(6))
    #expect(simulation.trace.contains("app.kill"))
  }

  /// T20: one that may have spoken to nobody is not ended.
  @Test func whoWasNotHeardIsLeftAlone() throws {
    var simulation = watcher("ready = notify\nready_timeout = 10")
    simulation.crash()
    simulation.feed(.unheard(try #require(simulation.silent("app").first)))
    simulation.advance(.seconds(100))
    #expect(!simulation.trace.contains("app.kill"))
    #expect(simulation.status("app") == "starting")
    simulation.tell("app")
    #expect(simulation.status("app") == "active")
  }

  /// T67: ready stays ready.
  @Test func readyOutlivesTheDaemon() {
    var simulation = watcher("ready = notify")
    simulation.tell("app")
    simulation.clearTrace()
    simulation.crash()
    #expect(simulation.status("app") == "active")
    simulation.advance(.seconds(200))
    #expect(simulation.trace.filter { $0.hasSuffix("spawn") || $0.hasSuffix("lost") } == [])
  }

  /// The new ones of a reload ended while there was no daemon: the first end means a stop of the second, which is dead, too.
  @Test func theDeadOfAReloadAreNotSignalled() {
    var simulation = watcher("ready = notify\nnumprocesses = 2")
    while simulation.tell("app") {}
    let old = simulation.pids("app")
    simulation.send("reload", ["name": "app"])
    for pid in simulation.pids("app") where !old.contains(pid) {
      simulation.kernel.crash(pid, .exited(1))
    }
    simulation.crash()
    #expect(simulation.pids("app") == old)
    #expect(simulation.violations == [])
  }

  /// T73: a new one that does not become ready does not replace anybody.
  @Test func aReloadThatDoesNotComeUpKeepsTheOldOnes() {
    var simulation = watcher("ready = notify\nready_timeout = 3\nnumprocesses = 3")
    while simulation.tell("app") {}
    let before = simulation.pids("app")
    let ticket = simulation.send("reload", ["name": "app", "waiting": true])
    #expect(simulation.pids("app").count == 6)
    simulation.advance(.seconds(5))
    #expect(simulation.pids("app") == before)
    guard case .error(let error)? = simulation.replies[ticket] else {
      Issue.record("no error: \(simulation.log)")
      return
    }
    #expect(error.reason.contains("not reloaded, the old processes stay"))
    simulation.send("reload", ["name": "app"])
    while simulation.tell("app") {}
    #expect(simulation.pids("app").count == 3)
    #expect(Set(simulation.pids("app")).isDisjoint(with: before))
    #expect(simulation.violations == [])
  }

  /// T43 with a dependency that says so, and `started`, which does not wait for that.
  @Test func startedIsNotReady() {
    var simulation = programs([
      ("app", "depends_on=db"), ("early", "depends_on=db:started"), ("db", "ready=notify"),
    ])
    #expect(simulation.pids("early").count == 1)
    #expect(simulation.pids("app").isEmpty)
    simulation.advance(.seconds(3))
    #expect(simulation.pids("app").isEmpty)
    simulation.tell("db")
    #expect(simulation.pids("app").count == 1)
  }

  @Test func oneThatLeavesIsNotReady() {
    var simulation = programs([("db", "ready=notify")])
    simulation.tell("db")
    var message = Notification()
    message.isStopping = true
    let process = simulation.arbiter.watchers[0].slots[0].id
    simulation.feed(.told(process, message))
    #expect(simulation.trace.last == "db.lost")
  }

  @Test(arguments: [
    ("notify", Readiness.notify), ("s6:3", .descriptor(3)), ("fd:4", .descriptor(4)),
    ("pipe", .pipe), ("seconds:5", .seconds(.seconds(5))), ("up:0.5", .seconds(.milliseconds(500))),
    ("log:ready to accept", .log("ready to accept", nil)),
    ("log:stderr:a:b", .log("a:b", .stderr)), ("Started", .started),
  ])
  func theFormsOfReady(text: String, meaning: Readiness) {
    #expect(Readiness(text: text) == meaning)
    #expect(Readiness(text: meaning.text) == meaning)
  }

  @Test(arguments: [
    "", "yes", "s6:2", "s6:", "seconds:0", "seconds:x", "log:", "notify:3", "tcp:1",
  ])
  func whatIsNoForm(text: String) { #expect(Readiness(text: text) == nil) }

  // MARK: reloads that are confirmed (T7)

  private func reloading(_ ticket: inout Ticket?) -> Simulation {
    var simulation = watcher(
      "ready = notify\nready_timeout = 10\nsend_hup = True\nreload_notify = True\nnumprocesses = 2")
    while simulation.tell("app") {}
    simulation.clearTrace()
    simulation.advance(.seconds(100))
    ticket = simulation.send("reload", ["name": "app", "waiting": true])
    return simulation
  }

  private func say(
    _ simulation: inout Simulation, _ place: Int, reloading: Bool = false, ready: Bool = false,
    at seconds: Double? = nil
  ) throws {
    let slots = try #require(simulation.arbiter.watchers.first { $0.spec.name == "app" }).slots
    var message = Notification()
    message.isReloading = reloading
    message.isReady = ready
    message.sentAt = seconds.map { Instant(nanoseconds: Int64($0 * 1e9)) }
    simulation.feed(.told(slots[place].id, message))
  }

  @Test func aReloadIsOverWhenAllHaveSaidSo() throws {
    var ticket: Ticket?
    var simulation = reloading(&ticket)
    let asked = try #require(ticket)
    let now = Double(simulation.clock.now.instant.nanoseconds) / 1e9
    // Of an earlier reload, and ready without having begun.
    try say(&simulation, 0, reloading: true, at: now - 1)
    try say(&simulation, 0, ready: true)
    try say(&simulation, 1, reloading: true)
    simulation.crash()
    try say(&simulation, 1, ready: true)
    #expect(!simulation.trace.contains("app.reload"))
    try say(&simulation, 0, reloading: true, at: now + 1)
    #expect(!simulation.trace.contains("app.reload"))
    try say(&simulation, 0, ready: true)
    #expect(simulation.trace.contains("app.reload"))
    // Who asked has lost its daemon.
    #expect(simulation.forsaken.contains(asked))
    #expect(simulation.pids("app").count == 2)
    #expect(simulation.violations == [])
  }

  @Test func aReloadThatIsNotConfirmedEndsNobody() throws {
    var ticket: Ticket?
    var simulation = reloading(&ticket)
    let before = simulation.pids("app")
    try say(&simulation, 0, reloading: true)
    try say(&simulation, 0, ready: true)
    #expect(simulation.replies[try #require(ticket)] == nil)
    simulation.advance(.seconds(11))
    guard case .error(let error)? = simulation.replies[try #require(ticket)] else {
      Issue.record("no error")
      return
    }
    #expect(
      error.reason == "app: app-2 has not confirmed its reload within 10.0 s, and runs on")
    #expect(simulation.pids("app") == before)
    #expect(!simulation.trace.contains("app.reload"))
    let again = simulation.send("reload", ["name": "app", "waiting": true])
    for place in 0..<2 { try say(&simulation, place, reloading: true) }
    for place in 0..<2 { try say(&simulation, place, ready: true) }
    guard case .ok? = simulation.replies[again] else {
      Issue.record("\(String(describing: simulation.replies[again]))")
      return
    }
    #expect(simulation.violations == [])
  }

  /// One that counts after a while holds up its dependents alone.
  @Test func aWhileHoldsUpDependentsAlone() {
    var simulation = Simulation(
      circus:
        "[watcher:a]\ncmd = a\nready = seconds:5\n[watcher:b]\ncmd = b\n[watcher:c]\ncmd = c\ndepends_on = a"
    )
    simulation.boot()
    #expect(simulation.pids("a").count == 1 && simulation.pids("b").count == 1)
    #expect(simulation.pids("c").isEmpty)
    simulation.advance(.seconds(5))
    #expect(simulation.pids("c").count == 1)
  }
}
