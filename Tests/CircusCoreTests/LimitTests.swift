import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Limits of processes, and what is done with one that is over them.
@Suite struct LimitTests {
  private func started(_ text: String, isSupervisor: Bool = false) -> Simulation {
    var simulation = isSupervisor ? Simulation(supervisor: text) : Simulation(circus: text)
    simulation.boot()
    simulation.advance(.milliseconds(1))
    return simulation
  }

  private func events(_ simulation: Simulation, _ name: EventMessage.Name) -> [String] {
    simulation.events.filter { $0.name == name }.compactMap(\.reason)
  }

  private func kills(_ simulation: Simulation) -> [Cause?] {
    simulation.events.filter { $0.name == .kill }.map(\.cause)
  }

  @Test(arguments: [false, true])
  func threeSamplesInARowRestartIt(isSupervisor: Bool) {
    var simulation =
      isSupervisor
      ? started("[program:w]\ncommand=/bin/w\nmax_rss=500M\nstartsecs=0", isSupervisor: true)
      : started("[watcher:w]\ncmd = w\nmax_rss = 500M")
    simulation.probeOutcomes[.memory] = .failure
    simulation.advance(.seconds(29))
    #expect(kills(simulation).isEmpty)
    simulation.advance(.seconds(2))
    #expect(kills(simulation) == [.memory])
    #expect(events(simulation, .limitExceeded) == ["max_rss: not fine, 3 times"])
    simulation.probeOutcomes[.memory] = .success
    #expect(simulation.pids("w").count == 1)
    #expect(simulation.events.last { $0.name == .spawn }?.cause == .memory)
    simulation.advance(.seconds(60))
    #expect(kills(simulation).count == 1)
    #expect(simulation.violations.isEmpty)
  }

  /// Three of five need not be in a row.
  @Test func samplesAreCountedInAWindow() {
    var simulation = started(
      "[watcher:w]\ncmd = w\nmax_cpu = 90\nmax_cpu.for = 3 of 5\nmax_cpu.period = 1\nmax_cpu.action = event"
    )
    for (index, isOver) in [true, false, true, false, false, true, true].enumerated() {
      simulation.probeOutcomes[.cpu] = isOver ? .failure : .success
      simulation.advance(.seconds(1))
      #expect(events(simulation, .limitExceeded).isEmpty == (index < 6), "\(index)")
    }
    #expect(events(simulation, .limitExceeded) == ["max_cpu: not fine, 3 of 5 samples"])
    simulation.probeOutcomes[.cpu] = .success
    simulation.advance(.seconds(3))
    #expect(events(simulation, .limitRecovered).count == 1)
    #expect(kills(simulation).isEmpty)
  }

  /// T92: one at a time; a place whose process was just replaced has its pause; no attempt is used.
  @Test func theyGiveWayOneByOne() throws {
    var simulation = started(
      """
      [watcher:w]
      cmd = w
      numprocesses = 4
      max_retry = 2
      ready = notify
      max_rss = 1G
      max_rss.period = 1
      max_rss.for = 1
      max_rss.cooldown = 100
      """)
    while simulation.tell("w") {}
    simulation.advance(.milliseconds(1))
    simulation.probeOutcomes[.memory] = .failure
    for round in 1...4 {
      simulation.advance(.seconds(5))
      #expect(kills(simulation).count == round, "one while another is on its way")
      simulation.advance(.seconds(5))
      #expect(kills(simulation).count == round, "the next one when the new one is ready")
      while simulation.tell("w") {}
    }
    simulation.advance(.seconds(40))
    #expect(kills(simulation).count == 4, "each place has its pause")
    simulation.advance(.seconds(60))
    #expect(kills(simulation).count == 5)
    #expect(simulation.status("w") == "active")
    #expect(simulation.violations.isEmpty)
  }

