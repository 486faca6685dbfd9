import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// What a container's daemon does beside starting and stopping: it waits before it stops, passes signals on, and ends when
/// there is nothing left to do.
@Suite struct StopDelayTests {
  private func started(_ text: String) -> Simulation {
    var simulation = Simulation(circus: text)
    simulation.boot()
    return simulation
  }

  private func ask(_ simulation: inout Simulation, _ verb: String) -> JSONObject {
    let ticket = simulation.send(verb)
    return simulation.replies[ticket]?.members ?? JSONObject()
  }

  // MARK: pre_stop_delay

  /// T19: nothing is signalled for that time, and it is told that it is not ready any more.
  @Test func whatRunsGoesOnForTheDelay() throws {
    var simulation = started("[circus]\npre_stop_delay = 2\n[watcher:web]\ncmd = run")
    #expect(ask(&simulation, "healthcheck")["healthy"] == true)
    simulation.clearTrace()
    simulation.signal(.terminate)
    #expect(simulation.log.contains("stopping in 2.0 s (pre_stop_delay)"))
    #expect(ask(&simulation, "healthcheck")["problems"] == ["the daemon stops"])
    simulation.advance(.seconds(1.9))
    #expect(!simulation.kernel.processes.isEmpty)
    #expect(!simulation.trace.contains("web.stop"))
    simulation.advance(.seconds(0.1))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }

  @Test(arguments: [Signal.terminate, .interrupt, .quit])
  func aSecondSignalEndsTheDelay(signal: Signal) {
    var simulation = started("[circus]\npre_stop_delay = 100\n[watcher:web]\ncmd = run")
    simulation.signal(.terminate)
    simulation.advance(.seconds(1))
    #expect(simulation.exitStatus == nil)
    simulation.signal(signal)
    simulation.advance(.seconds(1))
    #expect(simulation.exitStatus == 0)
    // What runs was asked, not killed.
    #expect(simulation.kernel.signals.map(\.signal) == [.terminate])
    #expect(simulation.violations == [])
  }

  @Test func quitIsAnOrderToStop() {
    var simulation = started("[circus]\npre_stop_delay = 3\n[watcher:web]\ncmd = run")
    _ = simulation.send("quit")
    simulation.advance(.seconds(2))
    #expect(simulation.exitStatus == nil)
    simulation.advance(.seconds(1))
    #expect(simulation.exitStatus == 0)
  }

  /// The delay is part of the time there is.
  @Test func theTimeToStopBeginsWithTheOrder() {
    var simulation = Simulation(
      circus:
        "[circus]\npre_stop_delay = 2\nstop_timeout = 5\n[watcher:web]\ncmd = run\ngraceful_timeout = 30"
    )
    simulation.kernel.stubborn = ["web"]
    simulation.boot()
    simulation.signal(.terminate)
    simulation.advance(.seconds(4.4))
    #expect(simulation.exitStatus == nil)
    simulation.advance(.seconds(0.1))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }

  /// There is nothing left to be looked for elsewhere.
  @Test func theEndOfAnEssentialWatcherIsNotDelayed() {
    var simulation = started(
      "[circus]\npre_stop_delay = 50\n[watcher:web]\ncmd = run\nessential = exit\n[watcher:b]\ncmd = run"
    )
    simulation.exit("web", 0, .exited(3))
    simulation.advance(.seconds(1))
    #expect(simulation.exitStatus == 3)
  }

  @Test func whatEndsMeanwhileIsNotWaitedFor() {
    var simulation = started(
      "[circus]\npre_stop_delay = 50\n[watcher:web]\ncmd = run\nrespawn = False")
    simulation.signal(.terminate)
    simulation.exit("web", 0, .exited(0))
    simulation.advance(.seconds(6))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }

  // MARK: on_idle

