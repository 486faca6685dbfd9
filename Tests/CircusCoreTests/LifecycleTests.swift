import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// circus watchers, event by event (circus.md 2 and appendix A).
@Suite struct LifecycleTests {
  private func web(_ count: Int = 2, _ more: String = "") -> Simulation {
    var simulation = Simulation(
      circus: "[watcher:web]\ncmd = /bin/sleep 60\nnumprocesses = \(count)\n\(more)\n")
    simulation.boot()
    return simulation
  }

  private func check(_ simulation: Simulation) { #expect(simulation.violations == []) }

  @Test func bootSpawnsThenStarts() {
    let simulation = web()
    #expect(simulation.trace == ["web.spawn", "web.spawn", "web.start"])
    #expect(simulation.status("web") == "active")
    check(simulation)
  }

  @Test func crashIsReapedAndReplacedAtOnceAfterAHealthyLife() {
    var simulation = web()
    simulation.advance(.seconds(10))
    simulation.clearTrace()
    simulation.exit("web", 0, .exited(3))
    #expect(simulation.trace == ["web.reap", "web.spawn"])
    #expect(simulation.events[0].exitCode == 3)
    #expect(simulation.events[0].cause == .crash)
    check(simulation)
  }

  @Test func deathByForeignSignalIsReplacedAtOnce() {
    var simulation = web(1)
    simulation.clearTrace()
    simulation.exit("web", 0, .signaled(.kill, dumpedCore: false))
    #expect(simulation.trace == ["web.reap", "web.spawn"])
    #expect(simulation.events[0].exitCode == -9)
    check(simulation)
  }

  @Test func crashLoopWaitsDoublingFromATenthOfASecond() {
    var simulation = web(1)
    for delay in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] as [Int64] {
      simulation.exit("web", 0, .exited(1))
      #expect(simulation.pids("web").isEmpty)
      simulation.advance(.milliseconds(delay - 1))
      #expect(simulation.pids("web").isEmpty, "too early at \(delay)")
      simulation.advance(.milliseconds(1))
      #expect(simulation.pids("web").count == 1, "too late at \(delay)")
    }
    check(simulation)
  }

