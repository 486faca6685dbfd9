import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Replacing processes by and by, gated by readiness and health.
@Suite struct RolloutTests {
  private func started(_ options: String, count: Int = 5) -> Simulation {
    var simulation = Simulation(
      circus: "[watcher:web]\ncmd = web\nnumprocesses = \(count)\n\(options)")
    simulation.boot()
    simulation.advance(.milliseconds(1))
    while simulation.tell("web") {}
    return simulation
  }

  /// A client that waits for its reload is told when another one has undone it.
  @Test(arguments: ["stop", "rm", "restart", "quit"])
  func aReloadThatIsUndoneIsNoSuccess(verb: String) throws {
    var simulation = started("ready = notify", count: 2)
    let ticket = simulation.send("reload", ["name": "web", "waiting": true])
    simulation.send(verb, ["name": "web"])
    simulation.advance(.seconds(40))
    while simulation.tell("web") { simulation.advance(.seconds(1)) }
    let reply = try #require(simulation.replies[ticket])
    if case .error = reply { #expect(verb != "restart") } else { #expect(verb == "restart") }
  }

  private func running(_ simulation: Simulation) -> (alive: Int, ready: Int) {
    let watcher = simulation.arbiter.watchers[0]
    return (
      watcher.slots.count { $0.state.pid != nil },
      watcher.slots.count { if case .running = $0.state { true } else { false } }
    )
  }

  /// T74: never more, and never fewer, than the shares allow.
  @Test(arguments: [("25%", "25%", 7, 4), ("1", "0", 6, 5), ("100%", "0", 10, 5), ("0", "2", 5, 3)])
  func sharesHoldAtEveryStep(surge: String, unavailable: String, most: Int, least: Int) {
    var simulation = started(
      "ready = notify\nmax_surge = \(surge)\nmax_unavailable = \(unavailable)")
    simulation.diesAtOnce = false
    let old = Set(simulation.pids("web"))
    let ticket = simulation.send("reload", ["name": "web", "waiting": true])
    for _ in 0..<200 where simulation.replies[ticket] == nil {
      let (alive, ready) = running(simulation)
      #expect(alive <= most && ready >= least, "\(alive) alive, \(ready) ready")
      if let pid = simulation.kernel.dying.first {
        simulation.deliverDeath(of: pid)
      } else if !simulation.tell("web") {
        simulation.advance(.seconds(1))
      }
    }
    #expect(simulation.replies[ticket] != nil)
    simulation.deliverDeaths()
    #expect(simulation.pids("web").count == 5 && old.isDisjoint(with: simulation.pids("web")))
    #expect(simulation.trace.filter { $0 == "web.reload" }.count == 1)
    #expect(simulation.violations.isEmpty, "\(simulation.violations)")
  }

  /// T73: new ones that never get ready: the old ones serve on.
  @Test(arguments: ["", "max_surge = 1", "max_surge = 2\nmax_unavailable = 1"])
  func theOldOnesStayWhenTheNewOnesDoNotGetReady(options: String) throws {
    var simulation = started("ready = notify\nready_timeout = 5\n\(options)", count: 8)
    let ticket = simulation.send("reload", ["name": "web", "waiting": true])
    simulation.advance(.seconds(60))
    let reply = try #require(simulation.replies[ticket])
    #expect("\(reply)".contains("not reloaded, the old processes stay"))
    #expect(simulation.trace.contains("web.reload_failed"))
    // A place that was given up already does not cost the others their lives.
    #expect(running(simulation).ready >= 7)
    for _ in 0..<20 {
      simulation.advance(.seconds(1))
      while simulation.tell("web") {}
    }
    #expect(running(simulation).ready == 8)
    #expect(simulation.violations.isEmpty, "\(simulation.violations)")
  }

  /// What was set and does not come up is taken back: a process that ends is started as it was. The next reload tries again.
  @Test(arguments: [false, true])
  func aDefinitionThatFailsIsTakenBack(sequential: Bool) throws {
    var simulation = started(
      "ready = notify\nready_timeout = 5\nmax_surge = \(sequential ? 0 : 1)", count: 2)
    simulation.send("set", ["name": "web", "options": ["cmd": "broken"]])
    simulation.advance(.seconds(6))
    #expect(simulation.trace.contains("web.reload_failed"))
    #expect(simulation.arbiter.watchers[0].spec.command == "web")
    while simulation.tell("web") {}
    simulation.advance(.seconds(6))
    while simulation.tell("web") {}
    #expect(running(simulation).ready == 2)
    let ticket = simulation.send("reload", ["name": "web", "waiting": true])
    #expect(simulation.arbiter.watchers[0].spec.command == "broken")
    for _ in 0..<10 {
      simulation.advance(.seconds(1))
      while simulation.tell("web") {}
    }
    #expect(simulation.replies[ticket] != nil)
    #expect(simulation.arbiter.watchers[0].spec.command == "broken")
    #expect(running(simulation).ready == 2)
    #expect(simulation.violations.isEmpty, "\(simulation.violations)")
  }

  /// A new process that ends before it counts: the first one ends it, in a program's place, too.
  @Test(arguments: [false, true])
  func oneThatEndsBeforeItCounts(isSupervisor: Bool) {
    let probe = "readiness_probe = tcp://127.0.0.1:1"
    var simulation =
      isSupervisor
      ? Simulation(
        supervisor:
          "[program:web]\ncommand=/bin/web\nnumprocs=3\nprocess_name=%(process_num)d\nstartsecs=0\n\(probe)"
      ) : Simulation(circus: "[watcher:web]\ncmd = web\nnumprocesses = 3\n\(probe)")
    simulation.boot()
    simulation.advance(.seconds(1))
    let old = Set(simulation.pids("web"))
    simulation.probeOutcomes[.readiness] = .failure
    let ticket = simulation.send("reload", ["name": "web", "waiting": true])
    simulation.advance(.milliseconds(10))
    let fresh = simulation.pids("web").filter { !old.contains($0) }
    #expect(fresh.count == (isSupervisor ? 1 : 3))
    simulation.kernel.crash(fresh[0], .exited(1))
    simulation.deliverDeaths()
    #expect("\(simulation.replies[ticket] as Any)".contains("not reloaded"))
    simulation.advance(.milliseconds(10))
    #expect(old.intersection(simulation.pids("web")).count == (isSupervisor ? 2 : 3))
    #expect(simulation.trace.contains("web.reload_failed"))
    #expect(simulation.violations.isEmpty, "\(simulation.violations)")
  }

  /// T77: ready and healthy for a while, in one piece.
  @Test func aNewOneMustStayHealthy() {
    var simulation = started(
      """
      readiness_probe = tcp://127.0.0.1:1
      readiness_probe.period = 1
      readiness_probe.failure_threshold = 1
      min_ready_seconds = 5
      max_surge = 1
      """, count: 1)
    let old = simulation.pids("web")
    simulation.send("reload", ["name": "web"])
    simulation.advance(.seconds(4))
    simulation.probeOutcomes[.readiness] = .failure
    simulation.advance(.seconds(2))
    simulation.probeOutcomes[.readiness] = .success
    simulation.advance(.seconds(4))
    #expect(simulation.pids("web").count == 2)
    simulation.advance(.seconds(3))
    #expect(simulation.pids("web").count == 1 && simulation.pids("web") != old)
    #expect(simulation.violations.isEmpty)
  }

  /// Without progress it has an end.
  @Test func aReloadHasAnEnd() {
    var simulation = started(
      "readiness_probe = tcp://127.0.0.1:1\nreload_timeout = 30", count: 2)
    let old = Set(simulation.pids("web"))
    simulation.probeOutcomes[.readiness] = .failure
    let ticket = simulation.send("reload", ["name": "web", "waiting": true])
    simulation.advance(.seconds(29))
    #expect(simulation.replies[ticket] == nil && simulation.pids("web").count == 4)
    simulation.advance(.seconds(2))
    #expect(Set(simulation.pids("web")) == old)
    #expect("\(simulation.replies[ticket] as Any)".contains("no progress within 30"))
    #expect(simulation.violations.isEmpty)
  }

  /// T78: a process that is to stop counts as not ready, and has its signal later.
  @Test func aStopLetsItFinish() {
    var simulation = started("drain_seconds = 5", count: 1)
    simulation.diesAtOnce = false
    simulation.send("stop", ["name": "web"])
    #expect(simulation.trace.last == "web.draining")
    #expect(simulation.kernel.dying.isEmpty)
    simulation.advance(.milliseconds(4_900))
    #expect(simulation.kernel.dying.isEmpty)
    simulation.advance(.milliseconds(200))
    #expect(simulation.kernel.dying.count == 1)
    simulation.deliverDeaths()
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.violations.isEmpty)
  }

