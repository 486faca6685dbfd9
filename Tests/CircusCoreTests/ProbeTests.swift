import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// Probes as the core runs them.
@Suite struct ProbeTests {
  private func started(_ text: String, isSupervisor: Bool = false, pending: Bool = false)
    -> Simulation
  {
    var simulation = isSupervisor ? Simulation(supervisor: text) : Simulation(circus: text)
    simulation.answersProbes = !pending
    simulation.boot()
    // The first questions are due at once.
    simulation.advance(.milliseconds(1))
    return simulation
  }

  private func reasons(_ simulation: Simulation, _ name: String) -> [String] {
    simulation.events.filter { $0.name.rawValue == name }.compactMap(\.reason)
  }

  /// T25: a startup probe that passes at last ends nothing, and the others begin with it.
  @Test func othersWaitForTheStartup() {
    var simulation = Simulation(
      circus: """
        [watcher:web]
        cmd = web
        startup_probe = tcp://127.0.0.1:1
        readiness_probe = tcp://127.0.0.1:2
        liveness_probe = tcp://127.0.0.1:3
        """)
    simulation.probeOutcomes[.startup] = .failure
    simulation.boot()
    simulation.advance(.seconds(28))
    #expect(simulation.asked(.startup) == 29)
    #expect(simulation.asked(.readiness) == 0 && simulation.asked(.liveness) == 0)
    #expect(simulation.states("web") == ["STARTING"])
    simulation.probeOutcomes[.startup] = .success
    simulation.advance(.seconds(1))
    #expect(simulation.states("web") == ["RUNNING"])
    #expect(simulation.asked(.readiness) == 1 && simulation.asked(.liveness) == 1)
    simulation.advance(.seconds(30))
    #expect(simulation.asked(.startup) == 30)
    #expect(simulation.asked(.readiness) == 4 && simulation.asked(.liveness) == 4)
    #expect(simulation.trace.filter { $0 == "web.kill" }.isEmpty)
    #expect(simulation.violations.isEmpty)
  }

  @Test func aStartupThatFailsIsAFailedStart() {
    var simulation = Simulation(
      supervisor: """
        [program:web]
        command=/bin/web
        startretries=1
        startup_probe=tcp://127.0.0.1:1
        startup_probe.failure_threshold=3
        """)
    simulation.probeOutcomes[.startup] = .failure
    simulation.boot()
    simulation.advance(.seconds(2))
    #expect(simulation.events.first { $0.name == .kill }?.cause == .startup)
    simulation.advance(.seconds(20))
    #expect(simulation.states("web") == ["FATAL"])
    #expect(simulation.asked(.startup) == 6)
    #expect(simulation.violations.isEmpty)
  }

  /// T26: a process that is not ready for work is not ended.
  @Test func readinessEndsNothing() {
    var simulation = started("[watcher:web]\ncmd = web\nreadiness_probe = tcp://127.0.0.1:1")
    let pids = simulation.pids("web")
    #expect(reasons(simulation, "healthy") == ["readiness probe: fine"])
    simulation.probeOutcomes[.readiness] = .failure
    simulation.advance(.seconds(300))
    #expect(reasons(simulation, "unhealthy") == ["readiness probe: not fine, 3 times"])
    #expect(simulation.pids("web") == pids)
    simulation.probeOutcomes[.readiness] = .success
    simulation.advance(.seconds(10))
    #expect(reasons(simulation, "healthy").count == 2)
    #expect(simulation.violations.isEmpty)
  }

  /// T27, T28: as many in a row as it takes, and no sooner.
  @Test func thresholdsCountInARow() {
    var simulation = started(
      """
      [watcher:web]
      cmd = web
      ready = probe
      readiness_probe = tcp://127.0.0.1:1
      readiness_probe.success_threshold = 2
      """, pending: true)
    func answer(_ outcomes: [ProbeAnswer.Outcome]) {
      for outcome in outcomes {
        simulation.answerProbe(outcome)
        simulation.advance(.seconds(10))
      }
    }
    answer([.success, .failure, .success])
    #expect(simulation.states("web") == ["STARTING"])
    answer([.success])
    #expect(simulation.states("web") == ["RUNNING"])
    answer([.failure, .failure, .success, .failure, .failure, .success])
    #expect(reasons(simulation, "unhealthy").isEmpty)
    answer([.failure, .error, .failure, .failure])
    #expect(reasons(simulation, "unhealthy").count == 1)
    #expect(simulation.violations.isEmpty)
  }

