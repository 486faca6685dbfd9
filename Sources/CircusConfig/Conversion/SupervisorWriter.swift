import CircusModel

/// A circus file as a supervisor file.
struct SupervisorWriter {
  private(set) var file = ConvertedFile()
  private var inherited: [String: String] = [:]

  mutating func write(_ document: CircusDocument, _ configuration: Configuration) {
    inherited = configuration.environment
    writeDaemon(document, configuration)
    let plugins = Set(document.plugins.compactMap { $0["name"]?.string })
    for spec in configuration.watchers where !spec.name.hasPrefix("plugin:") { write(spec) }
    for name in plugins.sorted() {
      file.note(
        name.hasPrefix("plugin:") ? name : "plugin:\(name)",
        "supervisor has event listeners instead: superlance has some that do the same")
    }
    for socket in configuration.sockets {
      file.note(
        "socket:\(socket.name)",
        "supervisor holds sockets for fcgi programs alone: let the program bind "
          + (socket.path ?? "\(socket.host):\(socket.port)"))
    }
  }

  private mutating func set(_ key: String, _ value: String) {
    file.option(
      key,
      value.split(separator: "%", omittingEmptySubsequences: false)
        .joined(separator: "%%"), "=")
  }

  /// A value with expressions of supervisor's.
  private mutating func setExpression(_ key: String, _ value: String) {
    file.option(key, value, "=")
  }

  // MARK: the daemon

  private mutating func writeDaemon(_ document: CircusDocument, _ configuration: Configuration) {
    let settings = configuration.settings
    file.begin("unix_http_server")
    set("file", "/tmp/supervisor.sock")
    if document.circus["httpd"]?.bool == true, let server = settings.servers.first,
      case .inet(let host, let port) = server.address
    {
      file.begin("inet_http_server")
      set("port", "\(host):\(port)")
      if let user = server.username, let password = server.password {
        set("username", user)
        set("password", password)
      }
    }
    file.begin("supervisord")
    if let log = settings.logOutput, log != "-", !log.hasPrefix("syslog:") { set("logfile", log) }
    if settings.logOutput?.hasPrefix("syslog:") == true { set("logfile", "syslog") }
    let names = ["warning": "warn"]
    if let level = settings.logLevel?.lowercased() { set("loglevel", names[level] ?? level) }
    if let path = settings.pidFile { set("pidfile", path) }
    if let mask = settings.umask { set("umask", "0" + String(mask, radix: 8)) }
    file.begin("rpcinterface:supervisor")
    set("supervisor.rpcinterface_factory", "supervisor.rpcinterface:make_main_rpcinterface")
    file.begin("supervisorctl")
    set("serverurl", "unix:///tmp/supervisor.sock")
    if settings.publishesStats {
      file.note("circus", "statsd: supervisor has no statistics; this daemon's console shows them")
    }
    if settings.warmup > .zero {
      file.note("circus", "warmup_delay: supervisor starts everything at once")
    }
    if let owner = settings.endpointOwner {
      file.note("circus", "endpoint_owner: see chown of [unix_http_server] (\(owner))")
    }
  }

  // MARK: programs

  private mutating func write(_ spec: WatcherSpec) {
    let section = "watcher:\(spec.name)"
    var name = ""
    for c in spec.name { name.append(" :/".contains(c) ? "_" : c) }
    if name != spec.name {
      file.note(section, "is called \(name): supervisor's names have no blanks, colons or slashes")
    }
    file.begin("program:\(name)")
    setExpression("command", command(spec, section))
    if spec.processCount != 1 {
      set("numprocs", String(spec.processCount))
      setExpression("process_name", "%(program_name)s_%(process_num)d")
      set("numprocs_start", "1")
    }
    if !spec.directory.isEmpty { set("directory", spec.directory) }
    if let user = spec.user { set("user", user) }
    if spec.priority != 0 { set("priority", String(999 - spec.priority)) }
    if !spec.autostart { set("autostart", "false") }
    set("autorestart", spec.restart == .never ? "false" : "true")
    // A circus process counts as started as soon as it is there.
    set("startsecs", "0")
    if spec.maxRetry != 5 && spec.maxRetry >= 0 { set("startretries", String(spec.maxRetry)) }
    if spec.stop.signal != .terminate {
      set("stopsignal", String(spec.stop.signal.name.dropFirst(3)))
    }
    set("stopwaitsecs", String(Int(spec.stop.grace.seconds.rounded(.up))))
    if spec.stop.scope == .processAndChildren { set("stopasgroup", "true") }
    writeStreams(spec, section)
    writeEnvironment(spec, section)
    noteRest(spec, section)
  }

