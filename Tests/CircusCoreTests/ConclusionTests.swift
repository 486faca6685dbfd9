import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// How the daemon ends: with an essential watcher, and within its time.
@Suite struct ConclusionTests {
  private func started(_ text: String, stubborn: [String] = []) -> Simulation {
    var simulation = Simulation(circus: text)
    simulation.kernel.stubborn.formUnion(stubborn)
    simulation.boot()
    return simulation
  }

  private func supervised(_ text: String) -> Simulation {
    var simulation = Simulation(supervisor: "[supervisord]\n" + text)
    simulation.boot()
    return simulation
  }

  private func end(
    _ simulation: inout Simulation, _ program: String, _ status: CircusModel.ExitStatus
  ) {
    simulation.exit(program, 0, status)
    simulation.advance(.seconds(10))
  }

  /// The one that ends the daemon is not started again meanwhile.
  @Test(arguments: [ExitStatus.exited(3), .signaled(.kill, dumpedCore: false)], [false, true])
  func whatHasEndedTheDaemonIsNotStartedAgain(status: CircusModel.ExitStatus, isCircus: Bool) {
    var simulation =
      isCircus
      ? started("[watcher:web]\ncmd = run\nessential = exit", stubborn: ["web"])
      : supervised("[program:web]\ncommand=run\nessential=exit\nautorestart=true\nstartsecs=1")
    simulation.advance(.seconds(2))
    end(&simulation, "web", status)
    #expect(simulation.events.count { $0.name == .spawn } == 1)
    #expect(simulation.exitStatus == status.shellCode)
    #expect(simulation.violations.isEmpty)
  }