  /// One that ends by itself meanwhile is gone; one that is told to hurry has its signal at once.
  @Test func finishingHasManyEnds() {
    var simulation = started("drain_seconds = 50", count: 1)
    simulation.send("stop", ["name": "web"])
    simulation.exit("web", 0, .exited(0))
    #expect(simulation.status("web") == "stopped")
    simulation.send("start", ["name": "web"])
    simulation.send("stop", ["name": "web"])
    simulation.send("kill", ["name": "web"])
    #expect(simulation.status("web") == "stopped")
    simulation.send("start", ["name": "web"])
    simulation.crash()
    simulation.send("stop", ["name": "web"])
    simulation.crash()
    #expect(simulation.pids("web").count == 1)
    simulation.advance(.seconds(51))
    #expect(simulation.pids("web").isEmpty)
    simulation.send("start", ["name": "web"])
    simulation.signal(.terminate)
    simulation.signal(.interrupt)
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations.isEmpty, "\(simulation.violations)")
  }

  /// A reload in the middle of a start that is a reload itself.
  @Test func aReloadDuringAStartByReload() {
    var simulation = Simulation(
      circus: "[watcher:web]\ncmd = web\nnumprocesses = 2\nready = seconds:2\nautostart = False")
    simulation.boot()
    simulation.send("reload", ["name": "web"])
    simulation.advance(.seconds(1))
    simulation.send("reload", ["name": "web"])
    simulation.advance(.seconds(5))
    #expect(simulation.pids("web").count == 2)
    #expect(simulation.violations.isEmpty, "\(simulation.violations)")
  }

  /// T76: a stop ends it, a crash of the daemon does not.
  @Test func aCrashOfTheDaemonInTheMiddle() {
    var simulation = started("ready = notify\nmax_surge = 1", count: 4)
    let old = Set(simulation.pids("web"))
    simulation.send("reload", ["name": "web"])
    simulation.tell("web")
    simulation.crash()
    for _ in 0..<20 {
      while simulation.tell("web") {}
      simulation.advance(.seconds(1))
    }
    #expect(simulation.pids("web").count == 4 && old.isDisjoint(with: simulation.pids("web")))
    #expect(simulation.violations.isEmpty, "\(simulation.violations)")
  }
}
