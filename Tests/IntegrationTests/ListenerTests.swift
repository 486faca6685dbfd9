import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing
import ZeroMQ

/// Event listeners, real ones (supervisor.md 5), and what they hear.
@Suite struct ListenerTests {
  private static func listener(_ name: String, _ events: String, _ mode: String = "") -> String {
    """
    [eventlistener:\(name)]
    command=@PYTHON@ @CLIENTS@/listener.py @DIR@/\(name).heard \(mode)
    events=\(events)
    startsecs=0
    buffer_size=100

    """
  }

  private func lines(_ daemon: TestSupervisor, _ name: String) -> [String] {
    daemon.file("\(name).heard").split(separator: "\n").map(String.init)
  }

  /// Tells the listeners something.
  private func tell(_ daemon: TestSupervisor, _ data: String) {
    let result = run(
      TestSupervisor.stock + "/python",
      [
        Path.package + "/Tests/IntegrationTests/clients/supervisor_checks.py", "remote",
        daemon.socket, data,
      ])
    #expect(result.status == 0, "\(result.error)")
  }

  @Test func stateChangesAreHeardInOrder() throws {
    let daemon = try TestSupervisor(
      Self.listener("all", "PROCESS_STATE,PROCESS_GROUP,SUPERVISOR_STATE_CHANGE,TICK_5") + """
        [program:later]
        command=/bin/cat
        autostart=false
        startsecs=0
        """)
    #expect(eventually { daemon.state("all") == "RUNNING" })
    daemon.ask("start", "later")
    daemon.ask("stop", "later")
    #expect(
      eventually { self.lines(daemon, "all").contains { $0.hasPrefix("PROCESS_STATE_STOPPED") } })
    let about = lines(daemon, "all").filter { $0.contains("later") }
    let pid = about.first { $0.contains("RUNNING all") }?.split(separator: ":").last ?? ""
    #expect(
      about == [
        "PROCESS_GROUP_ADDED all 'groupname:later\\n'",
        "PROCESS_STATE_STARTING all 'processname:later groupname:later from_state:STOPPED tries:0'",
        "PROCESS_STATE_RUNNING all 'processname:later groupname:later from_state:STARTING pid:\(pid)",
        "PROCESS_STATE_STOPPING all 'processname:later groupname:later from_state:RUNNING pid:\(pid)",
        "PROCESS_STATE_STOPPED all 'processname:later groupname:later from_state:STOPPING pid:\(pid)",
      ])
    #expect(lines(daemon, "all").contains("SUPERVISOR_STATE_CHANGE_RUNNING all ''"))
    #expect(eventually { self.lines(daemon, "all").contains { $0.hasPrefix("TICK_5 all 'when:") } })
  }

  @Test func rejectedEventsComeAgainToTheirOwnPoolAlone() throws {
    let daemon = try TestSupervisor(
      Self.listener("one", "REMOTE_COMMUNICATION", "fail-once")
        + Self.listener("two", "REMOTE_COMMUNICATION"))
    #expect(eventually { daemon.state("one") == "RUNNING" && daemon.state("two") == "RUNNING" })
    tell(daemon, "once")
    tell(daemon, "after")
    #expect(eventually { self.lines(daemon, "one").count == 3 })
    #expect(
      lines(daemon, "one").map { $0.contains("once") } == [true, true, false])
    #expect(lines(daemon, "two").count == 2)
  }

  @Test func aListenerThatDiesHasNotTakenItsEventAway() throws {
    let daemon = try TestSupervisor(
      Self.listener("mortal", "REMOTE_COMMUNICATION", "die").replacing(
        "startsecs=0", with: "startsecs=0\nautorestart=true"))
    #expect(eventually { daemon.state("mortal") == "RUNNING" })
    tell(daemon, "die")
    // Heard by one life, and again by the next ones.
    #expect(eventually { self.lines(daemon, "mortal").count > 1 })
  }

  /// Events that wait and the one in hand, which is rejected afterwards, survive another program.
  @Test func anUpgradeLosesNoEvent() throws {
    let daemon = try TestSupervisor(Self.listener("ear", "REMOTE_COMMUNICATION", "slow"))
    #expect(eventually { daemon.state("ear") == "RUNNING" })
    for text in ["a", "b", "c"] { tell(daemon, text) }
    #expect(eventually { self.lines(daemon, "ear").count == 1 })
    kill(daemon.pid, SIGUSR1)
    #expect(eventually { daemon.log.contains("upgraded from") })
    #expect(eventually { daemon.state("ear") == "RUNNING" })
    tell(daemon, "d")
    Path.write("", to: "\(daemon.directory)/ear.heard.go")
    #expect(eventually { self.lines(daemon, "ear").count == 10 })
    let heard = lines(daemon, "ear")
    #expect(
      heard.filter { $0.contains("type:") }.map { $0.suffix(2).prefix(1) }
        == ["a", "a", "b", "c", "d"])
    let serials = heard.filter { $0.first?.isNumber == true }
    #expect(serials == ["0 0", "0 0", "1 1", "2 2", "3 3"])
  }

  @Test func oneThatBreaksTheProtocolHearsNoMore() throws {
    let daemon = try TestSupervisor(Self.listener("odd", "REMOTE_COMMUNICATION", "junk"))
    #expect(eventually { daemon.state("odd") == "RUNNING" })
    tell(daemon, "junk")
    #expect(eventually { daemon.log.contains("odd: bad result line: 'what?'") })
    #expect(daemon.log.contains("odd: has entered the UNKNOWN state"))
    tell(daemon, "more")
    #expect(daemon.state("odd") == "RUNNING")
    daemon.ask("restart", "odd")
    // The event it broke off at, then the next.
    #expect(eventually { self.lines(daemon, "odd").count >= 2 })
  }

  @Test func outputIsToldAndCaptured() throws {
    let daemon = try TestSupervisor(
      Self.listener("ears", "PROCESS_LOG,PROCESS_COMMUNICATION") + """
        [program:speaker]
        command=/bin/sh -c 'printf "before<!--XSUPERVISOR:BEG"; sleep 0.2; printf "IN-->h\\303\\251llo<!--XSUPERVISOR:END-->after\\n"; printf short >&2; exec cat'
        stdout_capture_maxbytes=1KB
        stderr_events_enabled=true
        stdout_logfile=%(here)s/speaker.log
        startsecs=0
        autostart=false
        """)
    #expect(eventually { daemon.state("ears") == "RUNNING" })
    daemon.ask("start", "speaker")
    #expect(eventually { self.lines(daemon, "ears").count == 2 })
    let heard = lines(daemon, "ears").sorted()
    try #require(heard.count == 2)
    #expect(
      heard[0].hasPrefix(
        "PROCESS_COMMUNICATION_STDOUT ears 'processname:speaker groupname:speaker pid:"))
    #expect(heard[0].hasSuffix("\\nhéllo'"))
    #expect(heard[1].hasSuffix("channel:stderr\\nshort'"))
    #expect(eventually { daemon.file("speaker.log") == "beforeafter\n" })
  }

  @Test func superlanceListenersWork() throws {
    let programs = TestSupervisor.stock
    let daemon = try TestSupervisor(
      """
      [eventlistener:crashmail]
      command=\(programs)/crashmail -p dies -s "/bin/sh -c 'cat > @DIR@/mail'" -m me@example.com
      events=PROCESS_STATE_EXITED
      startsecs=0
      [eventlistener:httpok]
      command=\(programs)/httpok -p web -t 1 http://127.0.0.1:@PORT@/
      events=TICK_5
      startsecs=0
      [program:dies]
      command=/bin/sh -c 'sleep 0.2; exit 7'
      startsecs=0
      autostart=false
      autorestart=false
      [program:web]
      command=/bin/cat
      startsecs=0
      """)
    #expect(
      eventually { daemon.state("crashmail") == "RUNNING" && daemon.state("httpok") == "RUNNING" })
    // No server answers at that address: the program is started again by httpok, over XML-RPC.
    let before = daemon.ask("pid", "web").out
    daemon.ask("start", "dies")
    #expect(
      eventually { daemon.file("mail").contains("Process dies in group dies exited unexpectedly") })
    #expect(
      eventually(seconds: 30) {
        let now = daemon.ask("pid", "web").out
        return now != before && now != "0\n"
      })
  }

  @Test func subscribersHearTheSame() throws {
    let ports = (0..<2).compactMap { _ in Ports.next() }
    let events = "tcp://127.0.0.1:\(ports[1])"
    let daemon = try TestSupervisor(
      """
      [program:later]
      command=/bin/cat
      autostart=false
      startsecs=0
      [circus]
      endpoint = tcp://127.0.0.1:\(ports[0])
      pubsub_endpoint = \(events)
      multicast_endpoint =
      """)
    let subscription = try Subscription(
      endpoint: events, topics: ["supervisor."], context: Context())
    // Subscribing takes a moment whose end is not reported.
    #expect(
      eventually {
        daemon.ask("restart", "later")
        return subscription.next(timeout: 0.2) != nil
      })
    daemon.ask("stop", "later")
    var found: JSON?
    while let (topic, payload) = subscription.next(timeout: 5) {
      if String(decoding: topic, as: UTF8.self) == "supervisor.PROCESS_STATE_STOPPED" {
        found = try JSON.parse(payload)
        break
      }
    }
    #expect(found?["processname"]?.string == "later")
    #expect(found?["from_state"]?.string == "STOPPING")
    #expect(found?["payload"]?.string?.hasPrefix("processname:later groupname:later") == true)
  }
}
