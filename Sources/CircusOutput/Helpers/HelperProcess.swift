import CircusModel
import EventLoop
import Glibc
import LinuxSystem

/// A program that works beside the daemon and talks with it over pipes: Python for hooks and
/// streams, or a hook program. Neither side ever waits for the other.
package final class HelperProcess {
  /// Where the helper finds its ends.
  package struct Wiring {
    /// The descriptor it reads requests from.
    var input: Int32
    /// The descriptor it answers on; nil: it does not.
    var output: Int32?

    /// The helper's own stdin and stdout stay what the daemon's are.
    package static let aside = Wiring(input: 3, output: 4)
    static let feed = Wiring(input: 3, output: nil)
    /// Requests come on its stdin, answers on its stdout.
    package static let program = Wiring(input: 0, output: 1)
    /// Requests come on its stdin; its stdout stays what the daemon's is.
    package static let quietProgram = Wiring(input: 0, output: nil)
  }

  private(set) var pid = PID(0)
  /// A line it answered, without its end; the rest at the end of its output.
  package var onLine: ([UInt8]) -> Void = { _ in }
  /// Called when it is dead, after `onLine` has had everything it answered.
  package var onExit: (ExitStatus) -> Void = { _ in }

  private let loop: EventLoop
  private var input: Int32 = -1
  private var output: Int32 = -1
  private var writable: Registration?
  private var readable: Registration?
  private var waiting: [UInt8] = []
  private var partial: [UInt8] = []
  private var closesWhenSent = false
  /// Bytes of one answer. The rest of a longer one is dropped: a faulty helper must not fill the
  /// daemon's memory.
  private static let longestLine = 4 << 20
  /// Reads per readiness.
  private static let fairness = 8

  init(
    _ words: [String], as name: String? = nil, environment: [String: String], wiring: Wiring,
    spawner: Spawner, loop: EventLoop
  ) throws {
    self.loop = loop
    let requests = try PipeEnds()
    let answers = wiring.output == nil ? nil : try PipeEnds()
    var request = SpawnRequest()
    request.arguments = [name ?? words[0]] + words.dropFirst()
    request.candidates = Self.candidates(words[0], environment)
    request.environment = environment.map { "\($0.key)=\($0.value)" }
    request.startsSession = true
    request.stdio[0] = wiring.input == 0 ? requests.readEnd : spawner.nullDescriptor
    if wiring.input > 2 { request.kept.append((requests.readEnd, wiring.input)) }
    if let answers, let target = wiring.output {
      if target == 1 {
        request.stdio[1] = answers.writeEnd
      } else {
        request.kept.append((answers.writeEnd, target))
      }
    }
    pid = PID(try spawner.spawn(request))
    input = requests.takeWriteEnd()
    setNonBlocking(input, true)
    guard let answers else { return }
    output = answers.takeReadEnd()
    setNonBlocking(output, true)
    readable = loop.whenReadable(output) { [unowned self] in read() }
  }

  private static func candidates(_ program: String, _ environment: [String: String]) -> [String] {
    if program.contains("/") { return [program] }
    let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(program)" }
  }

  deinit { closeAll() }

  private func closeAll() {
    writable?.cancel()
    readable?.cancel()
    closeDescriptor(input)
    closeDescriptor(output)
    (input, output) = (-1, -1)
  }

  // MARK: to the helper

  /// Bytes it has not taken yet.
  var backlog: Int { waiting.count }

  /// Sends what the pipe takes now; the rest follows when there is room.
  package func send(_ bytes: [UInt8]) {
    guard input >= 0 else { return }
    waiting += bytes
    push()
  }

  /// Closes its input as soon as all was sent.
  package func finishInput() {
    closesWhenSent = true
    push()
  }

  /// Waits a moment for room and sends what fits; for the daemon's very end.
  func pushWaiting() {
    var wait = pollfd(fd: input, events: Int16(POLLOUT), revents: 0)
    poll(&wait, 1, 50)
    push()
  }

  private func push() {
    while !waiting.isEmpty, input >= 0 {
      let count = waiting.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      if count > 0 {
        waiting.removeFirst(count)
      } else if count < 0 && errno == EAGAIN {
        if writable == nil { writable = loop.whenWritable(input) { [unowned self] in push() } }
        return
      } else if errno != EINTR {
        // It is gone, or does not want to hear more.
        waiting = []
        return closeInput()
      }
    }
    writable?.cancel()
    writable = nil
    if closesWhenSent { closeInput() }
  }

  private func closeInput() {
    writable?.cancel()
    writable = nil
    closeDescriptor(input)
    input = -1
  }

  // MARK: from the helper

  private func read() {
    guard output >= 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    // One that answers without end must not keep the daemon from its other work.
    for _ in 0..<Self.fairness {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(output, $0.baseAddress, $0.count) }
      if count > 0 {
        take(buffer[..<count])
      } else if count < 0 && errno == EINTR {
        continue
      } else {
        if count == 0 { readable?.cancel() }
        return
      }
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while let end = rest.firstIndex(of: 10) {
      let line = partial + rest[..<end]
      partial = []
      rest = rest[rest.index(after: end)...]
      onLine(line)
    }
    if partial.count < Self.longestLine { partial += rest }
  }

  /// Called by `Helpers` when it was reaped.
  func exited(_ status: ExitStatus) {
    read()
    if !partial.isEmpty { onLine(partial) }
    closeAll()
    onExit(status)
  }
}
