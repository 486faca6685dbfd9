import CircusClient
import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// Output that cannot be written.
@Suite struct FaultTests {
  private static let writer =
    "cmd = /usr/bin/python3 -u \(Path.package)/Tests/IntegrationTests/clients/writer.py"

  private static func numbers(_ text: String) -> [Int] {
    text.split(separator: "\n").compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
  }

  @Test func aFullDiskCostsTheOutputAndNothingElse() throws {
    let daemon = try TestDaemon(
      """
      [watcher:full]
      \(Self.writer)
      stdout_stream.class = FileStream
      stdout_stream.filename = /dev/full
      stdout_stream.on_full = drop

      [watcher:fine]
      \(Self.writer)
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/fine.log
      """)
    let events = try Subscription(endpoint: daemon.events, topics: ["watcher.full.output_lost"])
    let message = try #require(events.next(timeout: 15))
    let payload = try #require(try JSON.parse(message.payload).object)
    #expect(payload["stream"] == "stdout")
    #expect((payload["bytes"]?.int ?? 0) > 0)
    #expect(daemon.log.contains("/dev/full: No space left on device; output is being lost"))
    #expect(daemon.log.components("output is being lost") == 1)
    let lost = try daemon.call("stats", ["name": "full"])["output_lost"]?.int ?? 0
    #expect(lost >= payload["bytes"]?.int ?? 1)
    #expect(eventually { Self.numbers(daemon.file("fine.log")).count > 200 })
    let written = Self.numbers(daemon.file("fine.log"))
    #expect(written == Array(1...written.count))
    #expect(try daemon.quit() == 0)
  }

  @Test(arguments: [false, true]) func aStreamThatMayLoseNothingWaits(overAnUpgrade: Bool) throws {
    let daemon = try TestDaemon(
      """
      [watcher:patient]
      \(Self.writer)
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/fifo

      [watcher:fine]
      \(Self.writer)
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/fine.log
      """, arguments: ["--log-level", "debug"], waits: false)
    mkfifo("\(daemon.directory)/fifo", 0o600)
    try daemon.call("restart", ["name": "patient", "waiting": true])
    // There is no reader; other processes go on, and so does control.
    #expect(eventually { Self.numbers(daemon.file("fine.log")).count > 2_000 })
    #expect(daemon.status("patient") == "active")
    if overAnUpgrade {
      try daemon.call("upgrade")
      #expect(eventually { daemon.log.contains("upgraded from") })
    }
    let reader = try FileDescriptor.open("\(daemon.directory)/fifo", O_RDONLY | O_NONBLOCK)
    var text = ""
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { buffer.deallocate() }
    #expect(
      eventually {
        if let count = try? reader.read(into: buffer), count > 0 {
          text += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        return text.utf8.count > 300_000
      })
    var seen = Self.numbers(String(text[..<(text.lastIndex(of: "\n") ?? text.startIndex)]))
    // The file it wrote to before there was a FIFO had the first ones of an earlier process.
    if let start = seen.lastIndex(of: 1) { seen = Array(seen[start...]) }
    #expect(seen == Array((seen.first ?? 0)..<((seen.first ?? 0) + seen.count)))
    _ = try daemon.quit()
  }

  @Test func aDeletedDirectoryIsToldOnce() throws {
    let daemon = try TestDaemon(
      """
      [watcher:lost]
      \(Self.writer)
      stdout_stream.class = WatchedFileStream
      stdout_stream.filename = @DIR@/sub/lost.log
      autostart = False
      """)
    mkdir("\(daemon.directory)/sub", 0o755)
    try daemon.call("start", ["name": "lost", "waiting": true])
    #expect(eventually { Self.numbers(daemon.file("sub/lost.log")).count > 10 })
    // In one step: a file that is deleted first is there again before its directory goes.
    #expect(rename("\(daemon.directory)/sub", "\(daemon.directory)/gone") == 0)
    #expect(eventually { daemon.log.contains("sub/lost.log: cannot be reopened") })
    mkdir("\(daemon.directory)/sub", 0o755)
    #expect(eventually { Self.numbers(daemon.file("sub/lost.log")).count > 10 })
    #expect(daemon.log.components("cannot be reopened") == 1)
  }
}
