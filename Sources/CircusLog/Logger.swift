import CircusModel
import LinuxSystem

/// The daemon's own log, in circus's line format:
/// `2026-11-21 04:56:42 circus[8355] [INFO] db started`, or in supervisor's:
/// `2026-11-21 04:56:42,117 INFO spawned: 'db' with pid 8360`.
///
/// A log that cannot be written never stops the daemon: lines are dropped and counted.
package final class Logger {
  /// Where lines go.
  package enum Target {
    /// Standard error, in colours if it is a terminal.
    case standardError
    /// A file at this path that is not rotated.
    case file(String)
    /// A file that is rotated.
    case rotating(FileStreamSpec)
    /// syslog, one datagram for each line.
    case syslog(Syslog)
  }

  /// How a line looks.
  package enum Style {
    /// As circus's: date, program and pid, level, text.
    case circus
    /// `echoes`: lines also go to stdout, as supervisord's do in the foreground.
    case supervisor(echoes: Bool)
  }

  /// Lines below this are not written.
  package var level: LogLevel
  private var target: Target
  private var file: LogFile?
  private var dropped = 0
  /// Standard error has no reader at the moment.
  private var isStalled = false
  /// Milliseconds a reader of standard error is given, once.
  private static let patience: Int32 = 20
  private let colors: Bool
  private let console = Console(descriptor: 2)
  private let output = Console(descriptor: 1)
  private let style: Style

  /// Opens the file, if the target has one; `problem` says why it could not be opened.
  package init(level: LogLevel, target: Target, style: Style = .circus) {
    self.level = level
    self.style = style
    self.target = target
    if case .standardError = target {
      colors = Environment.isTerminal(2) && Environment.variables["NO_COLOR"] == nil
    } else {
      colors = false
    }
    openFile()
  }

  /// `-`, `stdout`, a file, or `syslog://host:port?facility`, `syslog:///path?facility`.
  package static func target(_ text: String?) -> Target {
    guard let text, text != "-", text != "stdout" else { return .standardError }
    guard text.hasPrefix("syslog://") else { return .file(text) }
    let rest = text.dropFirst("syslog://".count)
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let facility = parts.count > 1 ? String(parts[1]) : "user"
    let address = parts[0]
    if address.hasPrefix("/") {
      return .syslog(Syslog(.unix(path: String(address)), facility: facility))
    }
    let host = address.split(separator: ":", maxSplits: 1)
    let port = host.count > 1 ? Int(host[1]) ?? 514 : 514
    return .syslog(
      Syslog(.udp(host: String(host.first ?? "localhost"), port: port), facility: facility))
  }

  /// Another level or place, after a configuration reload.
  package func change(level: LogLevel, target: Target) {
    self.level = level
    let spec: FileStreamSpec?
    switch target {
    case .file(let path): spec = FileStreamSpec(path: Files.absolute(path))
    case .rotating(let rotating): spec = rotating
    case .standardError, .syslog: spec = nil
    }
    if let spec {
      // The old log stays until the new one is there.
      if let file, file.path == spec.path {
        file.adopt(spec)
      } else {
        do throws(Errno) { file = try LogFile(spec) } catch {
          log(
            .error,
            "cannot open the log file '\(spec.path)': \(error.description); the old log stays")
          return
        }
      }
    } else {
      file = nil
    }
    self.target = target
  }

  /// circus's names in any case; unknown ones mean info.
  package static func level(_ text: String?) -> LogLevel {
    switch text?.lowercased() {
    case "critical": .critical
    case "error": .error
    case "warning", "warn": .warning
    case "debug": .debug
    default: .info
    }
  }

  /// For who looks into the daemon.
  package func debug(_ text: @autoclosure () -> String) { log(.debug, text()) }
  /// What happens.
  package func info(_ text: @autoclosure () -> String) { log(.info, text()) }
  /// What an operator should know.
  package func warning(_ text: @autoclosure () -> String) { log(.warning, text()) }
  /// What went wrong.
  package func error(_ text: @autoclosure () -> String) { log(.error, text()) }

  /// One line; the text is made only if the level is on.
  package func log(_ level: LogLevel, _ text: @autoclosure () -> String) {
    guard level >= self.level else { return }
    if dropped > 0 {
      let count = dropped
      emit(.warning, "\(count) log lines could not be written and are lost")
      // That line is not one of them.
      dropped = dropped == count ? 0 : count
    }
    emit(level, text())
  }

  private func emit(_ level: LogLevel, _ line: String) {
    let text = ControlText.lines(line)
    let now = Clock.wall
    let stamp = Clock.format(now, "%Y-%m-%d %H:%M:%S")
    guard case .circus = style else { return emitForSupervisor(level, text, stamp, now) }
    let head = "\(stamp) circus[\(Environment.pid)] "
    switch target {
    case .syslog(let syslog):
      let stamp = Clock.format(now, "%b %d %H:%M:%S")
      syslog.send(
        "\(stamp) circus[\(Environment.pid)] [\(level.name)] \(text)", severity: level.severity)
    case .standardError:
      let line =
        colors
        ? "\u{1B}[2m\(head)\u{1B}[0m\u{1B}[\(level.color)m[\(level.name)]\u{1B}[0m \(text)\n"
        : "\(head)[\(level.name)] \(text)\n"
      write(line)
    case .file, .rotating: writeToFile("\(head)[\(level.name)] \(text)\n")
    }
  }

  private func emitForSupervisor(
    _ level: LogLevel, _ text: String, _ stamp: String, _ now: Double
  ) {
    let fraction = String(Int((now - now.rounded(.down)) * 1_000) + 1_000).dropFirst()
    let line = "\(stamp),\(fraction) \(level.supervisorName) \(text)"
    switch target {
    case .syslog(let syslog): syslog.sendAsSupervisor(line)
    case .standardError: write(line + "\n")
    case .file, .rotating: writeToFile(line + "\n")
    }
    if case .supervisor(echoes: true) = style {
      Array((line + "\n").utf8).withUnsafeBytes { _ = output.write($0) }
    }
  }

  private func writeToFile(_ line: String) {
    guard let file else {
      dropped += 1
      return openFile()
    }
    // supervisord goes on in a file that was moved until it reopens its logs.
    if case .circus = style { file.reopenIfMoved() }
    if !Array(line.utf8).withUnsafeBytes({ file.write($0) }) { dropped += 1 }
  }

  private func write(_ line: String) {
    let patience = isStalled ? 0 : Self.patience
    let bytes = Array(line.utf8)
    isStalled = bytes.withUnsafeBytes { console.write($0, patience: patience) } < bytes.count
    if isStalled { dropped += 1 }
  }

  private func openFile() {
    let spec: FileStreamSpec
    switch target {
    case .file(let path): spec = FileStreamSpec(path: Files.absolute(path))
    case .rotating(let rotating): spec = rotating
    case .standardError, .syslog: return
    }
    do throws(Errno) {
      file = try LogFile(spec)
      problem = nil
    } catch {
      problem = "cannot open the log file '\(spec.path)': \(error.description)"
    }
  }

  /// Why the log cannot be written; nil: it can.
  package private(set) var problem: String?

  /// The file lines go to; nil when they go elsewhere.
  package var path: String? { file?.path }

  /// Empties the log file; false when there is none or it cannot be done.
  package func clear() -> Bool { file?.clear() ?? false }

  /// Opens a log file anew, after it was moved away.
  package func reopen() { file?.reopen() }
}

