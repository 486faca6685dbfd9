import CircusModel

/// `[circus]` in the words of `[supervisord]` and its servers.
extension SupervisorWriter {
  mutating func writeDaemon() {
    let settings = source.settings
    var section = source.section("circus")
    file.begin("unix_http_server")
    set("file", "/tmp/supervisor.sock", "circus")
    if let owner = settings.endpointOwner { set("chown", owner, "circus") }
    if let server = settings.servers.first, case .inet(let host, let port) = server.address {
      file.begin("inet_http_server")
      set("port", "\(host):\(port)", "circus")
      if let user = server.username, let password = server.password {
        set("username", user, "circus")
        set("password", password, "circus")
      }
      section.take(all: ["httpd_username", "httpd_password", "httpd_host", "httpd_port"])
    }
    file.begin("supervisord")
    // circusd stays in the foreground and logs there, unless its command line says otherwise.
    set("nodaemon", "true", "circus")
    switch settings.logOutput {
    case nil, "-"?: set("logfile", "/dev/null", "circus")
    case let log? where log.hasPrefix("syslog:"):
      set("logfile", "syslog", "circus")
      file.note("circus", "logoutput: supervisord logs to the system's own syslog as user")
    case let log?: set("logfile", log, "circus")
    }
    set("logfile_maxbytes", "0", "circus")
    let levels = ["warning": "warn"]
    let level = settings.logLevel?.lowercased()
    if source.document.circus["debug"] == .bool(true) {
      set("loglevel", "debug", "circus")
    } else if let level {
      set("loglevel", levels[level] ?? level, "circus")
    }
    if let path = settings.pidFile { set("pidfile", path, "circus") }
    if let mask = settings.umask { set("umask", CircusWriter.octal(mask), "circus") }
    for key in DaemonOption.shared {
      if section.take(key) != nil, let value = source.document.circus[key]?.text {
        set(key, value, "circus")
      }
    }
    section.take(all: [
      "logoutput", "loglevel", "pidfile", "umask", "httpd", "endpoint_owner", "debug",
      "supervisor_events",
    ])
    for key in ["include", "include_dir"] where section.take(key) != nil {
      file.note("circus", "\(key): what it names is a part of this file now")
    }
    finish(section) { DaemonOption.byKey[$0]?.elsewhere ?? "supervisor knows no such option" }
    file.begin("rpcinterface:supervisor")
    set(
      "supervisor.rpcinterface_factory", "supervisor.rpcinterface:make_main_rpcinterface", "circus")
    file.begin("supervisorctl")
    set("serverurl", "unix:///tmp/supervisor.sock", "circus")
    noteDefaults()
  }

  /// What holds for all watchers, whether the file says so or not.
  private mutating func noteDefaults() {
    guard !source.watchers.isEmpty else { return }
    file.note(
      "watcher:*",
      "circus restarts a process that ends early for ever; supervisor gives up after startretries")
    file.note(
      "watcher:*",
      "max_retry became startretries, which counts starts after the first")
    if source.watchers.contains(where: { !$0.copiesEnvironment }) {
      file.note(
        "watcher:*", "copy_env is off by default; supervisor's programs always have its environment"
      )
    }
    if source.watchers.contains(where: { $0.priority != 0 }) {
      file.note(
        "watcher:*",
        "priority: supervisor starts smaller numbers first, so they are turned round; it does not wait between them"
      )
    }
  }
}
