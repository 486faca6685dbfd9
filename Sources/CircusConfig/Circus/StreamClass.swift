/// The stream classes that are built in, and the options each of them reads (circus.md 6).
enum StreamClass: String, CaseIterable {
  case file = "FileStream"
  case watchedFile = "WatchedFileStream"
  case timedRotatingFile = "TimedRotatingFileStream"
  case stdout = "StdoutStream"
  case fancyStdout = "FancyStdoutStream"
  case queue = "QueueStream"

  /// Its name, also with the path of its module (`circus.stream.FileStream`); nil for a class of the user's own.
  init?(named name: String) {
    let parts = name.split { $0 == "." || $0 == ":" }
    let isOfCircus = parts.count == 1 || parts.starts(with: ["circus", "stream"])
    guard isOfCircus, let last = parts.last else { return nil }
    self.init(rawValue: String(last))
  }

  /// What follows `stdout_stream.`; `class` and `on_full` are read for every class.
  var options: Set<String> {
    switch self {
    case .file: ["filename", "max_bytes", "backup_count", "time_format"]
    case .watchedFile: ["filename", "time_format"]
    case .timedRotatingFile:
      ["filename", "backup_count", "time_format", "rotate_when", "rotate_interval", "utc"]
    case .fancyStdout: ["color", "time_format"]
    case .stdout, .queue: []
    }
  }

  /// Read whatever the class; the last is documented by circus and read by no release.
  static let commonOptions: Set<String> = ["class", "on_full", "refresh_time"]

  /// Every option that some class reads.
  static let allOptions = allCases.reduce(commonOptions) { $0.union($1.options) }
}