  /// T29: never two at a time, and the next one at once when the answer came late.
  @Test func oneQuestionAtATime() {
    var simulation = started(
      """
      [watcher:web]
      cmd = web
      readiness_probe = tcp://127.0.0.1:1
      readiness_probe.period = 5
      readiness_probe.timeout = 20
      """, pending: true)
    simulation.advance(.seconds(12))
    #expect(simulation.asked(.readiness) == 1)
    simulation.answerProbe(.success)
    simulation.advance(.zero)
    #expect(simulation.asked(.readiness) == 2)
    simulation.answerProbe(.success)
    simulation.advance(.seconds(4))
    #expect(simulation.asked(.readiness) == 2)
    simulation.advance(.seconds(1))
    #expect(simulation.asked(.readiness) == 3)
  }

  /// T32: what is said of one life says nothing of the next.
  @Test func answersOfAnEarlierLifeMeanNothing() throws {
    var simulation = started(
      """
      [watcher:web]
      cmd = web
      liveness_probe = tcp://127.0.0.1:1
      liveness_probe.failure_threshold = 1
      """, pending: true)
    let question = try #require(simulation.pendingProbes.first)
    simulation.exit("web", 0, .exited(1))
    simulation.advance(.seconds(1))
    let pids = simulation.pids("web")
    simulation.feed(
      .probed(question.process, token: question.token, ProbeAnswer(.failure, "old")))
    simulation.advance(.seconds(1))
    #expect(simulation.pids("web") == pids && pids.count == 1)
    #expect(simulation.violations.isEmpty)
  }

