import Testing

@testable import ZeroMQ

/// What a peer says after the handshake, taken apart.
@Suite struct FrameReaderTests {
  private func items(_ pieces: [[UInt8]], largest: Int = 1_000_000) throws -> [FrameReader.Item] {
    var reader = FrameReader(largest: largest)
    var items: [FrameReader.Item] = []
    for piece in pieces {
      reader.add(piece)
      while let item = try reader.take() { items.append(item) }
    }
    #expect(!reader.isWithinMessage)
    return items
  }

  @Test(arguments: [1, 2, 7, 300, 100_000]) func messagesComeOutAsTheyWentIn(_ step: Int) throws {
    let messages: [[[UInt8]]] = [
      [Array("one".utf8)], [[], Array(repeating: 7, count: 70_000)], [[]],
      [Array(repeating: 1, count: 255), Array(repeating: 2, count: 256), []],
    ]
    let bytes = messages.flatMap(FrameReader.message)
    let pieces = stride(from: 0, to: bytes.count, by: step).map {
      Array(bytes[$0..<min(bytes.count, $0 + step)])
    }
    #expect(try items(pieces) == messages.map(FrameReader.Item.message))
  }

  /// Byte by byte as RFC 23 has them.
  @Test func theWireIsTheStandard() throws {
    #expect(FrameReader.message([[], [65]]) == [1, 0, 0, 1, 65])
    let long = FrameReader.message([[UInt8](repeating: 9, count: 256)])
    #expect(Array(long.prefix(9)) == [2, 0, 0, 0, 0, 0, 0, 1, 0])
    let ping: [UInt8] = [4, 9, 4, 80, 73, 78, 71, 0, 10, 1, 2]
    #expect(try items([ping]) == [.ping(context: [1, 2])])
    #expect(FrameReader.pong([1, 2]) == [4, 7, 4, 80, 79, 78, 71, 1, 2])
  }

  @Test(
    arguments: [
      // A greeting from where another program stopped reading it, text, a command with more to come, an
      // unknown command.
      [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F], [3, 0, 78, 85, 76, 76, 0, 0, 0],
      [3, 1, 78, 85, 76, 76, 0, 0, 0], [0, 78, 85, 76, 76], [1, 78, 85, 76, 76, 0],
      [78, 85, 76, 76],
      [123, 34], [5, 1, 1], [4, 2, 1, 65],
      // Longer than anything, and a ping without its time.
      [2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [4, 5, 4, 80, 73, 78, 71],
    ] as [[UInt8]])
  func nonsenseIsSaidToBeSo(_ bytes: [UInt8]) {
    var reader = FrameReader(largest: 1_000_000)
    reader.add(bytes)
    #expect(throws: FrameReader.Nonsense.self) { try reader.take() }
  }

  @Test func theLastWordOfTheHandshakeMayComeFirst() throws {
    let ready: [UInt8] = [4, 8, 5, 82, 69, 65, 68, 89, 0, 0]
    #expect(try items([ready, [0, 1, 65]]) == [.message([[65]])])
    #expect(throws: FrameReader.Nonsense.self) { try items([[0, 1, 65], ready]) }
  }

  @Test func memoryIsBounded() {
    var reader = FrameReader(largest: 10_000)
    // Frames without end, none of them large.
    reader.add((0..<1_000).flatMap { _ in [1, 0] as [UInt8] })
    #expect(throws: FrameReader.Nonsense.self) { try reader.take() }
    reader = FrameReader(largest: 10_000)
    reader.add([2, 0, 0, 0, 0, 0, 0, 39, 17])
    #expect(throws: FrameReader.Nonsense.self) { try reader.take() }
  }
}
