import CircusModel

/// Where a watcher's output goes, and what its environment holds.
extension SupervisorWriter {
  mutating func writeStreams(
    _ spec: WatcherSpec, _ section: String, _ source: inout SourceSection
  ) {
    for (name, stream, policy) in [
      ("stdout", spec.stdout, spec.stdoutOnFull), ("stderr", spec.stderr, spec.stderrOnFull),
    ] {
      write(stream, name, section)
      let className = source.take("\(name)_stream.class")
      if className?.hasSuffix("QueueStream") == true, spec.stdout != .null {
        file.note(
          section,
          "\(name)_stream: a QueueStream keeps the last lines in memory; supervisor drops them, so name a file"
        )
      }
      if let policy { set("\(name)_on_full", policy.rawValue, section) }
      source.take(all: ["close_child_\(name)"])
      source.take(prefix: "\(name)_stream.")
    }
  }

  private mutating func write(_ stream: StreamSpec, _ name: String, _ section: String) {
    switch stream {
    case .null, .discard: set("\(name)_logfile", "NONE", section)
    case .mergedWithStdout: set("redirect_stderr", "true", section)
    case .inherit: toTerminal(name, name, section)
    case .stdout: toTerminal(name, "stdout", section)
    case .fancy:
      toTerminal(name, "stdout", section)
      file.note(section, "\(name)_stream: supervisor adds no colour and no time to lines")
    case .program: break
    case .file(let log): write(log, name, section)
    case .python(let custom):
      file.note(
        section,
        "\(name)_stream.class \(text(custom.className)): supervisor has no stream classes; an AUTO log is written"
      )
    }
  }

  private mutating func toTerminal(_ name: String, _ output: String, _ section: String) {
    set("\(name)_logfile", "/dev/\(output)", section)
    set("\(name)_logfile_maxbytes", "0", section)
  }

  private mutating func write(_ log: FileStreamSpec, _ name: String, _ section: String) {
    set("\(name)_logfile", log.path.isEmpty ? "AUTO" : Self.fileName(log.path), section)
    set("\(name)_logfile_maxbytes", String(log.maxBytes), section)
    set("\(name)_logfile_backups", String(log.backups), section)
    if log.timeFormat?.isEmpty == false {
      file.note(section, "\(name)_stream.time_format: supervisor writes lines as they are")
    }
    if log.timed != nil {
      file.note(section, "\(name)_stream: supervisor rotates by size only")
    }
    if log.followsMoves {
      file.note(
        section, "\(name)_stream: supervisor opens a file again that was moved after SIGUSR2 only")
    }
    if log.maxBytes > 0, log.backups == 0 {
      file.note(
        section,
        "\(name)_stream.backup_count=0: circus lets a full file grow, supervisor empties it")
    }
  }

  /// A name that supervisor takes for a file's: it has words of its own here, and `~` is a home directory.
  private static func fileName(_ path: String) -> String {
    let isWord = ["auto", "none", "off", "syslog"].contains(path.lowercased())
    return isWord || path.hasPrefix("~") ? "./" + path : path
  }

  // MARK: the environment

  mutating func writeEnvironment(_ spec: WatcherSpec, _ section: String) {
    // A variable whose value is its own name's is what the program inherits anyway.
    let inherited = source.symbols.environment
    var pairs: [String] = []
    for (key, value) in spec.environment.sorted(by: { PythonOrder.precedes($0.key, $1.key) })
    where inherited[key] != value {
      if let pair = pair(key, value, section) { pairs.append(pair) }
    }
    if !pairs.isEmpty {
      file.option("environment", text(pairs.joined(separator: ",")), from: section)
    }
  }

  /// `KEY="value"` in the quotes that both releases of supervisor read it from.
  private mutating func pair(_ key: String, _ value: String, _ section: String) -> String? {
    let escaped = value.replacing("\\", by: "\\\\").replacing("\"", by: "\\\"")
    let candidates = ["\"\(value)\"", "'\(value)'", value, "\"\(escaped)\""].map { "\(key)=\($0)" }
      .filter { file.canHold("environment", $0) }
    func isRead(_ pairs: [(key: String, value: String)]?) -> Bool {
      guard let pairs, pairs.count == 1 else { return false }
      return pairs[0].key == key && pairs[0].value == value
    }
    let readable = candidates.filter { isRead(try? EnvironmentGrammar.parse($0)) }
    if let both = readable.first(where: { isRead(LegacyEnvironment.parse($0)) }) { return both }
    guard let newer = readable.first else {
      file.note(
        section, "environment: \(key) is left out: supervisor has no way to write its value")
      return nil
    }
    guard LegacyEnvironment.parse(newer) != nil else {
      file.note(
        section, "environment: \(key) is left out: supervisor 4.3 has no way to write its value")
      return nil
    }
    file.note(
      section, "environment: supervisor 4.3 reads \(key) with quotes or backslashes differently")
    return newer
  }
}
