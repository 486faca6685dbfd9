import CircusModel

/// `--check --container`: what a file lacks to be run by the first process of a container.
enum ContainerCheck {
  /// Seconds that docker, and Kubernetes, wait from SIGTERM to SIGKILL.
  private static let (docker, kubernetes) = (10.0, 30.0)

  static func problems(_ configuration: Configuration, _ files: any FileReader) -> [Diagnostic] {
    guard !configuration.watchers.isEmpty else { return [] }
    let section = configuration.hasCircusPart ? "circus" : "supervisord"
    return [
      stop(configuration, section), end(configuration, section, files), log(configuration, section),
    ].compactMap { $0 }
  }

  /// The longest stop is longer than the container's own.
  private static func stop(_ configuration: Configuration, _ section: String) -> Diagnostic? {
    let settings = configuration.settings
    let chain = StopChain(of: configuration.watchers)
    let needed = settings.preStopDelay.seconds + chain.seconds
    let time = min(needed, settings.stopTimeout?.seconds ?? .infinity)
    guard time > docker || time == docker && settings.stopTimeout == nil else { return nil }
    let delay = settings.preStopDelay > .zero ? "pre_stop_delay, then " : ""
    let killers =
      time > kubernetes ? "docker (10 s) and Kubernetes (30 s) kill" : "docker (10 s) kills"
    return Diagnostic(
      .warning, section: section, key: settings.stopTimeout == nil ? nil : "stop_timeout",
      problem:
        "a stop can take \(Int(time.rounded(.up))) s (\(delay)\(chain.text)): \(killers) it before",
      hint: "write stop_timeout = 9 for docker, 28 for Kubernetes, or raise the container's own")
  }

  /// Nothing that runs ends the container.
  private static func end(
    _ configuration: Configuration, _ section: String, _ files: any FileReader
  ) -> Diagnostic? {
    guard configuration.watchers.allSatisfy({ $0.essential == .no }),
      configuration.settings.onIdle == .stay
    else { return nil }
    if let killer = configuration.watchers.first(where: { killsTheDaemon($0, files) }) {
      return Diagnostic(
        .warning, section: killer.definition["section"]?.string ?? section, key: nil,
        problem:
          "\(killer.name) ends the daemon when a program is given up, with the exit status 0",
        hint:
          "write essential = failed in the programs that matter: the container then ends with their status"
      )
    }
    return Diagnostic(
      .warning, section: section, key: nil,
      problem: "the container runs on when all of its programs have failed",
      hint: "write essential = failed, or exit, in the watchers that matter")
  }

  /// An event listener that signals its parent, as many images have one.
  private static func killsTheDaemon(_ spec: WatcherSpec, _ files: any FileReader) -> Bool {
    guard spec.listener != nil else { return false }
    var command = spec.command
    if case .list(let processes)? = spec.definition["processes"] {
      command = processes.first?.map?["command"]?.string ?? command
    }
    var texts = [command]
    for word in (try? ShellWords.split(command)) ?? [] where word.hasPrefix("/") {
      if case .success(let bytes) = files.read(word), bytes.count < 65_536 {
        texts.append(String(decoding: bytes, as: UTF8.self))
      }
    }
    return texts.contains { text in
      text.holds("kill") && ["PPID", "getppid", "supervisord.pid"].contains { text.holds($0) }
        || text.holds("supervisorctl") && text.holds("shutdown")
    }
  }

  /// The log grows inside the container, where it is not looked for.
  private static func log(_ configuration: Configuration, _ section: String) -> Diagnostic? {
    let path = configuration.supervisord?["logfile"]?.string ?? configuration.settings.logOutput
    guard let path, path != "-", path != "/dev/null", !path.hasPrefix("syslog"),
      StandardStream.number(of: path) == nil
    else { return nil }
    return Diagnostic(
      .warning, section: section, key: section == "circus" ? "logoutput" : "logfile",
      problem: "a log inside the container is lost with it",
      hint: section == "circus"
        ? "take it out: the log then goes to standard error"
        : "write logfile = /dev/stdout and logfile_maxbytes = 0")
  }
}