extension Logger.Target {
  /// Where supervisord's own log goes.
  package static func supervisord(_ log: MainLog) -> Logger.Target {
    if log.path == "syslog" { return .syslog(Syslog(.unix(path: "/dev/log"), facility: "user")) }
    return .rotating(
      FileStreamSpec(
        path: log.path, maxBytes: log.maxBytes, backups: log.backups, rotation: .afterWrite))
  }
}

extension LogLevel {
  var name: String {
    switch self {
    case .blather: "BLATHER"
    case .trace: "TRACE"
    case .debug: "DEBUG"
    case .info: "INFO"
    case .warning: "WARNING"
    case .error: "ERROR"
    case .critical: "CRITICAL"
    }
  }

  /// The four letters of supervisor's log.
  fileprivate var supervisorName: String {
    switch self {
    case .blather: "BLAT"
    case .trace: "TRAC"
    case .debug: "DEBG"
    case .info: "INFO"
    case .warning: "WARN"
    case .error: "ERRO"
    case .critical: "CRIT"
    }
  }

  fileprivate var severity: Int {
    switch self {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .info: 6
    case .debug, .trace, .blather: 7
    }
  }

  fileprivate var color: Int {
    switch self {
    case .debug, .trace, .blather: 36
    case .info: 32
    case .warning: 33
    case .error, .critical: 31
    }
  }
}
