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
    logFile = section["logfile"]?.string ?? "supervisord.log"
    logMaxBytes = max(0, section["logfile_maxbytes"]?.int ?? 50 << 20)
    logBackups = max(0, section["logfile_backups"]?.int ?? 10)
    logLevel = LogLevel(rawValue: section["loglevel"]?.int ?? 20) ?? .info
    pidFile = section["pidfile"]?.string ?? "supervisord.pid"
    umask = section["umask"]?.int ?? 0o22
    directory = section["directory"]?.string
    staysInForeground = section["nodaemon"]?.bool ?? false
    isSilent = section["silent"]?.bool ?? false
    user = section["user"]?.string
    minimumFiles = section["minfds"]?.int ?? 1_024
    minimumProcesses = section["minprocs"]?.int ?? 200
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
      switch key {
      case "umask": return .int(try SupervisorTypes.octal(text))
      case "logfile_maxbytes": return .int(try SupervisorTypes.byteSize(text))
      case "logfile_backups", "minfds", "minprocs": return .int(try SupervisorTypes.integer(text))
      case "loglevel": return .int(try SupervisorTypes.logLevel(text))
      case "logfile": return .string(text == "syslog" ? text : path(text))
      case "pidfile": return .string(path(text))
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
