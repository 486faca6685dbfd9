/// Where the bytes of one output of a watcher go.
package enum StreamSpec: Hashable, Sendable {
  /// The child keeps the daemon's own descriptor (circus without a stream section).
  case inherit
  /// The child's descriptor is `/dev/null` (circus `close_child_stdout`).
  case null
  /// Read and dropped (supervisor `NONE`: the pipe stays, events may want it).
  case discard
  /// Written to the daemon's stdout as it comes.
  case stdout
  /// Written to the daemon's stdout, each line coloured and prefixed.
  case fancy(color: FancyColor?, timeFormat: String)
  case file(FileStreamSpec)
  /// supervisor `redirect_stderr`: fd 2 is fd 1.
  case mergedWithStdout
  /// A Python class of the user's own, run by a helper.
  case python(PythonStreamSpec)
  /// An output of a supervisor program.
  case program(ProgramStreamSpec)

  /// Whether the daemon reads this output through a pipe.
  package var isCaptured: Bool {
    switch self {
    case .inherit, .null, .mergedWithStdout: false
    case .discard, .stdout, .fancy, .file, .python, .program: true
    }
  }
}

/// Everything supervisor can do with one output of a program (supervisor.md 1.6, 3).
package struct ProgramStreamSpec: Hashable, Sendable {
  /// Where it is written (supervisor `stdout_logfile`); nil: nowhere.
  package var file: FileStreamSpec?
  /// Also sent to syslog, line by line (supervisor `stdout_syslog`).
  package var usesSyslog = false
  /// Bytes kept of what stands between the capture tokens; 0: no capture mode.
  package var captureBytes = 0
  /// Published as PROCESS_LOG events (supervisor `stdout_events_enabled`).
  package var emitsEvents = false

  package init(file: FileStreamSpec?) { self.file = file }
}

/// A custom stream class: `stdout_stream.class = package.module.Class` and its options.
package struct PythonStreamSpec: Hashable, Sendable {
  /// Dotted, or `module:Class`.
  package var className: String
  /// Passed to it as keyword arguments.
  package var options: [String: String]

  package init(className: String, options: [String: String]) {
    self.className = className
    self.options = options
  }
}

/// A log file with its rotation.
package struct FileStreamSpec: Hashable, Sendable {
  /// Who rotates when: the two systems differ by one chunk and in what no backups mean.
  package enum Rotation: Hashable, Sendable {
    /// circus: before the write that would reach the limit; without backups the file just grows.
    case beforeWrite
    /// supervisor: after the write that reached it; without backups the file is truncated.
    case afterWrite
  }

  /// Empty: a fresh temporary file, as circus's FileStream without `filename`.
  package var path: String
  /// 0: never rotated.
  package var maxBytes: Int
  /// Older files kept (circus `backup_count`, supervisor `stdout_logfile_backups`).
  package var backups: Int
  /// strftime format of the `<time> [<pid>] | ` prefix; nil for none.
  package var timeFormat: String?
  /// Which system's habit applies when the limit is near.
  package var rotation: Rotation
  /// Reopened when another program moved or removed it (circus WatchedFileStream).
  package var followsMoves: Bool
  /// Rotated by the clock (circus TimedRotatingFileStream); nil: not.
  package var timed: TimedRotation?
  /// supervisor AUTO: a private file with a name of its own.
  package var isAutomatic: Bool

  package init(
    path: String, maxBytes: Int = 0, backups: Int = 0, timeFormat: String? = nil,
    rotation: Rotation = .beforeWrite, followsMoves: Bool = false, isAutomatic: Bool = false
  ) {
    self.path = path
    self.maxBytes = maxBytes
    // Each one is a rename at every rotation.
    self.backups = min(max(0, backups), 10_000)
    self.timeFormat = timeFormat
    self.rotation = rotation
    self.followsMoves = followsMoves
    self.isAutomatic = isAutomatic
  }
}

/// The seven colours of FancyStdoutStream; the raw value is the ANSI digit.
package enum FancyColor: Int, CaseIterable, Sendable {
  case red = 1
  case green, yellow, blue, magenta, cyan, white

  package init?(name: String) {
    guard let found = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
    self = found
  }
}
