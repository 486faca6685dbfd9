import CircusLog
import CircusModel
import CircusWire
import Testing

@testable import CircusOutput
@testable import CircusSurvival

/// The event listener protocol (supervisor.md 5.4, 5.5, 12.7).
@Suite struct ListenerTests {
  private func outcomes(_ text: String, busy: Bool = false) -> [ListenerProtocol.Outcome] {
    var conversation = ListenerProtocol()
    if busy {
      _ = conversation.receive(Array("READY\n".utf8))
      conversation.sent()
    }
    return text.utf8.flatMap { conversation.receive([$0]) }
  }

  @Test func handshake() {
    var conversation = ListenerProtocol()
    #expect(conversation.receive(Array("REA".utf8)) == [])
    #expect(conversation.receive(Array("DY\n".utf8)) == [.becameReady])
    conversation.sent()
    #expect(conversation.receive(Array("RESULT 2\nOKREADY\n".utf8)) == [.processed, .becameReady])
    conversation.sent()
    #expect(conversation.receive(Array("RESULT 4\nFAIL".utf8)) == [.rejected])
    #expect(conversation.state == .acknowledged)
  }

  @Test func anEmptyResultIsAnAnswer() {
    #expect(outcomes("RESULT 0\n", busy: true) == [.rejected])
  }

  @Test func theWordItselfIsNotLookedAt() {
    #expect(outcomes("result 2\nOK", busy: true) == [.processed])
  }

  @Test(arguments: ["JUNK\n", "RESULT x\n", "RESULT -1\n", "RESULT 99999999999\n"])
  func badResultLinesEndTheConversation(text: String) {
    var conversation = ListenerProtocol()
    _ = conversation.receive(Array("READY\n".utf8))
    conversation.sent()
    guard case .broke(_, was: .busy)? = conversation.receive(Array(text.utf8)).first else {
      Issue.record("\(text) was taken for a result")
      return
    }
    #expect(conversation.state == .unknown)
    #expect(conversation.receive(Array("READY\n".utf8)) == [])
  }

  @Test func speakingUnaskedEndsTheConversation() {
    #expect(outcomes("READY\nx").last == .broke("spoke without being asked", was: .ready))
    #expect(
      outcomes("hello\n").last == .broke("said something else than READY", was: .acknowledged))
  }

  /// What an earlier program left to a pool is taken once (supervisor.md 5.4).
  @Test func aPoolThatIsAddedAgainBeginsAnew() throws {
    func listeners() -> Listeners {
      Listeners(work: WorkPages(nil), log: Logger(level: .critical, target: .standardError))
    }
    let spec = ListenerSpec(events: ["TICK_5"], bufferSize: 10)
    let before = listeners()
    before.open("pool", spec)
    before.post(.tick(period: 5, when: 0))
    let left = before.leftBehind
    let after = listeners()
    after.resume(left)
    after.open("pool", spec)
    #expect(after.leftBehind == left)
    after.close("pool")
    after.open("pool", spec)
    #expect(after.leftBehind != left)
  }

  // MARK: what is sent

  private func transition(_ to: ProcessStage, from: ProcessStage, tries: Int = 0) -> SupervisorEvent
  {
    .processState(
      ProcessTransition(
        from: from, to: to, process: "p", group: "g", pid: 7, tries: tries, isExpected: true))
  }

  @Test func payloadsAreSupervisors() {
    #expect(
      transition(.backoff, from: .starting, tries: 2).payload
        == "processname:p groupname:g from_state:STARTING tries:2")
    #expect(
      transition(.exited, from: .running).payload
        == "processname:p groupname:g from_state:RUNNING expected:1 pid:7")
    #expect(
      transition(.fatal, from: .backoff).payload == "processname:p groupname:g from_state:BACKOFF")
    #expect(SupervisorEvent.groupAdded("g").payload == "groupname:g\n")
    #expect(SupervisorEvent.tick(period: 5, when: 10).payload == "when:10")
    #expect(SupervisorEvent.remoteCommunication(type: "t", data: "d").payload == "type:t\nd")
  }

  @Test func subscriptionsReachDownTheTree() {
    let names = transition(.running, from: .starting).typeNames
    #expect(names == ["PROCESS_STATE_RUNNING", "PROCESS_STATE", "EVENT"])
    let pool = ListenerPool(
      "l", ListenerSpec(events: ["PROCESS_STATE", "TICK_5"], bufferSize: 2),
      log: Logger(level: .critical, target: .standardError), later: { _, _ in nil },
      identifier: { "me" })
    #expect(pool.hears(transition(.running, from: .starting)))
    #expect(pool.hears(.tick(period: 5, when: 0)))
    #expect(!pool.hears(.tick(period: 60, when: 0)))
    #expect(!pool.hears(.supervisorRunning))
  }

  @Test func lengthCountsCharacters() {
    let output = ProcessOutput(
      process: "p", group: "g", pid: 1, channel: "stdout", text: "utf é e\u{301} 👩‍👧")
    let event = PooledEvent(.processCommunication(output), serial: 3, poolSerial: 1)
    let text = String(decoding: event.encode(identifier: "me", pool: "l"), as: UTF8.self)
    let payload = "processname:p groupname:g pid:1\nutf é e\u{301} 👩‍👧"
    #expect(
      text
        == "ver:3.0 server:me serial:3 pool:l poolserial:1 eventname:PROCESS_COMMUNICATION_STDOUT "
        + "len:\(payload.unicodeScalars.count)\n" + payload)
  }
}
