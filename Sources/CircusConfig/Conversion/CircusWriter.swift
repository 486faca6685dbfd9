import CircusModel

/// A supervisor file as a circus file.
struct CircusWriter {
  private(set) var file = ConvertedFile()
  /// Sockets of fcgi programs, which come after the watchers.
  private var sockets: [(name: String, spec: SharedSocketSpec)] = []

  mutating func write(_ document: SupervisorDocument) {
    writeDaemon(document)
    for group in document.groups {
      if case .listener = group.kind {
        file.note(
          "eventlistener:\(group.name)",
          "listens to events, which circus publishes on pubsub_endpoint: a plugin or a subscriber "
            + "(docs/events.md)")
        continue
      }
      for program in group.programs { write(program, in: group, document) }
    }
    for socket in sockets { write(socket.name, socket.spec) }
  }

  private mutating func set(_ key: String, _ value: String) { file.option(key, value, " = ") }

  // MARK: [circus]

  private mutating func writeDaemon(_ document: SupervisorDocument) {
    let section = document.supervisord
    file.begin("circus")
    if let log = section["logfile"]?.string {
      set("logoutput", log == "syslog" ? "syslog:///dev/log?user" : log)
    }
    let names = [50: "critical", 40: "error", 30: "warning", 20: "info"]
    set("loglevel", names[section["loglevel"]?.int ?? 20] ?? "debug")
    if let path = section["pidfile"]?.string { set("pidfile", path) }
    if let mask = section["umask"]?.int { set("umask", String(mask, radix: 8)) }
    for server in document.servers { writeServer(server) }
    let defaults: [(String, ConfigValue, String)] = [
      ("user", .null, "start circusd as that user, or set uid in each watcher"),
      ("directory", .null, "start circusd there, or set working_dir in each watcher"),
      ("identifier", .string("supervisor"), "names AUTO logs and event headers only"),
      ("minfds", .int(1_024), "set rlimit_nofile in the watchers"),
      ("minprocs", .int(200), "set rlimit_nproc in the watchers"),
      ("strip_ansi", .bool(false), "circus has no such filter"),
      ("nocleanup", .bool(false), "circus has no AUTO logs"),
    ]
    for (key, value, advice) in defaults {
      if let found = section[key], found != value { file.note("supervisord", "\(key): \(advice)") }
    }
  }

  private mutating func writeServer(_ server: [String: ConfigValue]) {
    let section = server["section"]?.string ?? "inet_http_server"
    guard let port = server["port"]?.int else {
      return file.note(section, "circusctl uses the ZeroMQ endpoint, tcp://127.0.0.1:5555")
    }
    set("httpd", "True")
    let host = server["host"]?.string ?? ""
    set("httpd_host", host.isEmpty ? "0.0.0.0" : host)
    set("httpd_port", String(port))
    if let user = server["username"]?.string, let password = server["password"]?.string {
      set("httpd_username", user)
      set("httpd_password", password)
      file.note(section, "username, password: stock circus does not read them")
    }
  }

  // MARK: watchers

  private mutating func write(
    _ program: SupervisorDocument.Program, in group: SupervisorDocument.Group,
    _ document: SupervisorDocument
  ) {
    let options = program.common
    let count = program.processes.count
    let isGrouped = group.name != program.name
    let section = program.section
    file.begin("watcher:\(program.name)")
    set("cmd", text(program, "command"))
    if count != 1 { set("numprocesses", String(count)) }
    let directory = text(program, "directory")
    if !directory.isEmpty { set("working_dir", directory) }
    if let user = options["user"]?.string ?? document.supervisord["user"]?.string {
      set("uid", user)
    }
    set("copy_env", "True")
    let priority = isGrouped ? group.priority : options["priority"]?.int ?? 999
    // circus starts larger numbers first.
    if priority != 999 { set("priority", String(999 - priority)) }
    if options["autostart"] == .bool(false) { set("autostart", "False") }
    writeRestart(options, section)
    if let signal = options["stopsignal"]?.int, signal != 15 { set("stop_signal", String(signal)) }
    set("graceful_timeout", String(options["stopwaitsecs"]?.int ?? 10))
    if options["stopasgroup"] == .bool(true) { set("stop_children", "True") }
    writeStreams(program)
    if let socket = program.sharedSocket {
      set("stdin_socket", program.name.lowercased())
      sockets.append((program.name, socket))
    }
    writeEnvironment(program, document)
    noteRest(program, isGrouped ? group.name : nil)
  }

