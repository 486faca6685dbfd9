import Testing

@testable import CircusOutput

/// Capture mode (supervisor.md 3.6): no byte is lost, wherever reads cut the tokens.
@Suite struct CaptureFilterTests {
  private let input = Array(
    "before<!--XSUPERVISOR:BEGIN-->inside<!--XSUPERVISOR:END-->after<!--XSUPERVISOR:BEG".utf8)

  /// What came out, in pieces put together.
  private func run(_ pieces: [[UInt8]], limit: Int = 100) -> (plain: String, captured: [String]) {
    var filter = CaptureFilter(limit: limit)
    var plain: [UInt8] = []
    var captured: [String] = []
    for piece in pieces.map({ filter.feed($0) }) + [filter.finish()] {
      for part in piece {
        switch part {
        case .plain(let bytes): plain += bytes
        case .captured(let bytes): captured.append(String(decoding: bytes, as: UTF8.self))
        }
      }
    }
    return (String(decoding: plain, as: UTF8.self), captured)
  }

  @Test func everyCutGivesTheSame() {
    for cut in 0...input.count {
      let result = run([Array(input[..<cut]), Array(input[cut...])])
      #expect(result.plain == "beforeafter<!--XSUPERVISOR:BEG")
      #expect(result.captured == ["inside"])
    }
    #expect(run(input.map { [$0] }).captured == ["inside"])
  }

  @Test func oneReadMayHoldSeveral() {
    let text =
      "<!--XSUPERVISOR:BEGIN-->a<!--XSUPERVISOR:END--><!--XSUPERVISOR:BEGIN--><!--XSUPERVISOR:END-->b"
    let result = run([Array(text.utf8)])
    #expect(result.captured == ["a", ""])
    #expect(result.plain == "b")
  }

  @Test func theNewestBytesAreKept() {
    let text = "<!--XSUPERVISOR:BEGIN-->0123456789<!--XSUPERVISOR:END-->"
    #expect(run([Array(text.utf8)], limit: 4).captured == ["6789"])
    #expect(run(text.utf8.map { [$0] }, limit: 4).captured == ["6789"])
  }

  @Test func whatIsNeverEndedIsOutputAfterAll() {
    let result = run([Array("x<!--XSUPERVISOR:BEGIN-->lost?".utf8)])
    #expect(result.plain == "x<!--XSUPERVISOR:BEGIN-->lost?")
    #expect(result.captured.isEmpty)
  }

  @Test func shortOutputIsNotKeptWaiting() {
    var filter = CaptureFilter(limit: 10)
    #expect(filter.feed(Array("short".utf8)) == [.plain(Array("short".utf8))])
  }

  @Test(arguments: [
    ("\u{1B}[31mred\u{1B}[0m", "red"), ("a\u{1B}[2Kb", "ab"),
    ("\u{1B}]0;t\u{7}x", "\u{1B}]0;t\u{7}x"),
    ("100% [ok]", "100% [ok]"), ("\u{1B}[1;5Gcolumn", "column"),
  ])
  func escapesAreTakenOut(text: String, wanted: String) {
    for cut in 0...text.utf8.count {
      var filter = AnsiFilter()
      let bytes = Array(text.utf8)
      let out = [bytes[..<cut], bytes[cut...]].flatMap { part in
        Array(part).withUnsafeBytes { filter.strip($0) }
      }
      #expect(String(decoding: out, as: UTF8.self) == wanted)
    }
  }
}
