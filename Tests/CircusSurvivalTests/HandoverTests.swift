import CircusModel
import JSON
import Testing

@testable import CircusSurvival

/// What one program leaves to the next is what that one takes up.
@Suite struct HandoverTests {
  /// A hand-over with everything in it.
  private var full: Handover {
    var handover = Handover()
    handover.directory = ("/run/c", 300)
    handover.sockets = ["web": 301]
    handover.endpoints = ["tcp://127.0.0.1:5555": 302]
    handover.servers = ["inet_http_server": 303]
    handover.pipes = [PID(7): [0: 304, 1: 305], PID(8): [2: 306]]
    handover.files = (1_024, .max)
    handover.configuration = "/etc/c.ini"
    handover.configurationFiles = ["/etc/c.ini": "text"]
    handover.consoleToken = "token"
    handover.manager = "/run/systemd/notify"
    handover.watchdog = 30_000_000
    handover.keptFiles = ["/run/c.sock"]
    handover.addresses = ["endpoint": "tcp://127.0.0.1:5555"]
    handover.inHand = [PID(7): [1: InHand(held: [1, 0, 255], partial: [65])]]
    handover.remains = [
      Handover.Remains(
        watcher: "web", number: 2, pid: PID(9), output: 1, descriptor: 307,
        inHand: InHand(held: [10]))
    ]
    handover.bridges = [308]
    handover.lineage = ["noted": [:]]
    handover.listeners = ["serial": 4]
    handover.clients = [309]
    handover.subscribers = ["tcp://127.0.0.1:5556": 3]
    return handover
  }

  @Test(arguments: Handover.parts.map(\.key))
  func everyPartComesBackAsItWas(key: String) throws {
    let part = try #require(Handover.parts.first { $0.key == key })
    let written = try #require(part.write(full), "the sample above has none of it")
    #expect(written != part.write(Handover()) ?? .null, "the sample above has none of it")
    let text = JSON.object(full.head).text
    let back = Handover(try #require(try JSON.parse(Array(text.utf8)).object))
    #expect(part.write(back) == written)
    #expect(part.descriptors(back).sorted() == part.descriptors(full).sorted())
  }

  @Test func theNamesOfThePartsAreOfOneKind() {
    #expect(Set(Handover.parts.map(\.key)).count == Handover.parts.count)
  }

  @Test func whatIsUnknownToThisVersionIsPassedOver() throws {
    var head = full.head
    head["made_up"] = ["a": 1]
    #expect(Handover(head).head.members.count == full.head.members.count)
  }
}
