import CircusModel

/// Where a program's output goes, and what its environment holds.
extension CircusWriter {
  mutating func writeStreams(
    _ program: SupervisorDocument.Program, _ process: [String: ConfigValue],
    _ section: inout SourceSection
  ) {
    let isMerged = program.common["redirect_stderr"] == .bool(true)
    for stream in ["stdout", "stderr"] {
      let origin = stream == "stderr" && isMerged ? "stdout" : stream
      writeStream(stream, of: "\(origin)_logfile", process, section.name)
      if process["\(origin)_syslog"] == .bool(true) {
        file.note(
          section.name, "\(stream)_syslog: a stream class of your own can log to syslog")
      }
      if let choice = section.take("\(stream)_on_full") {
        set("\(stream)_stream.on_full", source.expanded(choice), section.name)
      }
      section.take(all: ["", "_maxbytes", "_backups"].map { "\(stream)_logfile\($0)" })
      section.take(all: ["\(stream)_syslog"])
    }
    section.take(all: ["redirect_stderr"])
    if isMerged {
      file.note(
        section.name,
        "redirect_stderr: both outputs go to the same place, but lines of the two may change their order"
      )
    }
  }

  private mutating func writeStream(
    _ stream: String, of option: String, _ process: [String: ConfigValue], _ section: String
  ) {
    guard let path = process[option]?.string else {
      return set("close_child_\(stream)", "True", section)
    }
    switch path {
    case "AUTO":
      file.note(
        section,
        "\(stream)_logfile=AUTO: it goes where circusd's own output goes; name a file, or see `circusctl logs`"
      )
    case _ where StandardStream.number(of: path) != nil:
      set("\(stream)_stream.class", "StdoutStream", section)
      if StandardStream.number(of: path) == 2 {
        file.note(section, "\(stream)_logfile=\(path): circus writes to its standard output")
      }
    default:
      set("\(stream)_stream.class", "FileStream", section)
      set("\(stream)_stream.filename", path, section)
      let bytes = process["\(option)_maxbytes"]?.int ?? 0
      let backups = process["\(option)_backups"]?.int ?? 0
      set("\(stream)_stream.max_bytes", String(bytes), section)
      set("\(stream)_stream.backup_count", String(backups), section, same: "\(option)_backups")
      if bytes > 0 && backups == 0 {
        file.note(
          section,
          "\(option)_backups=0: supervisor empties the file when it is full; circus lets it grow")
      }
    }
  }

  /// Writes `[env]`, where circus takes `$(circus.env.NAME)`, or `[env:x]`, where it takes `$NAME` alone.
  mutating func writeEnvironment(
    _ name: String, _ variables: [String: String], from section: String
  ) {
    guard !variables.isEmpty else { return }
    file.begin(name)
    for (key, value) in variables.sorted(by: { PythonOrder.precedes($0.key, $1.key) }) {
      if let problem = environmentProblem(value, isGlobal: name == "env") {
        file.note(section, "environment: \(key) is left out: \(problem)")
      } else if name == "env" {
        set(key, value, section)
      } else {
        let text = source.symbols.spelled(value) { "$" + Self.variable($0) }
        file.option(key, text, from: section)
        if source.symbols.all(in: value).contains(.hostName) {
          file.note(
            section, "environment: %(host_node_name)s became $HOSTNAME: set HOSTNAME for circusd")
        }
      }
    }
  }

  private static func variable(_ symbol: Symbols.Symbol) -> String {
    switch symbol {
    case .environment(let name): name
    case .hostName: "HOSTNAME"
    case .processNumber: ""
    }
  }

  /// Why circus would not read a value back as it is.
  private func environmentProblem(_ value: String, isGlobal: Bool) -> String? {
    let mark: Character = "\u{1}"
    let marked = Array(source.symbols.spelled(value) { _ in String(mark) })
    for (index, c) in marked.enumerated() where index + 1 < marked.count {
      let next = marked[index + 1]
      if c == "$", ("A"..."Z").contains(next) {
        return "circus would fill in a variable of circusd's for $\(next)..."
      }
      if c == mark, !isGlobal, Self.isVariable("A\(next)") {
        return "circus would take what follows a variable for a part of its name"
      }
    }
    let names = source.symbols.all(in: value).map(Self.variable)
    return isGlobal || names.allSatisfy(Self.isVariable)
      ? nil : "circus finds no variable with small letters in its name here"
  }

  /// Whether circus finds a variable of this name behind a `$`.
  private static func isVariable(_ name: String) -> Bool {
    guard let first = name.first, ("A"..."Z").contains(first) else { return false }
    return name.allSatisfy {
      ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
    }
  }
}
