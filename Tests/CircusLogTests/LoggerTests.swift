import CircusModel
import Glibc
import LinuxSystem
import Testing

@testable import CircusLog

/// The daemon's own log.
@Suite struct LoggerTests {
  private let path = "/tmp/circus-logger-\(getpid())-\(UInt32.random(in: 0 ... .max))"

  /// Each lost line is counted once, and none is forgotten while the disk stays full.
  @Test func lostLinesAreCounted() throws {
    defer { Files.remove(path) }
    let log = Logger(level: .info, target: .file("/dev/full"))
    for number in 1...3 { log.info("lost \(number)") }
    log.change(level: .info, target: .file(path))
    log.info("kept")
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    #expect(text.contains("3 log lines could not be written and are lost"), "\(text)")
    #expect(text.hasSuffix("kept\n"))
  }

  /// A log that goes elsewhere leaves its file alone.
  @Test func aLogThatGoesElsewhereHasNoFile() {
    defer { Files.remove(path) }
    let log = Logger(level: .critical, target: .file(path))
    #expect(log.path == path)
    log.change(level: .critical, target: .standardError)
    #expect(log.path == nil)
    #expect(!log.clear())
  }
}