  /// A file that is not touched is a failure like that of a liveness probe: with its pauses, and with an end.
  @Test func anOldFileIsAFailure() {
    var simulation = started(
      "[watcher:w]\ncmd = w\nmax_retry = 2\nmax_file_age = 60 /run/$(circus.wid).beat\nmax_file_age.period = 1"
    )
    simulation.probeOutcomes[.fileAge] = .failure
    for _ in 0..<40 {
      simulation.advance(.seconds(2))
    }
    #expect(kills(simulation) == [.fileAge, .fileAge])
    #expect(simulation.status("w") == "stopped")
    guard case .figure(_, .age(60, "/run/1.beat"), _)? = simulation.probeQuestions.first?.check
    else {
      Issue.record("\(simulation.probeQuestions.first as Any)")
      return
    }
  }

  /// Without a cooldown a new process that is over its limit at once leads to no restarts without end. A million histories
  /// found the reload.
  @Test(arguments: [("restart", 11), ("reload", 2)])
  func aCooldownOfNothingIsNone(action: String, most: Int) {
    var simulation = started(
      """
      [watcher:w]
      cmd = w
      graceful_timeout = 0
      max_fds = 1
      max_fds.for = 1
      max_fds.period = 1
      max_fds.cooldown = 0
      max_fds.action = \(action)
      """)
    simulation.probeOutcomes[.descriptors] = .failure
    simulation.advance(.seconds(10))
    let spawns = simulation.events.count { $0.name == .spawn }
    #expect((2...most).contains(spawns), "\(spawns)")
    #expect(simulation.violations.isEmpty)
  }

  @Test func otherActionsHaveTheirTurnOnce() {
    var simulation = started(
      """
      [watcher:told]
      cmd = told
      max_fds = 100
      max_fds.period = 1
      max_fds.action = exec:page
      [watcher:stopped]
      cmd = stopped
      max_children = 5
      max_children.period = 1
      max_children.action = stop
      """)
    (simulation.probeOutcomes[.descriptors], simulation.probeOutcomes[.children]) = (
      .failure, .failure
    )
    for _ in 0..<10 {
      simulation.advance(.seconds(1))
    }
    #expect(simulation.commands.count == 1)
    #expect(simulation.commands.first?.last == "page")
    #expect(simulation.status("stopped") == "stopped")
    #expect(simulation.status("told") == "active")
  }

  @Test(
    arguments: [
      (.memory, "500M", .bytes(524_288_000)), (.memory, "1.5 GB", .bytes(1_610_612_736)),
      (.memory, "20%", .share(20)), (.memory, "65536", .bytes(65_536)), (.memory, "x", nil),
      (.memory, "0", nil), (.memory, "120%", nil), (.cpu, "90", .percent(90)),
      (.cpu, "150 %", .percent(150)), (.cpu, "-1", nil), (.memory, "-1e300", nil),
      (.memory, "-inf", nil), (.memory, "nan", nil), (.memory, "1e300", nil),
      (.descriptors, "10", .count(10)),
      (.children, "0", .count(0)), (.children, "1.5", nil),
      (.fileAge, "60 /a b", .age(seconds: 60, path: "/a b")), (.fileAge, "60", nil),
      (.fileAge, "60 beat", nil), (.fileAge, "x /a", nil),
    ] as [(ProbeKind, String, ProcessLimit?)])
  func valuesAreRead(kind: ProbeKind, text: String, expected: ProcessLimit?) {
    #expect(ProcessLimit(kind, text: text) == expected)
    #expect((ProcessLimit.advice(against: text, of: kind) == nil) == (expected != nil))
  }

  @Test(
    arguments: [
      ("3", 3, 0), ("3 of 5", 3, 5), ("3/5", 3, 5), ("1 of 64", 1, 64), ("5 of 3", nil, 0),
      ("0", nil, 0), ("3 of 65", nil, 0), ("x", nil, 0), ("", nil, 0), ("1 2 3", nil, 0),
    ] as [(String, Int?, Int)])
  func samplesAreRead(text: String, failures: Int?, window: Int) {
    let rule = SampleRule(text: text)
    #expect(rule?.failures == failures)
    if let rule {
      #expect(rule.window == window)
      #expect(
        SampleRule(text: SampleRule.text(failures: rule.failures, window: rule.window)) == rule)
    }
  }
}