  /// T1: given up, the daemon ends with what the last try ended with; the others are stopped.
  @Test func theEndOfAnEssentialProgramEndsTheDaemon() {
    var simulation = supervised(
      "[program:web]\ncommand=run\nessential=failed\nstartretries=2\nstartsecs=100\n[program:other]\ncommand=run"
    )
    for _ in 0..<3 { end(&simulation, "web", .exited(3)) }
    #expect(simulation.exitStatus == 3)
    #expect(simulation.reason == "web: exit status 3 after 3 tries")
    #expect(simulation.kernel.processes.isEmpty)
    #expect(
      simulation.log.contains(
        "web: exit status 3 after 3 tries: it is essential: the daemon ends"))
    #expect(simulation.violations == [])
  }

  /// T2: as a shell tells it.
  @Test(arguments: [(Signal.kill, 137), (Signal(11), 139)] as [(Signal, Int32)])
  func aSignalIsToldAsAShellTellsIt(signal: Signal, status: Int32) {
    var simulation = started("[watcher:web]\ncmd = run\nessential = exit")
    end(&simulation, "web", .signaled(signal, dumpedCore: false))
    #expect(simulation.exitStatus == status)
    #expect(simulation.violations == [])
  }

  /// T3: what has failed has not ended well.
  @Test func aFailureIsNoZero() {
    var simulation = supervised("[program:web]\ncommand=run\nessential=yes\nstartretries=0")
    end(&simulation, "web", .exited(0))
    #expect(simulation.exitStatus == 1)
    var other = started("[watcher:web]\ncmd = run\nessential = exit")
    end(&other, "web", .exited(0))
    #expect(other.exitStatus == 0)
    #expect(other.reason == "web-1: exit status 0")
  }

  /// T4: the first one counts, the other is told.
  @Test func theFirstOfTwoCounts() {
    var simulation = started(
      """
      [watcher:a]
      cmd = run
      essential = exit
      graceful_timeout = 5
      [watcher:b]
      cmd = run
      essential = exit
      """)
    simulation.diesAtOnce = false
    let pids = simulation.pids("a") + simulation.pids("b")
    simulation.kernel.crash(pids[0], .exited(3))
    simulation.kernel.crash(pids[1], .exited(5))
    simulation.deliverDeaths()
    simulation.advance(.seconds(10))
    #expect(simulation.exitStatus == 3)
    #expect(simulation.violations == [])
  }

  /// An ordered end is none of a process's own; nor is that of a process that is replaced.
  @Test func whatWasOrderedIsNoEnd() {
    var simulation = started("[watcher:web]\ncmd = run\nessential = exit\nnumprocesses = 2")
    simulation.send("restart", ["name": "web"])
    simulation.send("decr", ["name": "web"])
    simulation.send("stop", ["name": "web"])
    simulation.advance(.seconds(5))
    #expect(simulation.exitStatus == nil)
    simulation.signal(.terminate)
    simulation.advance(.seconds(5))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.reason == "")
  }

  /// circus gives a watcher up when its program cannot be started.
  @Test func aWatcherThatCannotBeStartedEndsTheDaemon() {
    var simulation = Simulation(circus: "[watcher:web]\ncmd = run\nessential = yes\nmax_retry = 2")
    simulation.kernel.fail(
      "web", with: SpawnFailure(text: "no such program", isTransient: false), times: 9)
    simulation.boot()
    simulation.advance(.seconds(60))
    #expect(simulation.exitStatus == 1)
    #expect(simulation.reason.hasPrefix("web-1: no such program"))
  }

  /// T5.
  @Test func theStatusMayBeThatOfAProcess() {
    let text = """
      [circus]
      exit_code_from = web
      [watcher:web]
      cmd = run
      [watcher:other]
      cmd = run
      """
    var simulation = started(text)
    simulation.signal(.terminate)
    #expect(simulation.exitStatus == 143)
  }

  /// T16: what ignores the stop is killed in time.
  @Test func theTimeToStopIsKept() {
    var simulation = started(
      "[circus]\nstop_timeout = 3\n[watcher:web]\ncmd = run\ngraceful_timeout = 30",
      stubborn: ["web"])
    simulation.signal(.terminate)
    simulation.advance(.seconds(2.4))
    #expect(simulation.exitStatus == nil)
    simulation.advance(.seconds(0.1))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }

  /// T17: levels share the time, and the order is kept.
  @Test func levelsShareTheTime() {
    var simulation = started(
      """
      [circus]
      stop_timeout = 6.5
      [watcher:db]
      cmd = run
      graceful_timeout = 5
      [watcher:web]
      cmd = run
      depends_on = db
      graceful_timeout = 5
      [watcher:proxy]
      cmd = run
      depends_on = web
      graceful_timeout = 5
      """, stubborn: ["db", "web", "proxy"])
    simulation.clearTrace()
    simulation.signal(.terminate)
    simulation.advance(.seconds(2))
    #expect(simulation.trace.contains("proxy.stop"))
    #expect(!simulation.trace.contains("web.stop"))
    simulation.advance(.seconds(2))
    #expect(simulation.trace.contains("web.stop"))
    #expect(!simulation.trace.contains("db.stop"))
    simulation.advance(.seconds(2))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }

  /// T18: asked twice, it hurries.
  @Test(arguments: [Signal.terminate, .quit])
  func aSecondSignalHurries(signal: Signal) {
    var simulation = started(
      "[watcher:web]\ncmd = run\ngraceful_timeout = 30", stubborn: ["web"])
    simulation.signal(.terminate)
    simulation.advance(.seconds(5))
    #expect(simulation.exitStatus == nil)
    simulation.signal(signal)
    simulation.advance(.seconds(1))
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }

  /// T27: a health check asks for what is essential, or for all that are to run.
  @Test func theHealthIsThatOfWhatMatters() {
    var simulation = started(
      """
      [watcher:web]
      cmd = run
      ready = notify
      essential = failed
      [watcher:other]
      cmd = run
      [watcher:migrate]
      cmd = run
      type = oneshot
      """)
    func health(_ properties: JSONObject = [:]) -> JSON? {
      let ticket = simulation.send("healthcheck", properties)
      return simulation.replies[ticket]?.members["problems"]
    }
    #expect(health() == ["web: starting"])
    simulation.tell("web")
    #expect(health() == [])
    #expect(health(["names": ["o*"]]) == [])
    #expect(health(["names": ["migrate"]])?.array?.count == 1)
    simulation.exit("migrate", 0, .exited(0))
    #expect(health(["names": ["migrate"]]) == [])
    #expect(health(["names": ["nobody"]]) == nil)
    simulation.send("stop", ["name": "web"])
    #expect(health() == ["web: stopped"])
    // None is essential: what was stopped by an operator does not matter.
    simulation.send("set", ["name": "web", "options": ["essential": "no"]])
    #expect(health() == [])
    #expect(simulation.violations == [])
  }
}
