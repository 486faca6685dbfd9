import HTTPClient
import Testing

/// Answers of servers, in whatever pieces.
@Suite struct ResponseReaderTests {
  /// What is read of an answer that comes in pieces of a size, and is then closed.
  private func read(_ text: String, _ size: Int) throws -> (Int?, String, Bool) {
    var reader = ResponseReader()
    var body: [UInt8] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      body += try reader.take(Array(bytes[start..<min(bytes.count, start + size)]))
    }
    let keeps = reader.keepsConnection
    if !reader.isComplete { try reader.end() }
    return (reader.status, String(decoding: body, as: UTF8.self), keeps)
  }

  @Test(
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
      ("HTTP/1.1 200 OK\nContent-Length:5\n\nhello", 200, "hello", true),
      (
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nConnection: Close\r\n\r\nhello", 200, "hello",
        false
      ),
      ("HTTP/1.0 200 OK\r\n\r\nall of it", 200, "all of it", false),
      ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", 200, "x", true),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\nA: b\r\n\r\n",
        200, "hello", true
      ),
      ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
      ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 401, "", true),
      (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok",
        true
      ),
      ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true),
    ] as [(String, Int, String, Bool)])
  func everyCutReadsTheSame(text: String, status: Int, body: String, keeps: Bool) throws {
    for size in 1...text.utf8.count {
      let (number, content, keepsConnection) = try read(text, size)
      #expect(number == status)
      #expect(content == body)
      #expect(keepsConnection == keeps)
    }
  }

  /// A second answer that came unasked is no answer to the next request.
  @Test func whatFollowsUnaskedEndsTheConnection() throws {
    var reader = ResponseReader()
    let body = try reader.take(Array("HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n".utf8))
    #expect(body.isEmpty)
    #expect(reader.isComplete)
    #expect(!reader.keepsConnection)
  }

  @Test(arguments: [
    ("SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
    ("HTTP/1.1 20 OK\r\n", "does not speak HTTP"),
    ("HTTP/1.1 200 OK\r\nNo colon\r\n", "no colon"),
    ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", "no length"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n", "no length"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n", "no length"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", "unknown Transfer-Encoding"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "has no length"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "has no length"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "longer than it says"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "before its answer was whole"),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "before its answer was whole"
    ),
    ("", "before its answer was whole"),
    ("X: " + String(repeating: "y", count: 70_000), "too long"),
  ])
  func whatIsNoAnswerIsRefused(text: String, problem: String) {
    for size in [1, 7, 100_000] {
      let failure = #expect(throws: ResponseReader.Problem.self) { try read(text, size) }
      #expect(failure?.text.contains(problem) == true, "\(String(describing: failure))")
    }
  }
}
