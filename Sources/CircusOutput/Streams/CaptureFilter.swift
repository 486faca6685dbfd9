import CircusModel

/// Capture mode: what a process prints between two tokens is not logged but announced as an event
/// (supervisor.md 3.6). Tokens are found wherever reads cut them, and no byte waits longer than it
/// may be the beginning of one.
struct CaptureFilter {
  static let begin = Array("<!--XSUPERVISOR:BEGIN-->".utf8)
  static let end = Array("<!--XSUPERVISOR:END-->".utf8)

  /// What came out of some bytes, in order.
  enum Piece: Equatable {
    case plain([UInt8])
    case captured([UInt8])
  }

  /// Most bytes of one capture; the oldest go first.
  private let limit: Int
  private var isCapturing = false
  private var captured: [UInt8] = []
  /// The end of what came, which may be the beginning of a token.
  private var held: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  mutating func feed(_ bytes: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var rest = (held + bytes)[...]
    held = []
    while !rest.isEmpty {
      let token = isCapturing ? Self.end : Self.begin
      guard let found = rest.firstPlace(of: token) else {
        let kept = Self.beginning(of: token, at: rest)
        held = Array(rest.suffix(kept))
        take(rest.dropLast(kept), &pieces)
        break
      }
      take(rest[..<found.lowerBound], &pieces)
      if isCapturing {
        pieces.append(.captured(captured))
        captured = []
      }
      isCapturing.toggle()
      rest = rest[found.upperBound...]
    }
    return pieces
  }

  /// The process is gone: what it began and did not end is output like any other.
  mutating func finish() -> [Piece] {
    let left = (isCapturing ? Self.begin + captured : []) + held
    (isCapturing, captured, held) = (false, [], [])
    return left.isEmpty ? [] : [.plain(left)]
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>, _ pieces: inout [Piece]) {
    guard !bytes.isEmpty else { return }
    guard isCapturing else { return pieces.append(.plain(Array(bytes))) }
    captured += bytes
    if captured.count > limit { captured.removeFirst(captured.count - limit) }
  }

  /// How many bytes at the end of `bytes` are the beginning of `token`.
  private static func beginning(of token: [UInt8], at bytes: ArraySlice<UInt8>) -> Int {
    var count = min(token.count - 1, bytes.count)
    while count > 0, !bytes.suffix(count).elementsEqual(token.prefix(count)) { count -= 1 }
    return count
  }
}
