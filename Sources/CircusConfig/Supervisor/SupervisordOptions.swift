import CircusModel

/// `[supervisord]` as far as it concerns the daemon process itself (supervisor.md 1.5).
package struct SupervisordOptions: Sendable {
  /// Main log; the word `syslog` means the system's.
  package var logFile: String
  /// Bytes at which it is rotated; 0: never.
  package var logMaxBytes: Int
  /// Rotated files that are kept.
  package var logBackups: Int
  /// supervisor's number of the level, which is ours.
  package var logLevel: LogLevel
  /// Where the pid is written.
  package var pidFile: String
  /// File mode mask once it is in the background.
  package var umask: Int
  /// Where it goes to in the background; nil: it stays.
  package var directory: String?
  /// Stays in the foreground.
  package var staysInForeground: Bool
  /// In the foreground: the log is not repeated on stdout.
  package var isSilent: Bool
  /// Who it becomes; nil: it stays who it is.
  package var user: String?
  /// Descriptors it needs at least.
  package var minimumFiles: Int
  /// Processes its user must be allowed at least.
  package var minimumProcesses: Int

  /// From the resolved section.
  package init(_ section: [String: ConfigValue]) {
    func value(_ key: String) -> ConfigValue? {
      section[key] ?? SectionTable.supervisord.listed(key)
    }
    func number(_ key: String) -> Int { value(key)?.int ?? 0 }
    logFile = value("logfile")?.string ?? ""
    logMaxBytes = max(0, number("logfile_maxbytes"))
    logBackups = max(0, number("logfile_backups"))
    logLevel = LogLevel(rawValue: number("loglevel")) ?? .info
    pidFile = value("pidfile")?.string ?? ""
    umask = number("umask")
    directory = value("directory")?.string
    staysInForeground = value("nodaemon")?.bool ?? false
    isSilent = value("silent")?.bool ?? false
    user = value("user")?.string
    minimumFiles = number("minfds")
    minimumProcesses = number("minprocs")
  }

  /// Why a flag's value is refused, in supervisor's words.
  package struct Refusal: Error, Equatable {
    /// The part after `invalid value for -e 'foo': `.
    package var text: String
    package init(text: String) { self.text = text }
  }

  /// A flag's text as the section's value of the same name. `path` makes a path absolute.
  package static func value(
    _ key: String, _ text: String, path: (String) -> String
  ) throws(Refusal) -> ConfigValue {
    do {
      if key == "loglevel" { return .int(try SupervisorTypes.logLevel(text)) }
      let option = SectionTable.supervisord.byKey[key]
      switch (option?.spelling.kind, option?.meaning) {
      case (.octal?, _): return .int(try SupervisorTypes.octal(text))
      case (.bytes?, _): return .int(try SupervisorTypes.byteSize(text))
      case (.integer?, _): return .int(try SupervisorTypes.integer(text))
      case (_, .file(let words)?): return .string(words.contains(text) ? text : path(text))
      default: return .string(text)
      }
    } catch {
      throw Refusal(text: error.text)
    }
  }
}

extension SupervisordOptions {
  /// What a reload may change of the daemon's own log.
  package var mainLog: MainLog {
    MainLog(
      level: logLevel, path: logFile, maxBytes: logMaxBytes, backups: logBackups, pidFile: pidFile)
  }
}
