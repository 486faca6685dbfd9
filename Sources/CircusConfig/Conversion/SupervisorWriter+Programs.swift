import CircusModel

/// Watchers as programs.
extension SupervisorWriter {
  mutating func write(_ spec: WatcherSpec) {
    let name = spec.definition["__name__"]?.string ?? "watcher:\(spec.name)"
    var section = source.section(name)
    file.begin("program:\(self.name(spec.name, name))")
    let command = command(spec, name)
    set("command", command, name)
    let isScaled = spec.processCount != 1 || source.settled.written[name]?["numprocesses"] != nil
    if isScaled {
      set("numprocs", String(spec.processCount), name, same: "numprocesses")
      file.option("process_name", "%(program_name)s_%(process_num)d", from: name)
    }
    if isScaled || source.symbols.all(in: command).contains(.processNumber) {
      set("numprocs_start", "1", name)
    }
    if !spec.directory.isEmpty { set("directory", spec.directory, name) }
    if let user = spec.user { set("user", user, name) }
    if spec.priority != 0 { set("priority", String(999 - spec.priority), name) }
    if !spec.autostart { set("autostart", "false", name) }
    set("autorestart", spec.restart == .never ? "false" : "true", name)
    // A circus process counts as started as soon as it is there.
    set("startsecs", "0", name)
    writeStop(spec, name, &section)
    writeStreams(spec, name, &section)
    writeEnvironment(spec, name)
    section.take(all: Self.translated)
    section.take(all: Self.harmless(spec))
    finish(section, Self.advice)
  }

  /// Read by other means, or the same in both.
  private static let translated = [
    "name", "cmd", "args", "shell", "shell_args", "numprocesses", "working_dir", "uid", "priority",
    "autostart", "respawn",
  ]

  /// Options that say what supervisor does anyway.
  private static func harmless(_ spec: WatcherSpec) -> [String] {
    var keys: [String] = []
    if spec.copiesEnvironment { keys += ["copy_env", "copy_path"] }
    if spec.closesStdin { keys.append("close_child_stdin") }
    if spec.processCount == 1 { keys.append("singleton") }
    if spec.warmup == .zero { keys.append("warmup_delay") }
    if spec.maxAge == 0 { keys += ["max_age", "max_age_variance"] }
    if !spec.usesSockets { keys.append("use_sockets") }
    if !spec.onDemand { keys.append("on_demand") }
    if !spec.sendsHangup { keys.append("send_hup") }
    return keys
  }

  private static func advice(_ option: String) -> String {
    if option.hasPrefix("hooks.") {
      return "supervisor has no hooks; an event listener hears of it afterwards"
    }
    if option.hasPrefix("rlimit_") { return "start the program through `prlimit` or a shell" }
    return texts[option] ?? "supervisor has no such option"
  }

  private static let texts = [
    "copy_env": "supervisor's programs always have its environment",
    "copy_path": "names Python's own path, which supervisor does not hand on",
    "use_sockets": "supervisor holds no sockets for programs",
    "stdin_socket": "supervisor holds sockets for fcgi programs alone",
    "listen_fds": "supervisor holds no sockets for programs",
    "close_child_stdin": "supervisor gives its programs a pipe that nothing writes to",
    "warmup_delay": "supervisor starts all processes at once",
    "max_age": "supervisor's processes live as long as they do",
    "max_age_variance": "supervisor's processes live as long as they do",
    "singleton": "numprocs=1 says it",
    "on_demand": "supervisor starts nothing on demand",
    "send_hup": "`supervisorctl signal HUP` does it",
    "gid": "the program gets the groups of its user",
    "virtualenv": "name its python in the command",
    "virtualenv_py_ver": "name its python in the command",
    "executable": "name the program in the command",
    "check_flapping": "no release of circus reads it",
  ]

  // MARK: the command

  private mutating func command(_ spec: WatcherSpec, _ section: String) -> String {
    var text = spec.command
    switch spec.arguments {
    case .text(let more): text += more.isEmpty ? "" : " " + more
    case .list(let words): text += words.map { " " + ShellWords.quote($0) }.joined()
    }
    if spec.shell {
      text = "/bin/sh -c " + ShellWords.quote(text)
      if let more = spec.shellArguments { text += " " + more }
    }
    text = CircusSubstitution.expand(
      text,
      [
        "wid": source.symbols.letter(.processNumber), "numprocesses": String(spec.processCount),
        "working_dir": spec.directory,
      ])
    if !CircusSubstitution.names(in: text).isEmpty {
      file.note(
        section, "cmd: names something of circus in it, which supervisor does not fill in")
    }
    return CommentSigns.escaped(in: text)
  }

  private mutating func writeStop(
    _ spec: WatcherSpec, _ name: String, _ section: inout SourceSection
  ) {
    if spec.maxRetry < 0 {
      set("startretries", "1000000", name)
      file.note(
        name, "max_retry=\(spec.maxRetry): supervisor cannot try for ever; a million times it does")
    } else {
      set("startretries", String(spec.maxRetry), name, same: "max_retry")
    }
    if spec.stop.signal != .terminate {
      // supervisor takes the names of Python's signal module, in which SIGRTMIN+1 has none.
      let signal = spec.stop.signal.name.dropFirst(3)
      set(
        "stopsignal", signal.contains("+") ? String(spec.stop.signal.number) : String(signal), name)
    }
    let grace = Int(spec.stop.grace.seconds.rounded(.up))
    set("stopwaitsecs", String(grace), name, same: "graceful_timeout")
    if Double(grace) != spec.stop.grace.seconds {
      file.note(name, "graceful_timeout: supervisor waits whole seconds")
    }
    if spec.stop.scope == .processAndChildren {
      set("stopasgroup", "true", name)
      file.note(
        name,
        "stop_children became stopasgroup: the stop signal reaches the whole process group, not direct children alone"
      )
    }
    if section.take("stop_descendants") != nil {
      set("stop_descendants", spec.stop.descendants.rawValue, name)
    }
    if section.take("on_daemon_exit") != nil {
      set("on_daemon_exit", spec.daemonExit.rawValue, name)
    }
    section.take(all: ["max_retry", "stop_signal", "graceful_timeout", "stop_children"])
  }
}
