import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// `dependent_startup` without its plugin (T68).
@Suite struct DependentStartTests {
  private func simulation(_ lines: [(name: String, options: String)]) -> Simulation {
    var simulation = Simulation(
      supervisor: "[supervisord]\n"
        + lines.map { "[program:\($0.name)]\ncommand=run\n\($0.options)\n" }.joined())
    simulation.boot()
    return simulation
  }

  private func spawns(_ simulation: Simulation) -> [String] {
    simulation.trace.filter { $0.hasSuffix(".spawn") }.map { String($0.dropLast(6)) }
  }

  private static func waits(_ text: String, _ more: String = "") -> String {
    "autostart=false\ndependent_startup=true\ndependent_startup_wait_for=\(text)\n\(more)"
  }

  private static let sonic = [
    ("rsyslogd", "priority=1\nautostart=false\ndependent_startup=true"),
    ("start", waits("rsyslogd:running", "startsecs=0\nautorestart=false")),
    ("orchagent", waits("start:exited")), ("vlanmgrd", waits("orchagent:running start:exited")),
    ("free", ""),
  ]

  @Test func programsStartOneAfterTheOther() {
    var simulation = simulation(Self.sonic)
    #expect(spawns(simulation) == ["free", "rsyslogd"])
    #expect(simulation.arbiter.processTable.first { $0.name == "start" }?.stage == .stopped)
    simulation.advance(.seconds(1))
    #expect(spawns(simulation) == ["free", "rsyslogd", "start"])
    simulation.exit("start", 0, .exited(0))
    #expect(spawns(simulation).last == "orchagent")
    simulation.advance(.seconds(1))
    #expect(spawns(simulation) == ["free", "rsyslogd", "start", "orchagent", "vlanmgrd"])
    // Once: what follows is no business of it.
    simulation.send("stop", ["name": "vlanmgrd"])
    simulation.send("restart", ["name": "orchagent"])
    simulation.advance(.seconds(3))
    #expect(simulation.status("vlanmgrd") == "stopped")
    #expect(simulation.violations == [])
  }

  /// What was reached once counts, also when it is over.
  @Test func aStateOfThePastCounts() {
    var simulation = simulation([
      ("a", "autostart=true\nstartsecs=0\nautorestart=false"),
      ("b", Self.waits("a:running c:exited,fatal")), ("c", "startretries=0"),
    ])
    simulation.exit("a", 0, .exited(0))
    #expect(!spawns(simulation).contains("b"))
    simulation.exit("c", 0, .exited(1))
    #expect(simulation.arbiter.processTable.first { $0.name == "c" }?.stage == .fatal)
    #expect(spawns(simulation).contains("b"))
  }

  /// All processes of a program, and the most urgent first.
  @Test func ofSeveralTheMostUrgentStartsFirst() {
    var simulation = simulation([
      ("base", "numprocs=2\nprocess_name=%(process_num)d"),
      ("late", Self.waits("base:running", "priority=5")),
      ("early", Self.waits("base", "priority=2")),
      ("first", Self.waits("base:starting vip:running", "dependent_startup_inherit_priority=true")),
      ("vip", "priority=1"),
    ])
    simulation.exit("base", 0, .exited(1))
    simulation.advance(.milliseconds(1_500))
    #expect(spawns(simulation).suffix(2) != ["early", "late"])
    simulation.advance(.seconds(3))
    #expect(spawns(simulation).filter { $0 != "base" } == ["vip", "first", "early", "late"])
  }

  /// Beside `autostart`, unknown programs and words are passed over, as by the plugin.
  @Test func whatIsWrongDoesNotHoldUp() {
    let simulation = simulation([
      ("a", "dependent_startup=true\ndependent_startup_wait_for=nothing:running"),
      ("b", Self.waits("nothing:running")), ("c", "autostart=false\ndependent_startup=maybe"),
    ])
    #expect(spawns(simulation) == ["a", "b"])
  }

  /// A listener that does it is left alone.
  @Test func thePluginIsNotDisturbed() {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [eventlistener:starter]
        command=python3 -m supervisord_dependent_startup
        events=PROCESS_STATE
        [program:a]
        command=run
        autostart=false
        dependent_startup=true
        """)
    simulation.boot()
    simulation.advance(.seconds(3))
    #expect(spawns(simulation) == ["starter"])
  }

  @Test func aClientMayBeFaster() {
    var simulation = simulation(Self.sonic)
    simulation.send("start", ["name": "vlanmgrd"])
    simulation.send("stop", ["name": "vlanmgrd"])
    simulation.advance(.seconds(1))
    simulation.exit("start", 0, .exited(0))
    simulation.advance(.seconds(2))
    #expect(simulation.status("orchagent") == "active")
    #expect(simulation.status("vlanmgrd") == "stopped")
  }

  /// In the middle of it the daemon dies, is replaced, starts anew.
  @Test func itGoesOnAfterTheDaemonsDeath() {
    var simulation = simulation(Self.sonic)
    simulation.advance(.milliseconds(500))
    simulation.crash()
    simulation.advance(.seconds(1))
    #expect(spawns(simulation) == ["free", "rsyslogd", "start"])
    simulation.upgrade()
    simulation.exit("start", 0, .exited(0))
    simulation.crash()
    simulation.advance(.seconds(2))
    #expect(spawns(simulation) == ["free", "rsyslogd", "start", "orchagent", "vlanmgrd"])
    #expect(simulation.violations == [])
  }

  @Test func itIsExplained() {
    var simulation = simulation(Self.sonic)
    let ticket = simulation.send("explain", ["name": "vlanmgrd"])
    guard case .ok(let members)? = simulation.replies[ticket] else {
      Issue.record("no reply")
      return
    }
    #expect(
      members.first { $0.key == "next" }?.value == [
        "it is started once, when orchagent has been running and start has been exited"
      ])
    let wait = simulation.send("wait", ["name": "vlanmgrd"])
    #expect(simulation.replies[wait] == nil)
    simulation.advance(.seconds(1))
    simulation.exit("start", 0, .exited(0))
    simulation.advance(.seconds(2))
    #expect(simulation.replies[wait] == .ok("outcome", "reached"))
  }
}
