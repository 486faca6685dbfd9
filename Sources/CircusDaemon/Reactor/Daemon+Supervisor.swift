import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusShell
import CircusWire
import EventLoop
import JSON
import LinuxSystem
import SupervisorServer
import WebConsole
import ZeroMQControl

/// supervisor's side of the daemon: orders of its clients, its events, its logs.
extension Daemon: ConsoleSource {
  /// Passes an event to event listeners, the console and subscribers.
  package func announce(_ event: SupervisorEvent) {
    switch event {
    case .groupAdded(let name):
      // A pool hears of itself, so it has to be there first.
      if let pool = arbiter.pools[name] { listeners.open(name, pool) }
    case .supervisorRunning:
      if hasBooted, settings.face == .supervisor {
        log.reopen()
        log.info("supervisord started with pid \(Environment.pid)")
      }
      hasBooted = true
    case .groupRemoved, .processState, .supervisorStopping, .processLog, .processCommunication,
      .remoteCommunication, .tick:
      break
    }
    listeners.post(event)
    let entry = history.add(event, at: Clock.wall)
    if hasServers { console.feed.note(event, entry) }
    if isPublished(event) { events?.publish(event, at: Clock.wall) }
    if case .groupRemoved(let name) = event, !arbiter.hasGroup(name) { listeners.close(name) }
  }

  /// circus's subscribers know topics of three words only, so that they hear of supervisor's programs alone.
  private func isPublished(_ event: SupervisorEvent) -> Bool {
    if settings.publishesSupervisorEvents { return true }
    let group: String
    switch event {
    case .groupAdded(let name), .groupRemoved(let name): group = name
    case .processState(let transition): group = transition.group
    case .processLog(let output), .processCommunication(let output): group = output.group
    case .supervisorRunning, .supervisorStopping, .remoteCommunication, .tick: return settings.ticks
    }
    return settings.ticks
      && !arbiter.watchers.contains { $0.spec.group == group && $0.spec.dialect == .circus }
  }

  /// Whether there is a console at all.
  var hasServers: Bool { !settings.servers.isEmpty }

  /// The pipe to a process's stdin; nil where it has none.
  package func input(of pid: PID) -> StandardInput? { runner.input(of: pid) }

  /// The daemon's own log; nil: it is no file.
  package var logPath: String? { log.path }

  /// Empties it; false when that is not possible.
  package func clearLog() -> Bool { log.clear() }

  /// Empties the log file at a path; false when that is not possible.
  package func clearLog(at path: String) -> Bool { streams.clear(path) }

  /// Calls `handler` once after so many milliseconds, unless the registration goes before.
  package func after(milliseconds: Int, _ handler: @escaping () -> Void) -> Registration {
    loop.after(milliseconds: milliseconds, handler)
  }

  /// The log files of one process, looked up once until the next event.
  package func logPaths(of view: ProcessView) -> LogPaths {
    if let known = logPathCache[view.key] { return known }
    let outputs = arbiter.outputs(of: view)
    var paths = LogPaths()
    paths.stdout = path(outputs.stdout, .stdout, view)
    paths.stderr = path(outputs.stderr, .stderr, view)
    logPathCache[view.key] = paths
    return paths
  }

  /// Where one output of a process can be read again; nil: it is not captured, or thrown away by supervisor's rules.
  package func logSource(of view: ProcessView, _ channel: String) -> LogSource? {
    let paths = logPaths(of: view)
    let path = channel == "stdout" ? paths.stdout : paths.stderr
    if !path.isEmpty { return .file(path) }
    let outputs = arbiter.outputs(of: view)
    switch channel == "stdout" ? outputs.stdout : outputs.stderr {
    case .discard, .stdout, .fancy, .python:
      let watcher = view.key.watcher
      return .memory { [unowned self] in streams.ring(watcher, channel) }
    case .inherit, .null, .mergedWithStdout, .file, .program: return nil
    }
  }

  private func path(_ stream: StreamSpec, _ output: Streams.Output, _ view: ProcessView) -> String {
    let file: FileStreamSpec?
    switch stream {
    case .file(let spec): file = spec
    case .program(let spec): file = spec.file
    case .inherit, .null, .discard, .stdout, .fancy, .mergedWithStdout, .python: file = nil
    }
    guard let file else { return "" }
    if file.isAutomatic {
      return streams.automaticPath(view.key.watcher, output, process: view.name) ?? ""
    }
    return file.path.isEmpty ? "" : Files.absolute(file.path)
  }
}
