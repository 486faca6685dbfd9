import Testing

@testable import CircusOutput

/// The last lines of an output, however they arrive.
@Suite struct LineRingTests {
  private let ring = LineRing {}

  private func append(_ text: String, pid: Int32 = 1, time: Double = 1) {
    Array(text.utf8).withUnsafeBytes { ring.append($0, pid: pid, time: time) }
  }

  private func texts(after: Int = 0, since: Double = 0, limit: Int = 1_000) -> [String] {
    ring.lines(after: after, since: since, limit: limit).map(\.text)
  }

  @Test func linesAreAssembledPerProcess() {
    append("on")
    append("other\nha", pid: 2, time: 2)
    append("e\ntwo\n\nthr", time: 3)
    append("lf\n", pid: 2, time: 4)
    #expect(texts() == ["other", "one", "two", "", "half"])
    ring.finish(pid: 1, time: 5)
    ring.finish(pid: 2, time: 5)
    #expect(texts().last == "thr")
    #expect(texts(after: 4) == ["half", "thr"])
    #expect(texts(since: 4) == ["half", "thr"])
    #expect(texts(limit: 2) == ["half", "thr"])
    #expect(ring.first == 1 && ring.last == 6)
  }

  @Test func longLinesAreCutAndTheirNeighboursAreNot() {
    let long = String(repeating: "x", count: 6_000)
    append("a\n\(long)\nb\n\(long)")
    append("end\nc\n")
    let got = texts()
    #expect(got.map(\.count) == [1, 4_096, 1, 4_096, 1])
    #expect(got.filter { $0.count == 1 } == ["a", "b", "c"])
  }

  @Test func memoryIsBoundedAndTheNewestStay() {
    for number in 1...20_000 { append("line \(number)\n") }
    #expect(ring.last == 20_000)
    #expect(ring.first > 10_000)
    let got = texts(limit: 100_000)
    #expect(got.count == 20_000 - ring.first + 1)
    #expect(got.first == "line \(ring.first)" && got.last == "line 20000")
    // A burst far larger than what is kept: its end counts, from the start of a line.
    append((1...20_000).map { "burst \($0)\n" }.joined())
    #expect(texts().last == "burst 20000")
    #expect(texts(limit: 100).allSatisfy { $0.hasPrefix("burst ") })
  }
}
