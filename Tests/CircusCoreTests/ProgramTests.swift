import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// supervisor programs: states, retries and order (supervisor.md 2).
@Suite struct ProgramTests {
  private func program(_ options: String) -> Simulation {
    var simulation = Simulation(
      supervisor: "[supervisord]\n[program:app]\ncommand=/bin/cat\n\(options)\n")
    simulation.boot()
    return simulation
  }

  @Test func startingBecomesRunningAfterStartsecs() {
    var simulation = program("startsecs=3")
    #expect(simulation.states("app") == ["STARTING"])
    #expect(simulation.status("app") == "starting")
    simulation.advance(.seconds(3))
    #expect(simulation.states("app") == ["RUNNING"])
    #expect(simulation.status("app") == "active")
    #expect(simulation.violations == [])
  }

  @Test func dyingTooQuicklyBacksOffLinearlyAndEndsFatal() {
    var simulation = program("startsecs=5\nstartretries=3")
    for delay in 1...3 {
      simulation.exit("app", 0, .exited(0))
      #expect(simulation.states("app") == ["BACKOFF"])
      simulation.advance(.milliseconds(Int64(delay) * 1_000 - 1))
      #expect(simulation.states("app") == ["BACKOFF"])
      simulation.advance(.milliseconds(1))
      #expect(simulation.states("app") == ["STARTING"])
    }
    simulation.exit("app", 0, .exited(0))
    #expect(simulation.states("app") == ["FATAL"])
    #expect(simulation.status("app") == "stopped")
    simulation.advance(.seconds(100))
    #expect(simulation.pids("app").isEmpty)
    simulation.send("start", ["name": "app"])
    #expect(simulation.states("app") == ["STARTING"])
    #expect(simulation.violations == [])
  }

  @Test func expectedExitIsLeftUnexpectedOneIsRestarted() {
    var simulation = program("startsecs=1\nexitcodes=0,2")
    simulation.advance(.seconds(5))
    simulation.exit("app", 0, .exited(7))
    #expect(simulation.pids("app").count == 1)
    simulation.advance(.seconds(5))
    simulation.exit("app", 0, .exited(2))
    #expect(simulation.states("app") == ["EXITED"])
    #expect(simulation.pids("app").isEmpty)
    #expect(simulation.violations == [])
  }

  @Test(arguments: ["true", "false"])
  func autorestartDecides(value: String) {
    var simulation = program("startsecs=1\nautorestart=\(value)")
    simulation.advance(.seconds(5))
    simulation.exit("app", 0, .exited(0))
    #expect(simulation.states("app") == [value == "true" ? "STARTING" : "EXITED"])
  }

  @Test func stopIsStoppedAndKeepsItsPlace() {
    var simulation = program("stopwaitsecs=4\nstopsignal=INT")
    simulation.advance(.seconds(2))
    simulation.send("stop", ["name": "app"])
    #expect(simulation.states("app") == ["STOPPED"])
    #expect(simulation.kernel.signals.map(\.signal) == [.interrupt])
    #expect(simulation.violations == [])
  }

  @Test func groupOptionsSignalTheGroup() {
    var simulation = program("stopasgroup=true")
    simulation.send("stop", ["name": "app"])
    #expect(simulation.kernel.signals.map(\.scope) == [.group])
  }

  @Test func mainProcessOnlyLeavesDescendantsAlone() {
    var simulation = program("killasgroup=false")
    simulation.kernel.leavesOrphans = ["app"]
    simulation.send("stop", ["name": "app"])
    #expect(simulation.kernel.orphans.count == 1)
    #expect(simulation.status("app") == "stopped")
  }

  @Test func numprocsScaleAtRunTimeWithoutTouchingTheOthers() {
    var simulation = program(
      "numprocs=2\nprocess_name=%(program_name)s_%(process_num)02d\nstartsecs=0")
    let before = simulation.pids("app")
    let more = simulation.send("incr", ["name": "app", "waiting": true])
    #expect(simulation.replies[more] == .ok("numprocesses", 3))
    #expect(Array(simulation.pids("app").prefix(2)) == before)
    simulation.send("decr", ["name": "app"])
    #expect(simulation.pids("app") == before)
    #expect(simulation.violations == [])
  }

  @Test func groupsStartAscendingAndShutDownDescendingOneByOne() {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [program:late]
        command=/bin/cat
        priority=900
        startsecs=0
        [program:early]
        command=/bin/cat
        priority=1
        startsecs=0
        """)
    simulation.boot()
    #expect(simulation.trace.filter { $0.hasSuffix("spawn") } == ["early.spawn", "late.spawn"])
    simulation.kernel.stubborn = ["late"]
    simulation.diesAtOnce = false
    simulation.clearTrace()
    simulation.send("quit")
    #expect(simulation.trace == ["late.kill"])
    simulation.advance(.seconds(10))
    if let late = simulation.kernel.dying.first { simulation.deliverDeath(of: late) }
    #expect(
      simulation.trace == ["late.kill", "late.kill", "late.reap", "late.stop", "early.kill"])
    simulation.deliverDeaths()
    #expect(simulation.exitStatus == 0)
    #expect(simulation.violations == [])
  }
}
