import CircusLog
import CircusModel
import Glibc
import LinuxSystem
import Testing

@testable import CircusOutput

/// What a program prints, on its way to syslog (supervisor.md 3.3).
@Suite final class SyslogTests {
  private let path = "/tmp/circus-syslog-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

  deinit { unlink(path) }

  private func listen() throws -> FileDescriptor {
    let descriptor = FileDescriptor(
      owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
    return descriptor
  }

  private func heard(_ descriptor: borrowing FileDescriptor) -> [String] {
    var found: [String] = []
    while let message = Network.receive(descriptor.number) {
      found.append(String(decoding: message.bytes, as: UTF8.self))
    }
    return found
  }

  /// What follows time and tag: `<14>Nov 28 01:23:49 supervisord: ` (user.info).
  private func texts(_ datagrams: [String]) -> [String] {
    datagrams.map { datagram in
      let parts = datagram.split(separator: " supervisord: ", maxSplits: 1)
      guard parts.count == 2, parts[0].hasPrefix("<14>"), parts[0].utf8.count == 19 else {
        return "malformed: \(datagram)"
      }
      return String(parts[1])
    }
  }

  @Test func linesGoToTheReceiverThatIsThereNow() throws {
    var spec = ProgramStreamSpec(file: nil)
    spec.usesSyslog = true
    let sink = ProgramSink(
      spec, ProgramSink.Origin(process: "web", group: "web", channel: "stdout"), file: nil,
      stripsAnsi: false, isProtocol: false, log: Logger(level: .critical, target: .standardError),
      syslogPath: path
    ) { _ in }
    func say(_ text: String) {
      Array(text.utf8).withUnsafeBytes { _ = sink.write($0, pid: PID(1), onFull: nil) }
    }
    say("not heard\n")
    do {
      let first = try listen()
      say("one\ntwo")
      say(" halves\nleft")
      #expect(texts(heard(first)) == ["web one", "web two halves"])
    }
    unlink(path)
    say(" lost\n")
    let second = try listen()
    say("again\nend")
    sink.finish(pid: PID(1))
    #expect(texts(heard(second)) == ["web again", "web end"])
  }
}