  @Test func itEndsWhenAllHasEndedByItself() {
    var simulation = started(
      """
      [circus]
      on_idle = exit
      [watcher:a]
      cmd = run
      type = oneshot
      [watcher:b]
      cmd = run
      respawn = False
      [watcher:off]
      cmd = run
      autostart = False
      """)
    simulation.exit("a", 0, .exited(0))
    simulation.advance(.seconds(10))
    #expect(simulation.exitStatus == nil)
    simulation.exit("b", 0, .exited(0))
    simulation.advance(.seconds(10))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.log.contains("everything has ended: the daemon ends (on_idle)"))
    #expect(simulation.violations == [])
  }

  @Test func itsStatusIsThatOfWhatFailedFirst() {
    var simulation = started(
      """
      [circus]
      on_idle = exit
      [watcher:a]
      cmd = run
      type = oneshot
      [watcher:b]
      cmd = run
      type = oneshot
      [watcher:c]
      cmd = run
      type = oneshot
      """)
    simulation.exit("b", 0, .exited(4))
    simulation.advance(.seconds(1))
    simulation.exit("a", 0, .exited(5))
    simulation.advance(.seconds(1))
    simulation.exit("c", 0, .exited(0))
    simulation.advance(.seconds(10))
    #expect(simulation.exitStatus == 4)
    #expect(simulation.reason == "b: exit status 4")
    #expect(simulation.violations == [])
  }

  /// What an operator has stopped has not ended by itself; what waits for callers is not done.
  @Test func itStaysForOrdersAndCallers() {
    var simulation = started("[circus]\non_idle = exit\n[watcher:a]\ncmd = run")
    _ = simulation.send("stop", ["name": "a"])
    simulation.advance(.seconds(60))
    #expect(simulation.exitStatus == nil)
    var other = Simulation(
      supervisor: "[supervisord]\non_idle=exit\n[program:a]\ncommand=run\nautorestart=false")
    other.boot()
    other.advance(.seconds(2))
    other.exit("a", 0, .exited(0))
    other.advance(.seconds(2))
    #expect(other.exitStatus == 0)
  }

  @Test func eventListenersAreNotWaitedFor() {
    var simulation = Simulation(
      supervisor:
        "[supervisord]\non_idle=exit\n[program:a]\ncommand=run\nautorestart=false\nstartsecs=0\n[eventlistener:e]\ncommand=run\nevents=TICK_60"
    )
    simulation.boot()
    simulation.advance(.seconds(2))
    simulation.exit("a", 0, .exited(2))
    simulation.advance(.seconds(2))
    #expect(simulation.exitStatus == 2)
  }

  // MARK: forward_signals

  @Test func signalsGoToTheirWatchers() {
    var simulation = started(
      """
      [circus]
      forward_signals = USR1:web, hup:proxy
      [watcher:web]
      cmd = run
      numprocesses = 2
      [watcher:proxy]
      cmd = run
      """)
    simulation.clearTrace()
    let (web, proxy) = (simulation.pids("web"), simulation.pids("proxy"))
    simulation.signal(.user1)
    #expect(simulation.kernel.signals.map(\.pid) == web)
    #expect(simulation.kernel.signals.allSatisfy { $0.signal == .user1 })
    simulation.signal(.hangup)
    #expect(simulation.kernel.signals.last?.pid == proxy.first)
    #expect(simulation.kernel.signals.last?.signal == .hangup)
    // Neither an upgrade nor a reload.
    #expect(!simulation.trace.contains { $0.contains("reload") || $0.contains("upgrade") })
    #expect(simulation.violations == [])
  }

  @Test(arguments: [
    ("TERM:web", "SIGTERM is for the daemon itself; stop_signal says what a stop sends"),
    ("USR9:web", "'USR9' is no signal: write its name or number, as USR1"),
    ("web", "write SIGNAL:WATCHER, as USR1:web, several with commas between them"),
  ])
  func whatIsNoListOfThemIsRefused(text: String, advice: String) {
    for file in [
      "[circus]\nforward_signals = \(text)\n", "[supervisord]\nforward_signals = \(text)\n",
    ] {
      let found = check(file)
      #expect(found.contains { $0.contains(advice) }, "\(found)")
    }
  }

  private func check(_ text: String) -> [String] {
    ConfigurationCheck.run(
      "/c.ini", files: OneText(text: text), environment: [:], hostName: "node",
      workingDirectory: "/"
    ).map(\.text)
  }

  private struct OneText: FileReader {
    let text: String
    func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
    func glob(_ pattern: String) -> [String] { [] }
  }
}
