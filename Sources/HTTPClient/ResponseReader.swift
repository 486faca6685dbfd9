/// Reads the answer of a server (RFC 9112), into however many pieces it is cut.
package struct ResponseReader {
  /// Why the bytes are no answer.
  package struct Problem: Error, Hashable {
    /// For people.
    package var text: String
  }

  /// The status; nil: it has not come yet.
  package private(set) var status: Int?
  /// All of it has come.
  package private(set) var isComplete = false
  /// Whether the connection serves another request when it has.
  package private(set) var keepsConnection = false

  /// Where a redirect leads, as the server says it; nil: nowhere.
  package private(set) var location: String?

  private enum Place {
    case statusLine, fields, trailer
    case body(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case bodyToTheEnd
  }
  private var place = Place.statusLine
  /// A line that is not whole yet.
  private var line: [UInt8] = []
  private var headSize = 0
  private var length: Int?
  private var isChunked = false

  /// Bytes of a head, and of one line of a chunked body.
  private static let longestHead = 64 * 1_024
  /// A body of more bytes is no answer of ours.
  private static let longestBody = 1 << 40

  package init() {}

  /// Takes what has come, and returns what of it is part of the body. Bytes after the answer are passed over.
  package mutating func take(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
    var rest = bytes[...]
    var body: [UInt8] = []
    while !rest.isEmpty, !isComplete {
      switch place {
      case .body(let left):
        let part = rest.prefix(left)
        rest = rest.dropFirst(part.count)
        body += part
        place = .body(left: left - part.count)
        if left == part.count { isComplete = true }
      case .chunk(let left):
        let part = rest.prefix(left)
        rest = rest.dropFirst(part.count)
        body += part
        place = left == part.count ? .chunkEnd : .chunk(left: left - part.count)
      case .bodyToTheEnd:
        return body + rest
      case .statusLine, .fields, .trailer, .chunkSize, .chunkEnd:
        guard let end = rest.firstIndex(of: 10) else {
          try keep(rest)
          return body
        }
        try keep(rest[..<end])
        rest = rest[(end + 1)...]
        if line.last == 13 { line.removeLast() }
        defer { line = [] }
        try takeLine(String(decoding: line, as: UTF8.self))
      }
    }
    // The next answer cannot have come before it was asked for.
    if !rest.isEmpty { keepsConnection = false }
    return body
  }

  /// The server has closed the connection.
  package mutating func end() throws(Problem) {
    if case .bodyToTheEnd = place { isComplete = true }
    keepsConnection = false
    guard isComplete else {
      throw Problem(text: "the server closed the connection before its answer was whole")
    }
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) throws(Problem) {
    headSize += part.count + 1
    guard headSize <= Self.longestHead else { throw Problem(text: "the head is too long") }
    line += part
  }

  private mutating func takeLine(_ text: String) throws(Problem) {
    switch place {
    case .statusLine: try takeStatus(text)
    case .fields: text.isEmpty ? try beginBody() : try takeField(text)
    case .chunkSize: try takeChunkSize(text)
    case .chunkEnd:
      guard text.isEmpty else { throw Problem(text: "a chunk is longer than it says") }
      headSize = 0
      place = .chunkSize
    case .trailer: isComplete = text.isEmpty
    case .body, .chunk, .bodyToTheEnd: break
    }
  }

  private mutating func takeStatus(_ text: String) throws(Problem) {
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let number = Int(words[1]),
      (100...999).contains(number)
    else { throw Problem(text: "what answers does not speak HTTP") }
    status = number
    keepsConnection = words[0] != "HTTP/1.0"
    place = .fields
  }

  private mutating func takeField(_ text: String) throws(Problem) {
    guard let colon = text.firstIndex(of: ":") else {
      throw Problem(text: "a field of the head has no colon")
    }
    func trimmed(_ part: Substring) -> Substring {
      let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
      let start = part.drop(while: isBlank)
      return start[
        ..<(start.lastIndex { !isBlank($0) }.map { start.index(after: $0) } ?? start.startIndex)]
    }
    let written = trimmed(text[text.index(after: colon)...])
    let value = written.lowercased()
    switch text[..<colon].lowercased() {
    case "content-length":
      guard value.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(value),
        number <= Self.longestBody, length ?? number == number
      else { throw Problem(text: "Content-Length is no length: \(value)") }
      length = number
    case "transfer-encoding":
      guard value == "chunked" else { throw Problem(text: "unknown Transfer-Encoding \(value)") }
      isChunked = true
    case "location": location = String(written)
    case "connection":
      if value == "close" { keepsConnection = false }
      if value == "keep-alive" { keepsConnection = true }
    default: break
    }
  }

  private mutating func beginBody() throws(Problem) {
    let number = status ?? 0
    headSize = 0
    if number < 200 {
      // Another head follows.
      self = ResponseReader()
    } else if number == 204 || number == 304 {
      isComplete = true
    } else if isChunked {
      place = .chunkSize
    } else if let length {
      place = .body(left: length)
      isComplete = length == 0
    } else {
      place = .bodyToTheEnd
    }
  }

  private mutating func takeChunkSize(_ text: String) throws(Problem) {
    let digits = text.prefix { $0 != ";" && $0 != " " }
    guard digits.utf8.allSatisfy({ $0 != 43 && $0 != 45 }), let size = Int(digits, radix: 16),
      size <= Self.longestBody
    else { throw Problem(text: "a chunk has no length: \(digits.prefix(20))") }
    headSize = 0
    place = size == 0 ? .trailer : .chunk(left: size)
  }
}
