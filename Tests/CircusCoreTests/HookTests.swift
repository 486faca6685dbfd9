import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Hooks: in which order, with what, and what a no means (circus.md 7).
@Suite struct HookTests {
  private func spec(_ hooks: [HookName], count: Int = 1, ignores: Bool = false) -> WatcherSpec {
    var spec = WatcherSpec(name: "w")
    spec.command = "run"
    spec.processCount = count
    spec.stop.grace = .seconds(3)
    for hook in hooks {
      spec.hooks[hook.rawValue] = .init(callable: "m.\(hook.rawValue)", ignoresFailure: ignores)
    }
    return spec
  }

  private func simulation(_ hooks: [HookName], count: Int = 1) -> Simulation {
    Simulation([spec(hooks, count: count)])
  }

  private func finish(_ simulation: Simulation) {
    #expect(simulation.violations == [])
  }

  private static let all = HookName.allCases.filter { $0 != .extendedStats }

  @Test func eventsComeInTheOrderOfTheReference() {
    var s = simulation(Self.all)
    s.boot()
    #expect(
      s.events.map { $0.hook?.rawValue ?? $0.name.rawValue } == [
        "before_start", "before_spawn", "after_spawn", "spawn", "after_start", "start",
      ])
    s.clearTrace()
    s.send("stop", ["name": "w"])
    #expect(
      s.events.map { $0.hook?.rawValue ?? $0.name.rawValue } == [
        "before_stop", "before_signal", "after_signal", "kill", "before_reap", "reap",
        "after_reap", "stop", "after_stop",
      ])
    #expect(s.events.map(\.sequence) == Array(7...15))
    finish(s)
  }

  @Test func argumentsAreThoseOfTheReference() {
    var s = simulation(Self.all)
    s.boot()
    let pid = JSON.int(Int(s.pids("w")[0].rawValue))
    s.exit("w", 0, .exited(3))
    let calls = Dictionary(s.hookCalls.map { ($0.name, $0) }) { $1 }
    #expect(calls[.afterReap]?.arguments["process_pid"] == pid)
    #expect(calls[.afterReap]?.arguments["exit_code"] == 3)
    #expect(calls[.afterReap]?.arguments["process_status"] == 1)
    #expect(calls[.afterSpawn]?.arguments["pid"] != nil)
    #expect(calls[.beforeStart]?.context["name"] == "w")
    #expect(calls[.beforeStart]?.context["numprocesses"] == 1)
    finish(s)
  }

  @Test func beforeStartMayRefuse() {
    var s = simulation([.beforeStart])
    s.hookOutcomes[.beforeStart] = .returned(false)
    s.boot()
    #expect(s.status("w") == "stopped")
    #expect(s.trace == ["w.hook_success"])
    let ticket = s.send("start", ["name": "w", "waiting": true])
    #expect(
      s.replies[ticket]
        == .error(.refused("w: not started: before_start said no (m.before_start)")))
    s.hookOutcomes = [:]
    s.send("start", ["name": "w"])
    #expect(s.status("w") == "active")
    finish(s)
  }

  @Test func failureCountsAsNoUnlessIgnored() {
    var s = Simulation([spec([.beforeStart])])
    s.hookOutcomes[.beforeStart] = .failed("boom!")
    s.boot()
    #expect(s.status("w") == "stopped")
    #expect(s.events.first?.error == "boom!")
    #expect(s.events.first?.payload["name"] == "before_start")
    var t = Simulation([spec([.beforeStart], ignores: true)])
    t.hookOutcomes[.beforeStart] = .failed("boom!")
    t.boot()
    #expect(t.status("w") == "active")
    finish(t)
  }

  @Test func afterStartRefusingStopsEverything() {
    var s = simulation([.afterStart], count: 2)
    s.hookOutcomes[.afterStart] = .returned(false)
    s.boot()
    #expect(s.status("w") == "stopped")
    #expect(s.trace.filter { $0 == "w.start" }.isEmpty)
    #expect(s.trace.last == "w.stop")
    finish(s)
  }

  @Test func beforeSpawnRefusingStopsTheWatcher() {
    var s = simulation([.beforeSpawn], count: 2)
    s.hookOutcomes[.beforeSpawn] = .returned(false)
    s.boot()
    #expect(s.status("w") == "stopped")
    #expect(s.pids("w") == [])
    finish(s)
  }

  @Test func spawnsAreJudgedOneAfterTheOther() {
    var s = simulation([.beforeSpawn, .afterSpawn], count: 2)
    s.answersHooks = false
    s.boot()
    #expect(s.pendingHooks.map(\.name) == [.beforeSpawn])
    s.answerHook()
    #expect(s.pendingHooks.map(\.name) == [.afterSpawn])
    s.answerHook()
    #expect(s.pendingHooks.map(\.name) == [.beforeSpawn])
    s.answerHook(.returned(false))
    while !s.pendingHooks.isEmpty { s.answerHook() }
    #expect(s.status("w") == "stopped")
    #expect(s.trace.filter { $0 == "w.spawn" || $0 == "w.reap" } == ["w.spawn", "w.reap"])
    finish(s)
  }

  @Test func afterSpawnRefusingKillsWithoutASpawnEvent() {
    var s = simulation([.afterSpawn])
    s.hookOutcomes[.afterSpawn] = .returned(false)
    s.boot()
    #expect(s.status("w") == "stopped")
    #expect(!s.trace.contains("w.spawn") && !s.trace.contains("w.reap"))
    #expect(s.kernel.processes.isEmpty)
    finish(s)
  }

  @Test func refusedReloadKeepsTheOldProcesses() {
    for hook in [HookName.beforeSpawn, .afterSpawn] {
      var s = simulation([hook], count: 2)
      s.boot()
      let before = s.pids("w")
      s.hookOutcomes[hook] = .returned(false)
      s.send("reload", ["name": "w"])
      #expect(s.pids("w") == before, "\(hook)")
      #expect(s.status("w") == "active")
      finish(s)
    }
  }

  @Test func vetoedSignalIsNotSentButSigkillIs() {
    var s = simulation([.beforeSignal])
    s.hookOutcomes[.beforeSignal] = .returned(false)
    s.boot()
    s.send("stop", ["name": "w"])
    #expect(s.status("w") == "stopping")
    #expect(s.trace.contains("w.kill"))
    s.advance(.seconds(3))
    #expect(s.status("w") == "stopped")
    #expect(s.kernel.signals.map(\.signal) == [.kill])
    finish(s)
  }

  @Test func signalCommandAsksToo() {
    var s = simulation([.beforeSignal, .afterSignal])
    s.hookOutcomes[.beforeSignal] = .returned(false)
    s.boot()
    s.send("signal", ["name": "w", "signum": "usr1"])
    #expect(s.kernel.signals.isEmpty)
    #expect(s.hookCalls.map(\.name) == [.beforeSignal, .afterSignal])
    finish(s)
  }

  @Test func graceBeginsWhenTheSignalIsSent() {
    var s = simulation([.beforeStop])
    s.kernel.stubborn = ["w"]
    s.answersHooks = false
    s.boot()
    s.send("stop", ["name": "w"])
    s.advance(.seconds(10))
    #expect(s.kernel.signals.isEmpty, "the hook still thinks")
    s.answerHook()
    s.advance(.seconds(2))
    #expect(s.kernel.signals.map(\.signal) == [.terminate])
    s.advance(.seconds(1))
    #expect(s.kernel.signals.map(\.signal) == [.terminate, .kill])
    #expect(s.status("w") == "stopped")
    finish(s)
  }

  @Test func silentHookFailsInTime() {
    var s = simulation([.beforeStart])
    s.answersHooks = false
    s.boot()
    let ticket = s.send("start", ["name": "w", "waiting": true])
    s.advance(.seconds(29))
    #expect(s.replies[ticket] == nil)
    s.advance(.seconds(1))
    #expect(s.replies[ticket] != nil)
    #expect(s.status("w") == "stopped")
    #expect(s.events.first?.error == "no answer within 30.0 s")
    // An answer that comes after all means nothing.
    s.answerHook()
    #expect(s.status("w") == "stopped")
    finish(s)
  }

  @Test func otherWatchersDoNotWaitForAHook() {
    var other = WatcherSpec(name: "other")
    other.command = "run"
    var s = Simulation([spec([.beforeStop]), other])
    s.answersHooks = false
    s.boot()
    s.send("stop", ["name": "w"])
    s.send("restart", ["name": "other"])
    #expect(
      s.trace.suffix(5) == ["other.kill", "other.reap", "other.stop", "other.spawn", "other.start"])
    let ticket = s.send("stop", ["name": "w", "waiting": true])
    #expect(s.replies[ticket] == nil)
    s.answerHook()
    #expect(s.replies[ticket] != nil)
    finish(s)
  }

  @Test func quitWaitsForHooksAndASecondInterruptDoesNot() {
    var s = simulation([.beforeStop, .afterStop])
    s.answersHooks = false
    s.boot()
    s.signal(.interrupt)
    #expect(s.exitStatus == nil)
    s.signal(.interrupt)
    #expect(s.exitStatus == 0)
    #expect(s.kernel.processes.isEmpty)
    finish(s)
  }

  @Test func definitionsAreReadWithFlagsProgramsAndTimeout() {
    let s = Simulation(
      circus: """
        [watcher:w]
        cmd = run
        hooks.before_start = a.b, true
        hooks.after_start = exec:/bin/x one,two
        hooks.before_stop = exec:/bin/x one,two, yes
        hooks.timeout = 2.5
        """)
    let spec = s.arbiter.watchers[0].spec
    #expect(spec.hooks["before_start"] == .init(callable: "a.b", ignoresFailure: true))
    #expect(
      spec.hooks["after_start"] == .init(callable: "exec:/bin/x one,two", ignoresFailure: false))
    #expect(
      spec.hooks["before_stop"] == .init(callable: "exec:/bin/x one,two", ignoresFailure: true))
    #expect(spec.hookTimeout == .seconds(2.5))
    #expect(spec.hooks["timeout"] == nil)
  }
}