  @Test func stopTellsKillReapStop() {
    var simulation = web()
    simulation.clearTrace()
    let ticket = simulation.send("stop", ["name": "web", "waiting": true])
    #expect(
      simulation.trace == ["web.kill", "web.kill", "web.reap", "web.reap", "web.stop"])
    #expect(simulation.replies[ticket] == .ok("info", .null))
    #expect(simulation.status("web") == "stopped")
    check(simulation)
  }

  @Test func stopEscalatesToKillAfterTheGracePeriod() {
    var simulation = Simulation(
      circus: "[watcher:web]\ncmd = sleep 1\ngraceful_timeout = 3\n")
    simulation.kernel.stubborn = ["web"]
    simulation.boot()
    simulation.clearTrace()
    simulation.send("stop", ["name": "web"])
    #expect(simulation.trace == ["web.kill"])
    #expect(simulation.status("web") == "stopping")
    simulation.advance(.milliseconds(2_999))
    #expect(simulation.trace == ["web.kill"])
    simulation.advance(.milliseconds(1))
    #expect(simulation.trace == ["web.kill", "web.kill", "web.reap", "web.stop"])
    #expect(simulation.kernel.signals.map(\.signal) == [.terminate, .kill])
    check(simulation)
  }

  @Test func restartIsStopThenStart() {
    var simulation = web(1)
    let before = simulation.pids("web")
    simulation.clearTrace()
    let ticket = simulation.send("restart", ["name": "web", "waiting": true])
    #expect(
      simulation.trace == ["web.kill", "web.reap", "web.stop", "web.spawn", "web.start"])
    let after = simulation.pids("web")
    let list: ([PID]) -> JSON = { .array($0.map { .int(Int($0.rawValue)) }) }
    #expect(
      simulation.replies[ticket]
        == .ok("info", ["stopped": list(before), "started": list(after), "kept": []]))
    check(simulation)
  }

  @Test func gracefulReloadSpawnsBeforeItKills() {
    var simulation = web()
    simulation.clearTrace()
    simulation.send("reload", ["name": "web"])
    #expect(
      simulation.trace == ["web.spawn", "web.spawn", "web.kill", "web.kill", "web.reload"])
    #expect(simulation.pids("web").count == 2)
    check(simulation)
  }

  @Test func reloadWhoseSpawnFailsKeepsTheOldProcesses() {
    var simulation = web()
    let before = simulation.pids("web")
    simulation.kernel.fail(
      "web", with: SpawnFailure(text: "no such file", isTransient: false), times: 99)
    let ticket = simulation.send("reload", ["name": "web", "waiting": true])
    #expect(simulation.pids("web") == before)
    #expect(simulation.replies[ticket] != nil)
    #expect(simulation.status("web") == "active")
    check(simulation)
  }

  @Test func sequentialReloadReplacesOneAfterTheOther() {
    var simulation = web()
    simulation.clearTrace()
    simulation.send("reload", ["name": "web", "sequential": true])
    #expect(
      simulation.trace == [
        "web.kill", "web.reap", "web.spawn", "web.kill", "web.reap", "web.spawn", "web.reload",
      ])
    check(simulation)
  }

  @Test func hangupReloadOnlySignals() {
    var simulation = web(2, "send_hup = True")
    simulation.clearTrace()
    simulation.send("reload", ["name": "web"])
    #expect(simulation.trace == ["web.reload"])
    #expect(simulation.kernel.signals.map(\.signal) == [.hangup, .hangup])
    check(simulation)
  }

  @Test func incrSpawnsAndDecrKillsTheOldest() {
    var simulation = web()
    let before = simulation.pids("web")
    simulation.clearTrace()
    let more = simulation.send("incr", ["name": "web", "nb": 2, "waiting": true])
    #expect(simulation.replies[more] == .ok("numprocesses", 4))
    let less = simulation.send("decr", ["name": "web", "waiting": true])
    #expect(simulation.replies[less] == .ok("numprocesses", 3))
    #expect(simulation.trace == ["web.spawn", "web.spawn", "web.kill"])
    #expect(!simulation.pids("web").contains(before[0]))
    check(simulation)
  }

  @Test func decrBelowZeroStopsAtZeroAndStaysActive() {
    var simulation = web()
    let ticket = simulation.send("decr", ["name": "web", "nb": 9, "waiting": true])
    #expect(simulation.replies[ticket] == .ok("numprocesses", 0))
    #expect(simulation.status("web") == "active")
    check(simulation)
  }

  @Test func unknownCommandStopsTheWatcherAfterMaxRetry() {
    var simulation = Simulation(
      circus: "[watcher:web]\ncmd = nope\nmax_retry = 3\n[watcher:ok]\ncmd = sleep 1\n")
    simulation.kernel.fail(
      "web", with: SpawnFailure(text: "[Errno 2]", isTransient: false), times: 99)
    simulation.boot()
    #expect(simulation.trace == ["ok.spawn", "ok.start", "web.stop"])
    #expect(simulation.status("web") == "stopped")
    check(simulation)
  }

  @Test func shortageOfTheMachineIsWaitedForAndNotCounted() {
    var simulation = Simulation(circus: "[watcher:web]\ncmd = sleep 1\nmax_retry = 1\n")
    simulation.kernel.fail(
      "web", with: SpawnFailure(text: "[Errno 11]", isTransient: true), times: 4)
    simulation.boot()
    #expect(simulation.status("web") == "starting")
    simulation.advance(.seconds(2))
    #expect(simulation.status("web") == "active")
    check(simulation)
  }

  @Test func withoutRespawnTheWatcherStopsWithItsLastProcess() {
    var simulation = web(2, "respawn = False")
    simulation.clearTrace()
    simulation.exit("web", 0, .exited(0))
    simulation.exit("web", 0, .exited(0))
    #expect(simulation.trace == ["web.reap", "web.reap", "web.stop"])
    check(simulation)
  }

  @Test func noProcessesMeansNoStart() {
    let simulation = web(0)
    #expect(simulation.trace == ["web.stop"])
    #expect(simulation.status("web") == "stopped")
  }

  @Test func warmupPausesBetweenSpawnsButNotAfterTheLast() {
    var simulation = web(3, "warmup_delay = 2")
    #expect(simulation.pids("web").count == 1)
    #expect(simulation.status("web") == "starting")
    simulation.advance(.seconds(2))
    #expect(simulation.pids("web").count == 2)
    simulation.advance(.seconds(2))
    #expect(simulation.status("web") == "active")
    check(simulation)
  }

  @Test func stopOvertakesAStartInProgress() {
    var simulation = web(3, "warmup_delay = 60")
    let ticket = simulation.send("stop", ["name": "web", "waiting": true])
    #expect(simulation.replies[ticket] == .ok("info", .null))
    #expect(simulation.status("web") == "stopped")
    simulation.advance(.seconds(200))
    #expect(simulation.pids("web").isEmpty)
    check(simulation)
  }

  @Test func maxAgeReplacesWithinItsVariance() {
    var simulation = web(1, "max_age = 10\nmax_age_variance = 5")
    let before = simulation.pids("web")
    simulation.clearTrace()
    simulation.advance(.milliseconds(9_999))
    #expect(simulation.pids("web") == before)
    simulation.advance(.milliseconds(5_001))
    #expect(simulation.pids("web") != before)
    #expect(simulation.trace.prefix(2) == ["web.kill", "web.spawn"])
    check(simulation)
  }

  @Test func killCommandIsFollowedByAReplacement() {
    var simulation = web(2)
    let victim = simulation.pids("web")[1]
    simulation.clearTrace()
    let ticket = simulation.send(
      "kill", ["name": "web", "pid": .string("\(victim)"), "waiting": true])
    #expect(simulation.trace == ["web.kill", "web.spawn"])
    #expect(simulation.replies[ticket] == .plain)
    #expect(!simulation.pids("web").contains(victim))
    check(simulation)
  }

  @Test func watchersStartByFallingPriority() {
    var simulation = Simulation(
      circus: "[watcher:a]\ncmd=x\n[watcher:b]\ncmd=x\npriority=9\n[watcher:c]\ncmd=x\n")
    simulation.boot()
    #expect(simulation.trace.filter { $0.hasSuffix("start") } == ["b.start", "a.start", "c.start"])
  }

  @Test func orphansAreEndedBeforeStopIsTold() {
    var simulation = web(1)
    simulation.kernel.leavesOrphans = ["web"]
    simulation.clearTrace()
    let ticket = simulation.send("stop", ["name": "web", "waiting": true])
    #expect(simulation.kernel.orphans.isEmpty)
    #expect(simulation.trace == ["web.kill", "web.reap", "web.stop"])
    #expect(simulation.replies[ticket] == .ok("info", .null))
    #expect(simulation.log.contains { $0.contains("ending what the stopped process left behind") })
    check(simulation)
  }

  @Test func quitStopsAllAndFinishes() {
    var simulation = web()
    let ticket = simulation.send("quit", ["waiting": true])
    #expect(simulation.exitStatus == 0)
    #expect(simulation.replies[ticket] == .plain)
    check(simulation)
  }

  @Test func signalsAreNeverLostInTheMidstOfAStart() {
    var simulation = web(5, "warmup_delay = 10")
    simulation.signal(.terminate)
    #expect(simulation.exitStatus == 0)
    check(simulation)
  }

  @Test func secondInterruptEndsTheGrace() {
    var simulation = Simulation(circus: "[watcher:web]\ncmd = sleep 1\n")
    simulation.kernel.stubborn = ["web"]
    simulation.boot()
    simulation.signal(.interrupt)
    #expect(simulation.exitStatus == nil)
    simulation.signal(.interrupt)
    #expect(simulation.exitStatus == 0)
    check(simulation)
  }

  @Test func eventsAreNumberedAndCanBeAskedForLater() throws {
    var simulation = web()
    let ticket = simulation.send("events", ["since": 1])
    guard case .ok(let members)? = simulation.replies[ticket] else {
      Issue.record("refused")
      return
    }
    let events = members.first { $0.key == "events" }?.value.array ?? []
    #expect(events.map { $0["topic"]?.string } == ["watcher.web.spawn", "watcher.web.start"])
    #expect(events.map { $0["payload"]?["seq"]?.int } == [2, 3])
  }

  @Test func ringSaysWhenItNoLongerReachesThatFar() {
    var simulation = web(1)
    for _ in 0..<3_000 {
      simulation.advance(.milliseconds(10))
      simulation.exit("web", 0, .signaled(.kill, dumpedCore: false))
    }
    let ticket = simulation.send("events", ["since": 0, "limit": 5])
    guard case .ok(let members)? = simulation.replies[ticket] else {
      Issue.record("refused")
      return
    }
    #expect(members.first { $0.key == "complete" }?.value == false)
    #expect(members.first { $0.key == "events" }?.value.array?.count == 5)
  }
}