  /// A text with everything filled in but the number of the process.
  private mutating func text(_ program: SupervisorDocument.Program, _ key: String) -> String {
    guard program.processes.count != 1 else { return program.processes[0][key]?.string ?? "" }
    let raw = program.template.expressions[key] ?? ""
    guard raw.contains("%(process_num)") else { return program.processes.first?[key]?.string ?? "" }
    file.note(
      program.section,
      "\(key): %(process_num) became $(circus.wid), which counts from 1 and is not padded")
    var names = program.template.names
    names["numprocs"] = String(program.processes.count)
    // Numbers in any format; what stands in for them cannot come from the file.
    let marked = Self.replaceNumber(raw, by: "\u{1}")
    let expanded = (try? PercentExpansion.expand(marked, names)) ?? marked
    return expanded.split(separator: "\u{1}", omittingEmptySubsequences: false)
      .joined(separator: "$(circus.wid)")
  }

  private static func replaceNumber(_ text: String, by mark: String) -> String {
    var out = ""
    var rest = text[...]
    while let found = rest.firstRange(of: "%(process_num)") {
      out += rest[..<found.lowerBound] + mark
      let tail = rest[found.upperBound...].drop { "-+ #0123456789.".contains($0) }
      rest = tail.dropFirst()
    }
    return out + rest
  }

  private mutating func writeRestart(_ options: [String: ConfigValue], _ section: String) {
    switch options["autorestart"]?.string {
    case "false"?: set("respawn", "False")
    case "true"?: break
    default:
      file.note(
        section, "autorestart=unexpected, exitcodes: circus restarts whatever the status was")
    }
    if let retries = options["startretries"]?.int, retries != 3 {
      set("max_retry", String(retries))
    }
    if let seconds = options["startsecs"]?.int, seconds != 1 {
      file.note(section, "startsecs: circus counts a process as started when it is there")
    }
  }

  private mutating func writeStreams(_ program: SupervisorDocument.Program) {
    let first = program.processes.first ?? [:]
    let isMerged = program.common["redirect_stderr"] == .bool(true)
    for stream in ["stdout", "stderr"] {
      let source = stream == "stderr" && isMerged ? "stdout" : stream
      var path = text(program, "\(source)_logfile")
      if first["\(source)_logfile"] == .null {
        set("close_child_\(stream)", "True")
      } else if path.isEmpty || path == "AUTO" {
        file.note(
          program.section,
          "\(stream)_logfile=AUTO: it goes where circusd's own output goes; name a file, or see "
            + "`circusctl logs`")
        path = ""
      } else {
        set("\(stream)_stream.class", "FileStream")
        set("\(stream)_stream.filename", path)
        set("\(stream)_stream.max_bytes", String(first["\(source)_logfile_maxbytes"]?.int ?? 0))
        set("\(stream)_stream.backup_count", String(first["\(source)_logfile_backups"]?.int ?? 0))
      }
    }
  }

  private mutating func writeEnvironment(
    _ program: SupervisorDocument.Program, _ document: SupervisorDocument
  ) {
    let own = program.processes.first?["environment"]?.map ?? [:]
    guard !own.isEmpty else { return }
    file.begin("env:\(program.name)")
    for (key, value) in own.sorted(by: { $0.key < $1.key }) { set(key, value.string ?? "") }
    if program.template.expressions["environment"]?.contains("%(process_num)") == true {
      file.note(program.section, "environment: the values are those of the first process")
    }
  }

  private mutating func noteRest(_ program: SupervisorDocument.Program, _ group: String?) {
    let section = program.section
    if let group {
      file.note(
        section, "is \(group):\(program.name) no more: circus has no groups, but name patterns")
    }
    for stream in ["stdout", "stderr"] {
      if (program.common["\(stream)_capture_maxbytes"]?.int ?? 0) > 0 {
        file.note(section, "\(stream)_capture_maxbytes: circus has no capture mode")
      }
      if program.common["\(stream)_events_enabled"] == .bool(true) {
        file.note(section, "\(stream)_events_enabled: a stream class of your own can tell")
      }
      if program.processes.first?["\(stream)_syslog"] == .bool(true) {
        file.note(section, "\(stream)_syslog: a stream class of your own can log there")
      }
    }
    if program.common["umask"]?.int != nil { file.note(section, "umask: circus has one for all") }
    let name = program.template.expressions["process_name"] ?? "%(program_name)s"
    if name != "%(program_name)s", program.processes.count == 1 {
      file.note(section, "process_name: circus has names for watchers only")
    }
  }

  private mutating func write(_ name: String, _ socket: SharedSocketSpec) {
    file.begin("socket:\(name.lowercased())")
    switch socket.address {
    case .tcp(let host, let port):
      set("host", host)
      set("port", String(port))
    case .unix(let path):
      set("path", path)
      set("replace", "True")
      set("umask", String(~socket.mode & 0o777, radix: 8))
      if socket.owner != nil {
        file.note("fcgi-program:\(name)", "socket_owner: the file belongs to circusd's user")
      }
    }
    if let backlog = socket.backlog { set("backlog", String(backlog)) }
  }
}
