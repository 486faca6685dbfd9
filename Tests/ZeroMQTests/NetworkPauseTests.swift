import Testing

@testable import ZeroMQ

/// Holding libzmq's thread still and letting it go on.
@Suite struct NetworkPauseTests {
  @Test func nothingMovesUntilItEnds() throws {
    let context = Context()
    let name = "ipc://@network-pause-\(UInt64.random(in: .min ... .max))"
    let server = try Socket(context, .router)
    try server.bind(name)
    // Another context, as in another program.
    let client = try Socket(Context(), .dealer)
    client.setTimeout(5_000)
    server.setTimeout(5_000)
    try client.connect(name)
    let pause = try NetworkPause(context)
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
    let context = Context()
    let name = "ipc://@network-pause-\(UInt64.random(in: .min ... .max))"
    let server = try Socket(context, .router)
    try server.bind(name)
    let client = try Socket(Context(), .dealer)
    client.setTimeout(5_000)
    server.setTimeout(5_000)
    try client.connect(name)
    let pause = try NetworkPause(context)
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
