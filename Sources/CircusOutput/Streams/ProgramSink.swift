import CircusConfig
import CircusLog
import CircusModel
import CircusWire
import LinuxSystem

/// One output of one process of a supervisor program (supervisor.md 3): stripped, captured,
/// announced as events, logged.
package final class ProgramSink {
  /// Whose output it is.
  package struct Origin {
    var process: String
    var group: String
    var channel: String
  }

  /// The file as it is now; another one after a configuration reload.
  let file: LogFile?
  private let origin: Origin
  /// Whether it is the protocol of an event listener, which the debug log shows as Python's bytes.
  private let isProtocol: Bool
  private let syslog: Syslog?
  private let spec: ProgramStreamSpec
  private var ansi: AnsiFilter?
  private var capture: CaptureFilter?
  /// The beginning of a line for syslog.
  private var line: [UInt8] = []
  private let announce: (SupervisorEvent) -> Void
  private let log: Logger
  /// Bytes of the present write that were given up.
  private var lost = 0
  /// What is left of the present write, filtered already.
  private var rest: [UInt8] = []
  private static let longestLine = 64 << 10

  /// `file` nil: the output is not logged. `announce` gets PROCESS_LOG and PROCESS_COMMUNICATION
  /// events.
  package init(
    _ spec: ProgramStreamSpec, _ origin: Origin, file: LogFile?, stripsAnsi: Bool,
    isProtocol: Bool, log: Logger, syslogPath: String = "/dev/log",
    announce: @escaping (SupervisorEvent) -> Void
  ) {
    self.spec = spec
    self.origin = origin
    self.file = file
    self.log = log
    self.announce = announce
    self.isProtocol = isProtocol
    syslog =
      spec.usesSyslog
      ? Syslog(.unix(path: syslogPath), facility: "user") : nil
    if stripsAnsi { ansi = AnsiFilter() }
    if spec.captureBytes > 0 { capture = CaptureFilter(limit: spec.captureBytes) }
  }

  /// What is filtered on its way is taken at once; what the file does not take of it is left to the caller.
  func write(
    _ bytes: UnsafeRawBufferPointer, pid: PID, onFull policy: FullPolicy?
  ) -> WriteOutcome {
    // Most programs have a file and nothing else.
    guard ansi != nil || capture != nil || spec.emitsEvents || syslog != nil || log.level <= .debug
    else {
      return file?.write(bytes, onFull: policy ?? file?.usualPolicy ?? .drop)
        ?? WriteOutcome(taken: bytes.count)
    }
    (lost, rest) = (0, [])
    defer { (lost, rest) = (0, []) }
    if ansi == nil && capture == nil {
      let outcome = file?.write(bytes, onFull: policy ?? file?.usualPolicy ?? .drop)
      let taken = outcome?.taken ?? bytes.count
      tell(Array(bytes.prefix(taken)), pid)
      return outcome ?? WriteOutcome(taken: taken)
    }
    let stripped = ansi?.strip(bytes) ?? Array(bytes)
    if capture == nil {
      if !stripped.isEmpty { pass(stripped, pid, policy) }
    } else {
      for piece in capture?.feed(stripped) ?? [] { take(piece, pid, policy) }
    }
    return WriteOutcome(taken: bytes.count, lost: lost, filtered: rest)
  }

  /// Whether what is written is not what was printed.
  var isFiltered: Bool { ansi != nil || capture != nil }

  /// The process is gone.
  func finish(pid: PID) {
    for piece in capture?.finish() ?? [] { take(piece, pid, .drop) }
    if !line.isEmpty { sendLine() }
  }

  private func take(_ piece: CaptureFilter.Piece, _ pid: PID, _ policy: FullPolicy?) {
    switch piece {
    case .plain(let bytes): pass(bytes, pid, policy)
    case .captured(let bytes):
      // supervisor tells it twice, whatever its documentation says.
      if spec.emitsEvents { announce(.processLog(output(bytes, pid))) }
      announce(.processCommunication(output(bytes, pid)))
    }
  }

  private func pass(_ bytes: [UInt8], _ pid: PID, _ policy: FullPolicy?) {
    tell(bytes, pid)
    guard let file else { return }
    guard rest.isEmpty else { return rest += bytes }
    let outcome = bytes.withUnsafeBytes { file.write($0, onFull: policy ?? file.usualPolicy) }
    lost += outcome.lost
    rest = Array(bytes.dropFirst(outcome.taken))
  }

  /// Passes bytes to all but the file: the debug log, event listeners, syslog.
  private func tell(_ bytes: [UInt8], _ pid: PID) {
    guard !bytes.isEmpty else { return }
    if log.level <= .debug {
      let said = isProtocol ? PythonText.bytesLiteral(bytes) : Self.text(bytes)
      log.debug("'\(origin.process)' \(origin.channel) output:\n\(said)")
    }
    if spec.emitsEvents { announce(.processLog(output(bytes, pid))) }
    if syslog != nil { splitIntoLines(bytes) }
  }

  private func output(_ bytes: [UInt8], _ pid: PID) -> ProcessOutput {
    ProcessOutput(
      process: origin.process, group: origin.group, pid: Int(pid.rawValue), channel: origin.channel,
      text: Self.text(bytes))
  }

  /// What is no UTF-8 is shown as Python writes bytes (supervisor.md 5.3).
  private static func text(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self) ?? "Undecodable: \(PythonText.bytesLiteral(bytes))"
  }

  private func splitIntoLines(_ bytes: [UInt8]) {
    for byte in bytes {
      if byte == 10 { sendLine() } else { line.append(byte) }
      if line.count >= Self.longestLine { sendLine() }
    }
  }

  private func sendLine() {
    syslog?.sendAsSupervisor("\(origin.process) \(String(decoding: line, as: UTF8.self))")
    line = []
  }
}
