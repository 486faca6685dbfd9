import CircusModel
import LinuxSystem

/// The daemon's own log, in circus's line format:
/// `2026-11-21 04:56:42 circus[8355] [INFO] db started`.
///
/// A log that cannot be written never stops the daemon: lines are dropped and counted.
package final class Logger {
  /// Where lines go.
  package enum Target {
    case standardError
    case file(String)
    case syslog(Syslog)
  }

  /// Lines below this are not written.
  package var level: LogLevel
  private var target: Target
  private var file: LogFile?
  private var dropped = 0
  private let colors: Bool
  private let console = Console(descriptor: 2)

  package init(level: LogLevel, target: Target) {
    self.level = level
    self.target = target
    if case .standardError = target {
      colors = Environment.isTerminal(2) && Environment.variables["NO_COLOR"] == nil
    } else {
      colors = false
    }
    openFile()
  }

  /// `-`, `stdout`, a file, or `syslog://host:port?facility`, `syslog:///path?facility`.
  package static func target(_ text: String?) -> Target? {
    guard let text, text != "-", text != "stdout" else { return .standardError }
    guard text.hasPrefix("syslog://") else { return .file(text) }
    let rest = text.dropFirst("syslog://".count)
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let facility = parts.count > 1 ? String(parts[1]) : "user"
    let address = parts[0]
    if address.hasPrefix("/") {
      return Syslog(.unix(path: String(address)), facility: facility).map(Target.syslog)
    }
    let host = address.split(separator: ":", maxSplits: 1)
    let port = host.count > 1 ? Int(host[1]) ?? 514 : 514
    return Syslog(.udp(host: String(host.first ?? "localhost"), port: port), facility: facility)
      .map(Target.syslog)
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
      dropped = 0
      emit(.warning, "\(count) log lines could not be written and are lost")
    }
    emit(level, text())
  }

  private func emit(_ level: LogLevel, _ text: String) {
    let stamp = Clock.format(Clock.wall, "%Y-%m-%d %H:%M:%S")
    let head = "\(stamp) circus[\(Environment.pid)] "
    switch target {
    case .syslog(let syslog):
      syslog.send("circus[\(Environment.pid)] [\(level.name)] \(text)", severity: level.severity)
    case .standardError:
      let line =
        colors
        ? "\u{1B}[2m\(head)\u{1B}[0m\u{1B}[\(level.color)m[\(level.name)]\u{1B}[0m \(text)\n"
        : "\(head)[\(level.name)] \(text)\n"
      write(line)
    case .file:
      guard let file else {
        dropped += 1
        return openFile()
      }
      file.reopenIfMoved()
      let line = "\(head)[\(level.name)] \(text)\n"
      let isWritten = Array(line.utf8).withUnsafeBytes { file.write($0) }
      if !isWritten { dropped += 1 }
    }
  }

  private func write(_ line: String) {
    if !Array(line.utf8).withUnsafeBytes({ console.write($0) }) { dropped += 1 }
  }

  private func openFile() {
    guard case .file(let path) = target else { return }
    file = try? LogFile(path: Files.absolute(path))
  }

  /// Whether the log can be written at all.
  package var isOpen: Bool {
    if case .file = target { return file != nil }
    return true
  }

  /// Opens a log file anew, after it was moved away.
  package func reopen() { file?.reopen() }

  /// Another level or place, after a configuration reload.
  package func change(level: LogLevel, target: Target) {
    self.level = level
    if case .file(let path) = target {
      // The old log stays until the new one is there.
      guard let opened = try? LogFile(path: Files.absolute(path)) else {
        return error("cannot open the log file '\(path)'; the old log stays")
      }
      file = opened
    }
    self.target = target
  }
}

extension LogLevel {
  var name: String {
    switch self {
    case .debug: "DEBUG"
    case .info: "INFO"
    case .warning: "WARNING"
    case .error: "ERROR"
    case .critical: "CRITICAL"
    }
  }

  fileprivate var severity: Int {
    switch self {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .info: 6
    case .debug: 7
    }
  }

  fileprivate var color: Int {
    switch self {
    case .debug: 36
    case .info: 32
    case .warning: 33
    case .error, .critical: 31
    }
  }
}
