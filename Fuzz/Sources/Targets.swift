import CircusConfig
import CircusCore
import CircusModel
import CircusOutput
import CircusWire
import Glibc
import HTTPClient
import JSON
import XMLRPC
import ZeroMQ

/// Whatever reads what somebody else wrote. None of it may trap, hang or take memory without bound.
enum Targets {
  typealias Target = @Sendable ([UInt8]) -> Void

  /// The one that the environment names.
  static let chosen: Target? = getenv("FUZZ_TARGET").flatMap { all[String(cString: $0)] }

  static let all: [String: Target] = [
    "circus-ini": { configuration($0, "/fuzz.ini") },
    "supervisor-ini": { configuration($0, "/fuzz.conf") },
    "environment": { _ = try? EnvironmentGrammar.parse(String(decoding: $0, as: UTF8.self)) },
    "request": { request($0) },
    "state": { state($0) },
    "cron": { schedule($0) },
    "zone": { zone($0) },
    "xmlrpc": { xmlrpc($0) },
    "frames": { frames($0) },
    "listener": { ListenerFuzzing.feed($0) },
    "http-answer": { answer($0) },
    "http": { bytes in MainActor.assumeIsolated { HTTPFuzzing.feed(bytes) } },
  ]

  private static func configuration(_ bytes: [UInt8], _ path: String) {
    var reader = ConfigurationReader(
      files: OneFile(bytes: bytes), environment: ["PATH": "/bin", "HOME": "/root"],
      hostName: "node",
      workingDirectory: "/work")
    guard let configuration = reader.read(path) else { return }
    var arbiter = Arbiter(
      configuration: configuration, workingDirectory: "/work", seed: 1,
      matchesRegex: { _, _ in false })
    var effects: [Effect] = []
    arbiter.handle(.boot, at: Moment(instant: Instant(nanoseconds: 0), wall: 0), into: &effects)
  }

  /// When it is due must be found, or that it never is, whatever the zone.
  private static func schedule(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    _ = Timetable.advice(against: text)
    guard case .calendar(let expression)? = try? Timetable(text: text) else { return }
    var at = Int64(1_700_000_000)
    for _ in 0..<20 {
      guard let next = expression.next(after: at, in: .utc) else { return }
      precondition(next > at)
      at = next
    }
  }

  private static func zone(_ bytes: [UInt8]) {
    _ = ZoneFooter(String(decoding: bytes, as: UTF8.self))
    guard let rules = ZoneFile.read(bytes), let daily = try? CronExpression("30 2 * * *") else {
      return
    }
    for at in [-2_000_000_000, 0, 1_700_000_000, 4_000_000_000] as [Int64] {
      let stretch = rules.stretch(at: at)
      precondition(stretch.start.map { $0 <= at } ?? true)
      precondition(stretch.end.map { $0 > at } ?? true)
      if let next = daily.next(after: at, in: rules) { precondition(next > at) }
    }
  }

  private static func request(_ bytes: [UInt8]) {
    let message = RequestMessage.decode(bytes)
    guard case .success(let request) = message.request else { return }
    var configuration = Configuration()
    var spec = try? CircusSpecs.watcher(
      ["name": .string("w"), "cmd": .string("run")], daemonEnvironment: [:])
    spec?.processCount = 2
    configuration.watchers = spec.map { [$0] } ?? []
    var arbiter = Arbiter(
      configuration: configuration, workingDirectory: "/work", seed: 1,
      matchesRegex: { _, _ in false })
    var effects: [Effect] = []
    let now = Moment(instant: Instant(nanoseconds: 0), wall: 0)
    arbiter.handle(.boot, at: now, into: &effects)
    arbiter.handle(.request(request, Ticket(1)), at: now, into: &effects)
    for effect in effects {
      if case .reply(_, let reply) = effect { _ = reply.encode(id: message.id, time: 0) }
    }
  }

  /// A state that is read must also be taken up, whatever it says.
  private static func state(_ bytes: [UInt8]) {
    guard let saved = try? SavedState(bytes) else { return }
    var configuration = Configuration()
    configuration.watchers = ["w", "v"].compactMap {
      try? CircusSpecs.watcher(
        ["name": .string($0), "cmd": .string("run")], daemonEnvironment: [:])
    }
    for predecessor in [Predecessor.left(dead: []), .replaced, .stopped] {
      var arbiter = Arbiter(
        configuration: configuration, workingDirectory: "/work", seed: 1,
        matchesRegex: { _, _ in false })
      var effects: [Effect] = []
      let now = Moment(instant: Instant(nanoseconds: 0), wall: 0)
      arbiter.handle(.resume(saved, predecessor), at: now, into: &effects)
      arbiter.handle(.deadline, at: now, into: &effects)
      var text: [UInt8] = []
      arbiter.writeState(into: &text) { _ in [] }
      _ = try? SavedState(text)
    }
  }

  /// Into whatever pieces an answer is cut, it is the same.
  private static func answer(_ bytes: [UInt8]) {
    func read(_ size: Int) -> ([UInt8], Int?, Bool) {
      var reader = ResponseReader()
      var body: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        guard let part = try? reader.take(Array(bytes[start..<min(bytes.count, start + size)]))
        else { return (body, nil, false) }
        body += part
      }
      return (body, reader.status, reader.isComplete)
    }
    let whole = read(max(1, bytes.count))
    let cut = read(3)
    guard whole.1 == nil || whole == cut else { fatalError("\(whole) \(cut)") }
  }

  /// What is read comes out the same when it is written and read again.
  private static func frames(_ bytes: [UInt8]) {
    var reader = FrameReader(largest: 1 << 20)
    for start in stride(from: 0, to: bytes.count, by: 7) {
      reader.add(bytes[start..<min(bytes.count, start + 7)])
      while let item = try? reader.take() {
        guard case .message(let frames) = item else { continue }
        var second = FrameReader(largest: 1 << 20)
        second.add(FrameReader.message(frames))
        guard (try? second.take()) == item else { fatalError("\(frames)") }
      }
    }
  }

  private static func xmlrpc(_ bytes: [UInt8]) {
    if let call = try? XMLRPCCall(parsing: bytes) { _ = call.encode() }
    _ = try? XMLRPCResponse(parsing: bytes)
  }
}

/// A disk with one file on it, whatever its name.
private struct OneFile: FileReader {
  var bytes: [UInt8]
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(bytes) }
  func glob(_ pattern: String) -> [String] { [] }
}
