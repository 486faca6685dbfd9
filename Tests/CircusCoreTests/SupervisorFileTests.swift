import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// What `reread`, `add`, `remove` and a restart make of the file (supervisor.md 1.16, 7.7).
extension SupervisorTests {
  @Test func rereadTellsAndChangesNothing() {
    var simulation = simulate("[program:a]\ncommand=run\n[program:b]\ncommand=run\n")
    simulation.advance(.seconds(2))
    let pids = simulation.pids("a") + simulation.pids("b")
    let ticket = simulation.order(.reread)
    simulation.load(configuration("[program:b]\ncommand=other\n[program:c]\ncommand=run\n"))
    guard case .changes(let changes)? = simulation.answers[ticket] else {
      Issue.record("no changes")
      return
    }
    #expect(changes.added == ["c"])
    #expect(changes.changed == ["b"])
    #expect(changes.removed == ["a"])
    #expect(simulation.pids("a") + simulation.pids("b") == pids)
    #expect(ask(&simulation, .addGroup("b"))?.fault == .alreadyAdded)
    #expect(ask(&simulation, .addGroup("x"))?.fault == .badName)
    #expect(ask(&simulation, .addGroup("c"))?.isDone == true)
    #expect(simulation.pids("c").count == 1)
    #expect(ask(&simulation, .removeGroup("a"))?.fault == .stillRunning)
    stop(&simulation, "a:*")
    #expect(ask(&simulation, .removeGroup("a"))?.isDone == true)
    #expect(simulation.arbiter.hasGroup("a") == false)
    #expect(simulation.violations == [])
  }

  @Test func everyOptionOfAProgramCounts() {
    let plain = "[program:p]\ncommand=run\n"
    for option in [
      "stdout_capture_maxbytes=1KB", "stderr_events_enabled=true", "killasgroup=true",
      "exitcodes=1", "startsecs=7", "environment=A=1", "priority=3",
    ] {
      var simulation = simulate(plain)
      let ticket = simulation.order(.reread)
      simulation.load(configuration(plain + option))
      guard case .changes(let changes)? = simulation.answers[ticket] else { continue }
      #expect(changes.changed == ["p"], "\(option)")
      let again = simulation.order(.reread)
      simulation.load(configuration(plain))
      guard case .changes(let unchanged)? = simulation.answers[again] else { continue }
      #expect(unchanged == GroupChanges())
    }
  }

  @Test func aBrokenFileStopsNothing() {
    var simulation = simulate("[program:a]\ncommand=run\n")
    simulation.advance(.seconds(2))
    let pids = simulation.pids("a")
    let ticket = simulation.order(.restart)
    simulation.failLoad("line 3 is wrong")
    #expect(simulation.answers[ticket]?.fault == .cantReread)
    simulation.signal(.hangup)
    simulation.failLoad("line 3 is wrong")
    #expect(simulation.pids("a") == pids)
    #expect(simulation.log.contains { $0.contains("not restarted, nothing changed") })
  }

  @Test func restartBeginsAnewWithTheFile() {
    var simulation = simulate("[program:a]\ncommand=run\n")
    simulation.advance(.seconds(2))
    simulation.signal(.hangup)
    let new = configuration("[program:b]\ncommand=run\n")
    simulation.load(new)
    simulation.load(new)
    #expect(simulation.pids("a").isEmpty)
    #expect(simulation.pids("b").count == 1)
    #expect(events(simulation).filter { $0 == "SUPERVISOR_STATE_CHANGE_RUNNING" }.count == 2)
    #expect(simulation.violations == [])
  }

  // MARK: both worlds

  @Test func watchersOfACircusFileAreGroups() {
    var simulation = Simulation(circus: "[circus]\n[watcher:web]\ncmd = run\nnumprocesses = 2\n")
    simulation.boot()
    #expect(states(simulation) == ["web:web-1 RUNNING", "web:web-2 RUNNING"])
    stop(&simulation, "web:web-1")
    #expect(states(simulation) == ["web:web-1 STOPPED", "web:web-2 RUNNING"])
    simulation.advance(.seconds(30))
    #expect(simulation.pids("web").count == 1)
    start(&simulation, "web:web-1")
    #expect(states(simulation) == ["web:web-1 RUNNING", "web:web-2 RUNNING"])
    let down = answer(&simulation) { stop(&$0, "web:*") }
    #expect(down?.names.sorted() == ["web-1", "web-2"])
    #expect(states(simulation) == ["web:web-1 STOPPED", "web:web-2 STOPPED"])
    start(&simulation, "web:web-2")
    #expect(states(simulation) == ["web:web-1 STOPPED", "web:web-2 RUNNING"])
    simulation.send("stop", ["name": "web"])
    let up = answer(&simulation) { start(&$0, "web:*") }
    #expect(up?.names.sorted() == ["web-1", "web-2"])
    #expect(simulation.pids("web").count == 2)
    #expect(simulation.violations == [])
  }
}
