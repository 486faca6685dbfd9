/// Takes apart what a ZeroMQ peer sends once the handshake is over, from our side (ZMTP 3, RFC 23: the NULL
/// mechanism). Its last word in the handshake may come first. A peer that is not so far yet talks nonsense: it
/// connects again, and has asked nothing yet.
package struct FrameReader {
  /// What arrived whole.
  package enum Item: Equatable {
    case message([[UInt8]])
    /// The other side asks whether we live, and wants its bytes back.
    case ping(context: [UInt8])
  }

  /// These bytes are nothing a peer says after the handshake.
  package struct Nonsense: Error {}

  private var bytes: [UInt8] = []
  private var next = 0
  private var frames: [[UInt8]] = []
  private var size = 0
  private var isFirst = true
  private let largest: Int

  /// `largest`: bytes of a message, all its frames together; more is nonsense.
  package init(largest: Int) { self.largest = largest }

  /// Whether a message has begun that is not whole.
  package var isWithinMessage: Bool { next < bytes.count || !frames.isEmpty }

  /// Adds what was read.
  package mutating func add(_ more: some Sequence<UInt8>) {
    // What is done with does not stay in memory.
    if next > 0 { bytes = Array(bytes[next...]) }
    next = 0
    bytes += more
  }

  /// The next message or question; nil until more is added.
  package mutating func take() throws(Nonsense) -> Item? {
    while let (flags, body) = try takeFrame() {
      defer { isFirst = false }
      if flags & Flag.command != 0 {
        if isFirst, body.starts(with: Self.ready) { continue }
        // A ping: a name, two bytes of lifetime, and what goes back.
        guard body.starts(with: Self.ping), body.count >= Self.ping.count + 2 else {
          throw Nonsense()
        }
        return .ping(context: Array(body.dropFirst(Self.ping.count + 2)))
      }
      size += body.count + Self.costOfFrame
      guard size <= largest else { throw Nonsense() }
      frames.append(body)
      if flags & Flag.more != 0 { continue }
      defer {
        frames = []
        size = 0
      }
      return .message(frames)
    }
    return nil
  }

  private mutating func takeFrame() throws(Nonsense) -> (flags: UInt8, body: [UInt8])? {
    guard next < bytes.count else { return nil }
    if isFirst, bytes.dropFirst().starts(with: Self.greeting) { throw Nonsense() }
    let flags = bytes[next]
    let isCommand = flags & Flag.command != 0
    guard flags <= 6, !isCommand || flags & Flag.more == 0 else { throw Nonsense() }
    let widthOfLength = flags & Flag.long != 0 ? 8 : 1
    let start = next + 1 + widthOfLength
    guard start <= bytes.count else { return nil }
    var length: UInt64 = 0
    for byte in bytes[(next + 1)..<start] { length = length << 8 | UInt64(byte) }
    guard length <= largest else { throw Nonsense() }
    let end = start + Int(length)
    guard end <= bytes.count else { return nil }
    next = end
    return (flags, Array(bytes[start..<end]))
  }

  private enum Flag {
    static let more: UInt8 = 1
    static let long: UInt8 = 2
    static let command: UInt8 = 4
  }

  /// Empty frames are not for nothing.
  private static let costOfFrame = 64
  private static let ready: [UInt8] = [5] + "READY".utf8
  /// In a greeting, between the version and zeros; elsewhere the beginning of no request.
  private static let greeting = Array("NULL".utf8)
  private static let ping: [UInt8] = [4] + "PING".utf8
  private static let pong: [UInt8] = [4] + "PONG".utf8

  // MARK: the other direction

  /// A message as it goes over the connection.
  package static func message(_ frames: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, frame) in frames.enumerated() {
      append(frame, index + 1 < frames.count ? Flag.more : 0, to: &bytes)
    }
    return bytes
  }

  /// The answer to a ping.
  package static func pong(_ context: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    append(pong + context, Flag.command, to: &bytes)
    return bytes
  }

  private static func append(_ body: [UInt8], _ flags: UInt8, to bytes: inout [UInt8]) {
    if body.count < 256 {
      bytes += [flags, UInt8(body.count)]
    } else {
      bytes.append(flags | Flag.long)
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: body.count >> shift))
      }
    }
    bytes += body
  }
}
