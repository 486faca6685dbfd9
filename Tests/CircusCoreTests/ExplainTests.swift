import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// `explain`, `graph`, `critical-chain`, `blame` and `wait`.
@Suite struct ExplainTests {
  /// The reply to a question; an empty one for a refusal or none yet.
  private func ask(
    _ simulation: inout Simulation, _ verb: String, _ properties: JSONObject = [:]
  ) -> JSONObject {
    let ticket = simulation.send(verb, properties)
    guard case .ok(let members)? = simulation.replies[ticket] else { return [:] }
    return JSONObject(members.map { ($0.key, $0.value) })
  }

  private func next(_ simulation: inout Simulation, _ name: String) -> [String] {
    (ask(&simulation, "explain", ["name": .string(name)])["next"]?.array ?? [])
      .compactMap(\.string)
  }

  private func condition(_ simulation: inout Simulation, _ name: String) -> String? {
    ask(&simulation, "explain", ["name": .string(name)])["condition"]?.string
  }

  private func outcome(_ simulation: Simulation, _ ticket: Ticket) -> String? {
    guard case .ok(let members)? = simulation.replies[ticket] else { return nil }
    return members.first { $0.key == "outcome" }?.value.string
  }

  static let chain = """
    [watcher:db]
    cmd = run
    ready = notify
    [watcher:migrate]
    cmd = run
    type = oneshot
    depends_on = db
    [watcher:web]
    cmd = run
    depends_on = migrate, cache?
    on_dependency = restart
    [watcher:cache]
    cmd = run
    autostart = False
    """

