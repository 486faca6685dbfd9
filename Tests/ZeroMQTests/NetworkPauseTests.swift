import Testing

@testable import ZeroMQ

/// Holding libzmq's thread still and letting it go on.
@Suite struct NetworkPauseTests {
  private let context = Context()
  private let server: Socket
  /// In another context, as in another program.
  private let client: Socket
  private let pause: NetworkPause

  init() throws {
    let name = "ipc://@network-pause-\(UInt64.random(in: .min ... .max))"
    server = try Socket(context, .router)
    try server.bind(name)
    client = try Socket(Context(), .dealer)
    client.setTimeout(5_000)
    server.setTimeout(5_000)
    try client.connect(name)
    pause = try NetworkPause(context)
  }

  @Test func nothingMovesUntilItEnds() throws {
    for round in 1...20 {
      let text = Array("\(round)".utf8)
      try client.send([text], wait: true)
      let asked = try #require(try server.receive(wait: true))
      #expect(asked.last == text)
      try #require(pause.begin())
      try client.send([[1], text], wait: true)
      // Sent before it began is sent; what comes while it lasts stays outside.
      try server.send([asked[0], text])
      server.setTimeout(20)
      #expect(try server.receive(wait: true) == nil)
      server.setTimeout(5_000)
      pause.end()
      #expect(try client.receive(wait: true) == [text])
      #expect(try server.receive(wait: true) == [asked[0], [1], text])
    }
  }

  @Test func whatWasSentBeforeIsWritten() throws {
    for round in 1...50 {
      try client.send([[UInt8(round)]], wait: true)
      let asked = try #require(try server.receive(wait: true))
      try server.send(asked)
      try #require(pause.begin())
      #expect(try client.receive(wait: true) == [[UInt8(round)]])
      pause.end()
    }
  }
}