  private mutating func command(_ spec: WatcherSpec, _ section: String) -> String {
    var text = spec.command
    switch spec.arguments {
    case .text(let more): text += more.isEmpty ? "" : " " + more
    case .list(let words): text += words.map { " " + ShellWords.quote($0) }.joined()
    }
    if spec.shell { text = "/bin/sh -c " + ShellWords.quote(text) }
    text = text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    for (ours, theirs) in [
      ("$(circus.wid)", "%(process_num)d"), ("((circus.wid))", "%(process_num)d"),
    ] {
      text = text.replacing(ours, by: theirs)
    }
    if text.lowercased().contains("(circus.") {
      file.note(section, "cmd: names something of circus in it, which supervisor does not fill in")
    }
    // Behind a blank these begin a comment.
    if text.contains(" ;") || text.contains(" #") {
      file.note(section, "cmd: supervisor takes what follows a blank and ; or # for a comment")
    }
    return text
  }

  private mutating func writeStreams(_ spec: WatcherSpec, _ section: String) {
    for (name, stream) in [("stdout", spec.stdout), ("stderr", spec.stderr)] {
      switch stream {
      case .null, .discard: set("\(name)_logfile", "NONE")
      case .mergedWithStdout: set("redirect_stderr", "true")
      case .inherit, .stdout, .fancy, .program:
        set("\(name)_logfile", "/dev/\(name)")
        set("\(name)_logfile_maxbytes", "0")
      case .file(let file):
        set("\(name)_logfile", file.path.isEmpty ? "AUTO" : file.path)
        set("\(name)_logfile_maxbytes", String(file.maxBytes))
        set("\(name)_logfile_backups", String(file.backups))
        if file.timeFormat?.isEmpty == false {
          self.file.note(section, "\(name)_stream.time_format: supervisor writes lines as they are")
        }
        if file.timed != nil {
          self.file.note(section, "\(name)_stream: supervisor rotates by size only")
        }
      case .python(let custom):
        file.note(
          section, "\(name)_stream.class \(custom.className): supervisor has no stream classes")
      }
    }
  }

  private mutating func writeEnvironment(_ spec: WatcherSpec, _ section: String) {
    // What is inherited anyway (secrets among it) is nobody's configuration.
    let own = spec.environment.filter { inherited[$0.key] != $0.value }
    let pairs = own.sorted { $0.key < $1.key }.map { key, value in
      "\(key)=\"\(value.replacing("\\", by: "\\\\").replacing("\"", by: "\\\""))\""
    }
    if !pairs.isEmpty { set("environment", pairs.joined(separator: ",")) }
  }

  private mutating func noteRest(_ spec: WatcherSpec, _ section: String) {
    if !spec.copiesEnvironment {
      file.note(section, "copy_env = False: supervisor's programs always have its environment")
    }
    if spec.usesSockets || spec.stdinSocket != nil {
      file.note(section, "use_sockets, stdin_socket: see the sockets below")
    }
    if spec.warmup > .zero { file.note(section, "warmup_delay: supervisor starts all at once") }
    if spec.maxAge > 0 {
      file.note(section, "max_age: supervisor's processes live as long as they do")
    }
    if spec.singleton { file.note(section, "singleton: numprocs=1 says it") }
    if spec.onDemand { file.note(section, "on_demand: supervisor starts nothing on demand") }
    if spec.sendsHangup { file.note(section, "send_hup: `supervisorctl signal HUP` does it") }
    if spec.userGroup != nil { file.note(section, "gid: the program gets the groups of its user") }
    if spec.virtualenv != nil { file.note(section, "virtualenv: name its python in the command") }
    for hook in spec.hooks.keys.sorted() {
      file.note(
        section, "hooks.\(hook): supervisor has no hooks; an event listener hears afterwards")
    }
    for limit in spec.limits {
      file.note(section, "rlimit_\(limit.name): start the program through `prlimit` or a shell")
    }
  }
}