  @Test func aWaitingWatcherTellsWhatWouldStartIt() throws {
    var simulation = Simulation(circus: Self.chain)
    simulation.boot()
    #expect(condition(&simulation, "web") == "starting: waits for migrate (completed_ok)")
    #expect(next(&simulation, "web") == ["it starts when migrate is done"])
    let reply = ask(&simulation, "explain", ["name": "web"])
    let needs = try #require(reply["depends_on"]?.array)
    #expect(needs.map { $0["name"]?.string } == ["migrate", "cache"])
    #expect(needs.map { $0["holds"]?.bool } == [false, true])
    #expect(reply["wanted"]?["cause"] == "boot")
    simulation.send("stop", ["name": "db"])
    #expect(
      next(&simulation, "migrate") == [
        "db does not start by itself: `circusctl start migrate` starts both"
      ])
    #expect(
      next(&simulation, "web") == ["`circusctl explain migrate` tells what that waits for"])
    #expect(next(&simulation, "db") == ["it stays stopped: `circusctl start db` starts it"])
    let needed = ask(&simulation, "explain", ["name": "db"])["needed_by"]?.array ?? []
    #expect(needed.map { $0["name"]?.string } == ["migrate"])
  }

  @Test func eachStateTellsWhatComesNext() {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [program:slow]
        command=run
        ready=notify
        ready_timeout=30
        [program:broken]
        command=run
        startretries=3
        [program:job]
        command=run
        autorestart=false
        [program:off]
        command=run
        autostart=false
        """)
    simulation.boot()
    #expect(
      next(&simulation, "slow") == [
        "slow has to become ready (notify) within 30 s, or its start has failed"
      ])
    simulation.exit("broken", 0, .exited(1))
    #expect(
      next(&simulation, "broken") == [
        "broken is started again in 1 s; it gives up after 3 more failures"
      ])
    for _ in 0..<3 {
      simulation.advance(.seconds(4))
      simulation.exit("broken", 0, .exited(1))
    }
    simulation.tell("slow")
    #expect(
      next(&simulation, "slow") == [
        "a process that ends is started again, unless its exit status is an expected one"
      ])
    #expect(
      next(&simulation, "off") == [
        "it does not start with the daemon (autostart is off): `circusctl start off` starts it"
      ])
    simulation.exit("job", 0, .exited(0))
    #expect(next(&simulation, "job") == ["job stays ended: `supervisorctl start job` starts it"])
    simulation.diesAtOnce = false
    simulation.send("stop", ["name": "slow"])
    #expect(next(&simulation, "slow") == ["slow is sent SIGKILL in 10 s if it has not ended"])
    simulation.advance(.seconds(11))
    #expect(
      next(&simulation, "slow") == [
        "slow was sent SIGKILL: the kernel has not ended it yet"
      ])
    simulation.deliverDeaths()
    #expect(simulation.violations == [])
  }

  /// T94: what was waited for and what the start took make up the whole time.
  @Test func theTimesOfAChainAddUp() throws {
    var simulation = Simulation(circus: Self.chain)
    simulation.boot()
    simulation.advance(.milliseconds(3_000))
    simulation.tell("db")
    simulation.advance(.milliseconds(1_500))
    simulation.exit("migrate", 0, .exited(0))
    let reply = ask(&simulation, "critical-chain")
    let chain = try #require(reply["chain"]?.array)
    #expect(chain.map { $0["name"]?.string } == ["web", "migrate", "db"])
    let times = chain.map { row in
      [row["at"], row["waited"], row["took"]].map { Int((($0?.number ?? -1) * 1_000).rounded()) }
    }
    #expect(times == [[4_500, 4_500, 0], [4_500, 3_000, 1_500], [3_000, 0, 3_000]])
    #expect(chain.map { $0["awaited"]?.string } == ["migrate", "db", nil])
    #expect(
      CriticalChain.render(reply).output.split(separator: "\n") == [
        "web  @4.50 s  +0.00 s  waited 4.50 s for migrate",
        "  migrate  @4.50 s  +1.50 s  oneshot; waited 3.00 s for db",
        "    db  @3.00 s  +3.00 s  notify",
      ])
    let blame = ask(&simulation, "blame")
    #expect(
      (blame["starts"]?.array ?? []).map { $0["name"]?.string } == ["db", "migrate", "web"])
    // Another start of the database is none of the web's business.
    simulation.send("restart", ["name": "db"])
    simulation.advance(.seconds(1))
    simulation.tell("db")
    let later = ask(&simulation, "critical-chain", ["name": "migrate"])["chain"]?.array ?? []
    #expect(later.map { $0["name"]?.string } == ["migrate"])
  }

  @Test func timesOutliveTheDaemon() {
    var simulation = Simulation(circus: Self.chain)
    simulation.boot()
    simulation.advance(.seconds(2))
    simulation.crash()
    simulation.tell("db")
    simulation.upgrade()
    simulation.exit("migrate", 0, .exited(0))
    let reply = ask(&simulation, "critical-chain", ["name": "web"])
    #expect(
      (reply["chain"]?.array ?? []).map { $0["name"]?.string } == ["web", "migrate", "db"])
    #expect(reply["chain"]?.array?.last?["took"]?.number == 2)
  }

  @Test func aFailedAttemptIsToldInBlame() {
    var simulation = Simulation(
      supervisor: "[supervisord]\n[program:a]\ncommand=run\nstartsecs=1\n")
    simulation.boot()
    simulation.exit("a", 0, .exited(1))
    simulation.advance(.seconds(3))
    let row = ask(&simulation, "blame")["starts"]?.array?.first
    #expect(row?["retries"] == 1)
    #expect(row?["took"]?.number == 2)
  }

  @Test func theGraphIsATree() {
    var simulation = Simulation(
      circus: Self.chain + "\n[watcher:api]\ncmd = run\ndepends_on = db:started, migrate")
    simulation.boot()
    let whole = ask(&simulation, "graph")
    #expect(
      Graph.render(whole, Arguments()).output.split(separator: "\n") == [
        "[.] api: starting: waits for migrate (completed_ok)", "  [.] db (started): starting",
        "  [.] migrate (completed_ok): starting: waits for db (ready)",
        "    [.] db (ready): starting",
        "[.] web: starting: waits for migrate (completed_ok)",
        "  [.] migrate (completed_ok): starting: waits for db (ready) (as above)",
        "  [-] cache (ready, optional): stopped: not started yet",
      ])
    let reverse = ask(&simulation, "graph", ["name": "db", "reverse": true])
    #expect(
      Graph.render(reverse, Arguments()).output.hasPrefix("[.] db: starting\n  [.] "))
    let dot = Graph.render(whole, Arguments(flags: ["dot"])).output
    #expect(
      dot.contains("  \"web\" -> \"migrate\" [label=\"completed_ok\", style=dashed];"))
    #expect(dot.contains("  \"api\" -> \"db\" [label=\"started\"];"))
  }

  /// T95: before, at and after it is so; and what never will be.
  @Test func waitingEndsWithTheState() {
    var simulation = Simulation(circus: Self.chain)
    let early = simulation.send("wait", ["name": "web", "timeout": 20])
    simulation.boot()
    let before = simulation.send("wait", ["names": ["web", "db"], "timeout": 20])
    let short = simulation.send("wait", ["name": "web", "timeout": 2])
    #expect(outcome(simulation, before) == nil)
    simulation.advance(.seconds(3))
    #expect(outcome(simulation, short) == "pending")
    simulation.tell("db")
    #expect(outcome(simulation, before) == nil)
    simulation.exit("migrate", 0, .exited(0))
    #expect(outcome(simulation, before) == "reached")
    #expect(outcome(simulation, early) == "reached")
    for (name, goal) in [("web", "ready"), ("migrate", "done"), ("migrate", "ready")] {
      let ticket = simulation.send("wait", ["name": .string(name), "for": .string(goal)])
      #expect(outcome(simulation, ticket) == "reached", "\(name) \(goal)")
    }
    for (name, goal) in [("cache", "ready"), ("web", "done"), ("cache", "started")] {
      let ticket = simulation.send("wait", ["name": .string(name), "for": .string(goal)])
      #expect(outcome(simulation, ticket) == "never", "\(name) \(goal)")
    }
    let stopped = simulation.send("wait", ["name": "web", "for": "stopped"])
    let gone = simulation.send("wait", ["name": "web", "for": "gone"])
    simulation.send("rm", ["name": "web"])
    #expect(outcome(simulation, gone) == "reached")
    #expect(outcome(simulation, stopped) != nil)
    let again = simulation.send("wait", ["name": "web", "for": "gone"])
    #expect(outcome(simulation, again) == "reached")
    #expect(simulation.violations == [])
  }

  @Test func waitingForOneThatGivesUpEnds() {
    var simulation = Simulation(
      supervisor: """
        [supervisord]
        [program:db]
        command=run
        startretries=1
        [program:web]
        command=run
        depends_on=db
        """)
    simulation.boot()
    let tickets = ["db", "web"].map { simulation.send("wait", ["name": .string($0)]) }
    simulation.exit("db", 0, .exited(1))
    simulation.advance(.seconds(1))
    simulation.exit("db", 0, .exited(1))
    #expect(tickets.map { outcome(simulation, $0) } == ["never", "never"])
    guard case .ok(let members)? = simulation.replies[tickets[1]] else {
      Issue.record("no reply")
      return
    }
    let reason = members.first { $0.key == "reason" }?.value.string
    #expect(reason?.hasPrefix("web: starting: waits for db (ready), which gave up: db:") == true)
  }

  /// Nobody waits for the end of a daemon that goes.
  @Test func theEndOfTheDaemonAnswersAll() {
    var simulation = Simulation(circus: Self.chain)
    simulation.boot()
    let ticket = simulation.send("wait", ["name": "web"])
    simulation.send("quit")
    #expect(outcome(simulation, ticket) == "never")
    #expect(simulation.violations == [])
  }
}
