import CircusCore
import CircusModel
import EventLoop
import Glibc
import LinuxSystem

/// A command that tells by its exit status how a process is.
///
/// The answer is given when it has ended, or when its time is over. Then it and all it has started are killed; the next
/// question waits until it is collected, as it is one of so many at once.
final class CommandProbe: Probe {
  private let loop: EventLoop
  private let kinship: any Kinship
  private let timeout: Interval
  private let pending = PendingAnswer()
  private var pid: PID?
  private var ends: PipeEnds?
  private var readEnd: Int32 = -1
  private var readable: Registration?
  /// The end of what it has printed.
  private var printed: [UInt8] = []
  private static let mostPrinted = 4_096

  init(_ timeout: Interval, loop: EventLoop, kinship: any Kinship) {
    self.timeout = timeout
    self.loop = loop
    self.kinship = kinship
    ends = try? PipeEnds()
  }

  deinit { closeDescriptor(readEnd) }

  /// Where it prints to; nil: there is no descriptor to be had.
  var output: Int32? { ends?.writeEnd }

  func began(_ pid: PID, _ answer: @escaping (ProbeAnswer) -> Void) {
    self.pid = pid
    pending.await(answer)
    if let ends {
      readEnd = ends.takeReadEnd()
      self.ends = nil
      setNonBlocking(readEnd, true)
      readable = loop.whenReadable(readEnd) { [unowned self] in read() }
    }
    pending.limit(
      milliseconds: timeout.milliseconds, loop,
      late: { [unowned self] in "no end within \(timeout.seconds.description) s\(said)" },
      expire: { [unowned self] outcome, text in
        killTree()
        pending.give(outcome, text)
      })
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    for _ in 0..<8 {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(readEnd, $0.baseAddress, $0.count) }
      if count == 0 { readable?.cancel() }
      guard count > 0 else { return }
      printed = Array((printed + buffer[..<count]).suffix(Self.mostPrinted))
    }
  }

  func abandon() {
    pending.withdraw()
    killTree()
  }

  /// Ends it and all it has started; its end is a failure like any other.
  func killTree() {
    guard let pid else { return }
    for descendant in kinship.descendants(of: pid) {
      _ = try? Kill.process(descendant.rawValue, SIGKILL)
    }
    _ = try? Kill.group(pid.rawValue, SIGKILL)
    _ = try? Kill.process(pid.rawValue, SIGKILL)
  }

  /// It is collected. What it left in its group is ended: another one comes with each question.
  func exited(_ status: ExitStatus) {
    if readEnd >= 0 { read() }
    readable?.cancel()
    if let pid {
      _ = try? Kill.group(pid.rawValue, SIGKILL)
      kinship.died(pid)
    }
    switch status {
    case .exited(0): pending.give(.success, "exit 0\(said)")
    case .exited, .signaled: pending.give(.failure, "\(status.description)\(said)")
    case .unknown: pending.give(.error, "its exit status is not known")
    }
  }

  /// What it has printed, as an addition.
  private var said: String {
    let text = ControlText.oneLine(
      PythonText.strip(String(decoding: printed, as: UTF8.self)))
    return text.isEmpty ? "" : ": \(text)"
  }
}
