import CircusModel

/// `[supervisord]`, its servers and plugins, in the words of `[circus]`.
extension CircusWriter {
  mutating func writeDaemon() {
    var section = source.section("supervisord")
    let values = source.document.supervisord
    file.begin("circus")
    let log = source.expanded(section.take("logfile") ?? "supervisord.log")
    switch log {
    case "syslog": set("logoutput", "syslog:///dev/log?user", "supervisord")
    case _ where StandardStream.number(of: log) != nil:
      file.note("supervisord", "logfile=\(log): circusd's log goes to standard error")
    default: set("logoutput", log, "supervisord")
    }
    let levels = [50: "critical", 40: "error", 30: "warning", 20: "info"]
    set("loglevel", levels[values["loglevel"]?.int ?? 20] ?? "debug", "supervisord")
    let pidFile = section.take("pidfile") ?? "supervisord.pid"
    set("pidfile", source.expanded(pidFile), "supervisord")
    set("umask", Self.octal(values["umask"]?.int ?? 0o22), "supervisord")
    for key in DaemonOption.shared {
      if let value = section.take(key) { set(key, source.expanded(value), "supervisord") }
    }
    section.take(all: ["loglevel", "umask", "nodaemon", "environment"])
    if values["nodaemon"] != .bool(true) {
      file.note("supervisord", "goes into the background: circusd does so with --daemon")
    }
    noteDefaults()
    finish(section) {
      SectionTable.supervisord.byKey[$0]?.elsewhere
        ?? "supervisor does not know it, and neither does circus"
    }
    for server in source.document.servers { writeServer(server) }
    writePlugins()
    writeEnvironment("env", source.document.environment, from: "supervisord")
  }

  /// What holds for all programs, whether the file says so or not.
  private mutating func noteDefaults() {
    let programs = source.document.groups.flatMap(\.programs)
    guard !programs.isEmpty else { return }
    file.note(
      "program:*", "startsecs: circus counts a process as started as soon as it is there")
    file.note(
      "program:*",
      "startretries became max_retry, which counts starts that fail at once; circus restarts a process that ends "
        + "early for ever")
    file.note(
      "program:*",
      "SUPERVISOR_ENABLED, SUPERVISOR_PROCESS_NAME, SUPERVISOR_GROUP_NAME and SUPERVISOR_SERVER_URL are not set"
    )
    if programs.contains(where: { $0.common["autorestart"]?.string == "unexpected" }) {
      file.note(
        "program:*",
        "autorestart=unexpected, which is the default: circus restarts whatever the exit status was"
      )
    }
    if programs.contains(where: { $0.common["priority"]?.int != 999 }) {
      file.note(
        "program:*", "priority: circus starts larger numbers first, so they are turned round")
    }
    for path in source.document.included {
      file.note("include", "files: \(path) is a part of this file now")
    }
  }

  // MARK: servers and plugins

  private mutating func writeServer(_ server: [String: ConfigValue]) {
    let name = server["section"]?.string ?? "inet_http_server"
    var section = source.section(name)
    guard let port = server["port"]?.int else {
      return file.note(
        name,
        "circusctl uses the ZeroMQ endpoint, tcp://127.0.0.1:5555; its access is that of the endpoint"
      )
    }
    section.take(all: ["port", "username", "password"])
    set("httpd", "True", name)
    let host = server["host"]?.string ?? ""
    set("httpd_host", host.isEmpty ? "0.0.0.0" : host, name)
    set("httpd_port", String(port), name)
    if let user = server["username"]?.string, let password = server["password"]?.string {
      set("httpd_username", user, name)
      set("httpd_password", password, name)
      file.note(name, "username, password: stock circus does not read them")
    }
    finish(section) { _ in "circus has nothing of the kind" }
  }

  private mutating func writePlugins() {
    for group in source.document.groups {
      guard case .listener = group.kind else { continue }
      file.note(
        "eventlistener:\(group.name)",
        "listens to events, which circus publishes on pubsub_endpoint: a plugin or a subscriber (docs/events.md)"
      )
    }
    for plugin in source.document.rpcInterfaces.compactMap(\.map) {
      let factory = plugin["factory"]?.string ?? ""
      guard factory != PluginAdvice.ownInterface else { continue }
      file.note(
        "rpcinterface:\(plugin["name"]?.string ?? "")",
        "\(factory) is Python code for supervisord alone")
    }
    for name in source.sections("ctlplugin:") {
      file.note(name, "adds commands to supervisorctl, which does not talk to circusd")
    }
    if !source.section("supervisorctl").rest.isEmpty {
      file.note(
        "supervisorctl", "circusctl takes its address from --endpoint or CIRCUSCTL_ENDPOINT")
    }
  }
}
