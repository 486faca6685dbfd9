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
    writeCommon(spec, &section)
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

  /// Options whose value is the default, which is what supervisor does anyway.
  private static func harmless(_ spec: WatcherSpec) -> [String] {
    let fresh = WatcherSpec(name: spec.name)
    var keys = WatcherOption.all.filter { option in
      option.field.map { $0.read(spec) == $0.read(fresh) } ?? false
    }.compactMap { $0.circus?.key }.filter { $0 != "copy_env" }
    if spec.copiesEnvironment { keys += ["copy_env", "copy_path"] }
    if spec.processCount == 1 { keys.append("singleton") }
    return keys
  }

  private static func advice(_ key: String) -> String {
    WatcherOption.named(key)?.elsewhere ?? "supervisor has no such option"
  }

  /// What has the same name and meaning in a program.
  private mutating func writeCommon(_ spec: WatcherSpec, _ section: inout SourceSection) {
    for option in WatcherOption.all {
      guard let key = option.commonKey, section.take(key) != nil,
        let text = option.field?.read(spec).text
      else { continue }
      set(key, text, section.name)
      file.note(section.name, "\(key): stock supervisor does not read it")
    }
  }

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
    section.take(all: ["max_retry", "stop_signal", "graceful_timeout", "stop_children"])
  }
}
