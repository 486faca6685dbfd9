import CircusConfig
import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusShell
import CircusSurvival
import CircusWire
import JSON
import LinuxSystem
import SupervisorServer
import WebConsole
import ZeroMQ
import ZeroMQControl

/// Reading the configuration again, and what of it concerns the daemon itself.
extension Daemon {
  /// Reads the configuration and queues the result as an event. For a restart AUTO logs are removed
  /// first.
  package func load(_ purpose: LoadPurpose) {
    if case .restart = purpose { cleanAutomaticLogs() }
    var (result, warnings) = loader.load()
    if case .success(let configuration) = result, !configuration.losses.isEmpty {
      let texts = configuration.losses.map(\.text)
      result = .failure(LoadFailure(text: texts.joined(separator: "\n")))
      warnings.removeAll(where: texts.contains)
    }
    for warning in warnings { log.warning(warning) }
    queue.append(.configurationLoaded(result, purpose))
  }

  /// Applies changed `[circus]` settings, each by itself: what cannot be had leaves the old in place
  /// and is tried again at the next reload.
  package func apply(_ new: DaemonSettings) {
    if settings.face == .circus,
      (settings.logLevel, settings.logOutput) != (new.logLevel, new.logOutput)
    {
      log.change(level: Logger.level(new.logLevel), target: Logger.target(new.logOutput))
    }
    if let main = new.mainLog, let old = settings.mainLog, main != old {
      log.change(level: main.level, target: .supervisord(main))
      if main.pidFile != old.pidFile {
        pidFile?.remove()
        writePIDFile(main.pidFile)
      }
    }
    let old = settings
    settings = new
    applyNames()
    if new.environmentDirectory != old.environmentDirectory { writeEnvironment() }
    survival.apply(new)
    if old.servers != new.servers {
      // Streams end: a client must not go on reading from a server that is closed.
      follower.closeAll()
      console.feed.closeAll()
    }
    do { try servers.apply(new.servers) } catch {
      log.error("\(error.text); tried again at the next reload")
    }
    guard old.usesZeroMQ, new.usesZeroMQ, let control, let events else { return }
    if old.multicastEndpoint != new.multicastEndpoint {
      discovery = nil
      discover()
    }
    rebind(.events, old, new, events.socket) { events.move(to: $0) }
    rebind(.control, old, new, control.socket) { socket in
      log.warning("the control endpoint is now \(new.endpoint)")
      control.move(to: socket, loop)
    }
    if old.publishesStats && new.publishesStats, let publisher = stats {
      rebind(.stats, old, new, publisher.socket) { stats = makePublisher($0) }
    } else if new.publishesStats {
      do {
        stats = makePublisher(
          try Endpoints.bind(context, .stats, new))
      } catch { log.error(error.text) }
    } else {
      stats = nil
    }
  }

  /// Writes the file that is read last; relative to the configuration file's directory.
  package func saveChanges(_ changes: SavedChanges, to wanted: String?, _ ticket: Ticket?) {
    let main = Files.absolute(loader.path)
    let directory = main[..<(main.lastIndex(of: "/") ?? main.startIndex)]
    let name = wanted ?? settings.savedFile ?? ""
    let path = name.hasPrefix("/") ? name : "\(directory)/\(name)"
    do throws(Errno) {
      let text = changes.text(after: (try? Files.read(path)) ?? [])
      try Files.replace(path, with: Array(text.utf8))
      log.info("changes made at run time are saved in \(path)")
      if !changes.problems.isEmpty {
        let reason = "saved in \(path), except: \(changes.problems.joined(separator: "; "))"
        for problem in changes.problems { log.warning("not saved: \(problem)") }
        if let ticket { runner.run(.reply(ticket, .error(.refused(reason)))) }
        return
      }
      if let ticket { runner.run(.reply(ticket, .ok("file", .string(path)))) }
    } catch {
      let reason = "cannot write \(path): \(error.description)"
      log.error(reason)
      if let ticket { runner.run(.reply(ticket, .error(.server(reason)))) }
    }
  }

  func cleanAutomaticLogs() {
    guard settings.face == .supervisor, !settings.keepsAutomaticLogs else { return }
    AutomaticLogs.clean(settings.childLogDirectory, identifier: settings.identifier)
    streams.forgetAutomaticLogs()
  }

  /// supervisord's, whatever stands in it.
  func writePIDFile(_ path: String) {
    pidFile = PIDFile(overwriting: path)
    if pidFile == nil { log.log(.critical, "could not write pidfile \(path)") }
  }

  /// Writes `env_dir`, and takes away what was written elsewhere before.
  func writeEnvironment() {
    variableFiles?.remove()
    variableFiles = nil
    guard let directory = settings.environmentDirectory.map(Files.absolute) else { return }
    do { variableFiles = try VariableFiles(loader.environment, in: directory) } catch {
      log.warning("env_dir: cannot write \(directory): \(error.description)")
    }
  }

  /// What children's logs and listeners' headers are called.
  func applyNames() {
    streams.automatic = (settings.childLogDirectory, settings.identifier)
    streams.stripsAnsi = settings.stripsAnsi
    listeners.identifier = settings.identifier
  }

  func makePublisher(_ socket: Socket) -> StatsPublisher {
    StatsPublisher(socket: socket, figures: figures, proc: proc, sockets: sockets, loop: loop)
  }

  func discover() {
    discovery = Discovery(settings.multicastEndpoint, loop: loop, log: log) { [unowned self] in
      arbiter.reachableName(settings.endpoint)
    }
  }

  private func rebind(
    _ door: Endpoints.Door, _ before: DaemonSettings, _ settings: DaemonSettings, _ held: Socket,
    _ adopt: (Socket) -> Void
  ) {
    let (old, new) = (door.address(in: before), door.address(in: settings))
    guard old != new else { return }
    do {
      adopt(try Endpoints.move(held, from: old, door, context, settings))
      Endpoints.removeFile(old)
    } catch {
      // Without an address any is another one, so that the next reload tries again.
      door.set(error.isLost ? "" : old, in: &self.settings)
      log.error(
        error.isLost
          ? "\(error.text); \(old) cannot be had any more either: nothing listens until the next reload"
          : "\(error.text); \(old) stays until the next reload")
    }
  }
}
