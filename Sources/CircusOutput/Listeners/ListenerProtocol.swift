/// One side of supervisor's event listener protocol: what a listener says on its stdout
/// (supervisor.md 5.4, 5.5). No descriptors here: bytes go in, what they mean comes out.
struct ListenerProtocol {
  /// Where a listener stands.
  enum State: String, CaseIterable {
    case acknowledged = "ACKNOWLEDGED", ready = "READY", busy = "BUSY", unknown = "UNKNOWN"
  }

  /// What its words come to.
  enum Outcome: Equatable {
    case becameReady
    /// The event in its hands is done with.
    case processed
    /// The event in its hands goes back to the pool.
    case rejected
    /// It broke the protocol and is not heard any more; a busy one has rejected its event.
    case broke(String, was: State)
  }

  private(set) var state = State.acknowledged
  private var buffer: [UInt8] = []
  /// Bytes of a result that are still to come.
  private var resultLength: Int?
  private static let ready = Array("READY\n".utf8)
  /// No listener's answer is longer; one that goes on for ever must not fill the daemon.
  private static let longestResult = 1 << 20

  /// One that talked to an earlier daemon, as far as that one knew.
  init(state: State = .acknowledged) { self.state = state }

  /// An event was sent to it.
  mutating func sent() { state = .busy }

  mutating func receive(_ bytes: [UInt8]) -> [Outcome] {
    guard state != .unknown else { return [] }
    buffer += bytes
    var outcomes: [Outcome] = []
    while let outcome = step() {
      outcomes.append(outcome)
      if state == .unknown { break }
    }
    return outcomes
  }

  private mutating func step() -> Outcome? {
    switch state {
    case .acknowledged:
      guard buffer.count >= Self.ready.count else { return nil }
      guard buffer.starts(with: Self.ready) else {
        return breakOff("said something else than READY")
      }
      buffer.removeFirst(Self.ready.count)
      state = .ready
      return .becameReady
    case .ready: return buffer.isEmpty ? nil : breakOff("spoke without being asked")
    case .busy: return takeResult()
    case .unknown: return nil
    }
  }

  private mutating func takeResult() -> Outcome? {
    if resultLength == nil {
      guard let end = buffer.firstIndex(of: 10) else {
        return buffer.count > Self.longestResult ? breakOff("an endless result line") : nil
      }
      let line = String(decoding: buffer[..<end], as: UTF8.self)
      buffer.removeFirst(end + 1)
      guard let length = Int(line.dropFirst(7).trimmed), (0...Self.longestResult).contains(length)
      else { return breakOff("bad result line: '\(line)'") }
      resultLength = length
    }
    guard let length = resultLength, buffer.count >= length else { return nil }
    let isFine = buffer.prefix(length).elementsEqual("OK".utf8)
    buffer.removeFirst(length)
    resultLength = nil
    state = .acknowledged
    return isFine ? .processed : .rejected
  }

  private mutating func breakOff(_ reason: String) -> Outcome {
    let before = state
    state = .unknown
    buffer = []
    return .broke(reason, was: before)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self.drop { $0 == " " }
    while text.last == " " || text.last == "\r" || text.last == "\r\n" { text.removeLast() }
    return text
  }
}
