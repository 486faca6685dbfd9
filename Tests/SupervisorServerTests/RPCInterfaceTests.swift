import CircusCore
import CircusModel
import CircusTestKit
import FaceTestKit
import Testing
import XMLRPC

@testable import SupervisorServer

/// XML-RPC on a daemon that is a simulation.
@Suite struct RPCInterfaceTests {
  private let daemon = FakeDaemon(
    """
    [program:app]
    command=/bin/cat
    startsecs=3
    [program:idle]
    command=/bin/cat
    autostart=false
    """)

  /// What a call is answered with; nil: nothing yet.
  private final class Call {
    var result: Result<XMLRPCValue, Fault>?
  }

  private func call(_ method: String, _ parameters: XMLRPCValue...) -> Call {
    let call = Call()
    RPCInterface(daemon).call("supervisor.\(method)", parameters, agent: "test") {
      call.result = $0
    }
    return call
  }

  private func state(_ name: String) -> String? {
    guard case .success(.structure(let members))? = call("getProcessInfo", .string(name)).result
    else { return nil }
    return members.first { $0.name == "statename" }?.value.string
  }

  @Test func statesAreThoseOfTheProcesses() {
    #expect(state("app") == "STARTING")
    #expect(state("idle") == "STOPPED")
    daemon.advance(.seconds(3))
    #expect(state("app") == "RUNNING")
  }

  @Test func aStartIsAnsweredWhenTheProcessRuns() {
    let start = call("startProcess", .string("idle"))
    #expect(start.result == nil)
    daemon.advance(.seconds(1))
    #expect(start.result == .success(true))
    #expect(
      call("startProcess", .string("idle")).result == .failure(Fault(.alreadyStarted, "idle")))
  }

  @Test func aStopIsAnsweredWhenItIsDown() {
    daemon.simulation.diesAtOnce = false
    let stop = call("stopProcess", .string("app"))
    #expect(stop.result == nil)
    daemon.deliverDeaths()
    #expect(stop.result == .success(true))
    #expect(call("stopProcess", .string("app")).result == .failure(Fault(.notRunning, "app")))
  }

  @Test func everyOrderGoesThroughTheOneDoor() {
    _ = call("startProcess", .string("idle"), false)
    _ = call("signalProcess", .string("app"), .string("HUP"))
    _ = call("shutdown")
    #expect(daemon.submitted.map(\.order.right) == [.operate, .operate, .admin])
    #expect(daemon.submitted.allSatisfy { $0.principal == .httpClient })
  }

  @Test(arguments: ["nosuch", "app:nosuch", ""])
  func whatIsNotThereIsABadName(name: String) {
    #expect(call("getProcessInfo", .string(name)).result == .failure(Fault(.badName, name)))
  }

  @Test func whatIsNoMethodIsUnknown() {
    #expect(call("nosuch").result == .failure(Fault(.unknownMethod)))
    #expect(call("getState", 1).result == .failure(Fault(.incorrectParameters)))
  }
}