  /// T33: one end for one failure, pauses in between, and an end of it all.
  @Test(arguments: [false, true])
  func aProcessThatDoesNotLiveIsStartedAgain(isSupervisor: Bool) {
    var simulation = started(
      isSupervisor
        ? "[program:web]\ncommand=/bin/web\nstartretries=2\nliveness_probe=tcp://127.0.0.1:1"
        : "[watcher:web]\ncmd = web\nmax_retry = 3\nliveness_probe = tcp://127.0.0.1:1",
      isSupervisor: isSupervisor)
    simulation.probeOutcomes[.liveness] = .failure
    simulation.advance(.seconds(31))
    #expect(simulation.events.filter { $0.name == .kill }.map(\.cause) == [.liveness])
    simulation.advance(.seconds(200))
    #expect(simulation.trace.filter { $0 == "web.spawn" }.count == 3)
    #expect(
      isSupervisor
        ? simulation.states("web") == ["FATAL"] : simulation.status("web") == "stopped")
    #expect(simulation.violations.isEmpty)
  }

  /// A good life in between begins the count anew.
  @Test func failuresFarApartGoOnForEver() {
    var simulation = started(
      """
      [watcher:web]
      cmd = web
      max_retry = 2
      liveness_probe = tcp://127.0.0.1:1
      liveness_probe.failure_threshold = 1
      """)
    for _ in 0..<5 {
      simulation.advance(.seconds(100))
      simulation.probeOutcomes[.liveness] = .failure
      let pids = simulation.pids("web")
      for _ in 0..<300 where simulation.pids("web") == pids {
        simulation.advance(.milliseconds(50))
      }
      simulation.probeOutcomes[.liveness] = .success
      simulation.advance(.seconds(5))
    }
    #expect(simulation.status("web") == "active")
    #expect(simulation.trace.filter { $0 == "web.spawn" }.count == 6)
  }

  /// T34: a stop ends what is being asked before its signal, and nothing is asked any more.
  @Test func nothingIsAskedFromTheStopOn() {
    var simulation = started(
      "[watcher:web]\ncmd = web\nliveness_probe = tcp://127.0.0.1:1", pending: true)
    simulation.diesAtOnce = false
    #expect(simulation.pendingProbes.count == 1)
    simulation.send("stop", ["name": "web"])
    #expect(simulation.pendingProbes.isEmpty)
    simulation.advance(.seconds(20))
    #expect(simulation.asked(.liveness) == 1)
    simulation.deliverDeaths()
    #expect(simulation.status("web") == "stopped")
    #expect(simulation.arbiter.board.isEmpty)
  }

  /// T35: what cannot be asked is told, and says nothing of the process.
  @Test func errorsAreNoFailures() {
    var simulation = started("[watcher:web]\ncmd = web\nliveness_probe = tcp://127.0.0.1:1")
    simulation.probeOutcomes[.liveness] = .error
    simulation.advance(.seconds(1_000))
    #expect(reasons(simulation, "probe_error") == ["liveness probe: not fine"])
    #expect(simulation.trace.filter { $0 == "web.kill" }.isEmpty)
  }

  /// T39: of those that were taken over not all are asked at once, and what was known of them still is.
  @Test func thoseTakenOverAreAskedOneAfterTheOther() {
    var simulation = started(
      "[watcher:web]\ncmd = web\nnumprocesses = 50\nreadiness_probe = tcp://127.0.0.1:1")
    simulation.advance(.seconds(30))
    simulation.clearTrace()
    simulation.crash()
    let before = simulation.asked(.readiness)
    simulation.advance(.seconds(5))
    let half = simulation.asked(.readiness) - before
    #expect((10...40).contains(half), "\(half) of 50 in half a period")
    simulation.advance(.seconds(5))
    #expect(simulation.asked(.readiness) - before >= 50)
    // They were healthy, and are.
    #expect(reasons(simulation, "healthy").isEmpty)
    #expect(simulation.violations.isEmpty)
  }

  /// A startup that was over stays over.
  @Test func theStartupIsNotAskedAgainAfterACrash() {
    var simulation = started(
      "[watcher:web]\ncmd = web\nstartup_probe = tcp://127.0.0.1:1\nliveness_probe = tcp://127.0.0.1:1"
    )
    #expect(simulation.asked(.startup) == 1)
    simulation.crash()
    simulation.advance(.seconds(20))
    #expect(simulation.asked(.startup) == 1)
    #expect(simulation.asked(.liveness) >= 2)
  }

  /// T41: other options hold at once, for the processes that run.
  @Test func optionsChangeWhileItRuns() throws {
    var simulation = started("[watcher:web]\ncmd = web\nreadiness_probe = tcp://127.0.0.1:1")
    let pids = simulation.pids("web")
    let asked = simulation.send("get", ["name": "web", "keys": ["readiness_probe.period"]])
    #expect("\(simulation.replies[asked] as Any)".contains("10.0"))
    simulation.send(
      "set", ["name": "web", "options": ["readiness_probe.period": 1]])
    let before = simulation.asked(.readiness)
    simulation.advance(.seconds(10))
    #expect(simulation.asked(.readiness) >= before + 10)
    #expect(simulation.pids("web") == pids)
    let ticket = simulation.send("set", ["name": "web", "options": ["readiness_probe": ""]])
    #expect(simulation.replies[ticket] == .plain)
    let last = simulation.asked(.readiness)
    simulation.advance(.seconds(10))
    #expect(simulation.asked(.readiness) == last)
    #expect(simulation.violations.isEmpty)
  }

  @Test(arguments: [
    ("stop", "stopped"), ("event", "active"), ("reload", "active"), ("exec:mail root", "active"),
  ])
  func theActionIsAChoice(action: String, status: String) {
    var simulation = started(
      """
      [watcher:web]
      cmd = web
      liveness_probe = tcp://127.0.0.1:1
      liveness_probe.action = \(action)
      """)
    let pids = simulation.pids("web")
    simulation.probeOutcomes[.liveness] = .failure
    simulation.advance(.seconds(40))
    #expect(reasons(simulation, "unhealthy") == ["liveness probe: not fine, 3 times"])
    #expect(simulation.status("web") == status)
    #expect((simulation.pids("web") == pids) == ["event", "exec:mail root"].contains(action))
    #expect(
      simulation.commands == (action == "exec:mail root" ? [["/bin/sh", "-c", "mail root"]] : []))
    #expect(simulation.violations.isEmpty)
  }

  /// What is asked is of one process: its number, and the address of a socket.
  @Test func variablesAreThoseOfTheProcess() {
    var simulation = Simulation(
      circus: """
        [watcher:web]
        cmd = web
        numprocesses = 2
        readiness_probe = http://127.0.0.1:80$(circus.wid)/health
        liveness_probe = exec:check $(circus.wid)
        """)
    simulation.boot()
    simulation.advance(.milliseconds(1))
    var ports: Set<Int> = []
    var words: Set<[String]> = []
    for question in simulation.probeQuestions {
      if case .http(let check) = question.check { ports.insert(check.url.port) }
      if case .exec(let plan) = question.check { words.insert(plan.arguments) }
    }
    #expect(ports == [801, 802])
    #expect(words == [["check", "1"], ["check", "2"]])
    var programs = Simulation(
      supervisor: """
        [program:web]
        command=/bin/web
        process_name=%(program_name)s_%(process_num)d
        numprocs=2
        readiness_probe=http://127.0.0.1:90%(process_num)d/
        ready=probe
        """)
    programs.boot()
    programs.advance(.milliseconds(1))
    ports = []
    for question in programs.probeQuestions {
      if case .http(let check) = question.check { ports.insert(check.url.port) }
    }
    #expect(ports == [900, 901])
    #expect(programs.states("web") == ["RUNNING", "RUNNING"])
  }

  /// What is known survives a daemon that becomes another program.
  @Test func verdictsAreHandedOver() {
    var simulation = started("[watcher:web]\ncmd = web\nreadiness_probe = tcp://127.0.0.1:1")
    simulation.probeOutcomes[.readiness] = .failure
    simulation.advance(.seconds(40))
    simulation.clearTrace()
    simulation.upgrade()
    simulation.advance(.seconds(40))
    #expect(reasons(simulation, "unhealthy").isEmpty)
    simulation.probeOutcomes[.readiness] = .success
    simulation.advance(.seconds(10))
    #expect(reasons(simulation, "healthy").count == 1)
    #expect(simulation.violations.isEmpty)
  }
}
