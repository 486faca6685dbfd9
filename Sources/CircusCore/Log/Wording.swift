import CircusModel

/// One line of the log.
package struct LogLine: Hashable, Sendable {
  package var level: LogLevel
  package var text: String

  init(_ level: LogLevel, _ text: String) {
    self.level = level
    self.text = text
  }
}

/// Notices in each system's words. What circus or supervisor has a line for is logged with that line, as scripts look for it;
/// the rest is the same in both.
extension Wording {
  /// None where this system is silent about it.
  package func lines(for notice: Notice) -> [LogLine] {
    switch notice {
    case .process(let name, let notice): lines(for: notice, of: name)
    case .watcher(let name, let notice): lines(for: notice, of: name)
    case .daemon(let notice): lines(for: notice)
    }
  }

  // MARK: a process

  private func lines(for notice: ProcessNotice, of name: ProcessName) -> [LogLine] {
    let (watcher, process) = (name.watcher, name.process)
    switch (notice, self) {
    case (.spawned(let pid), .circus):
      return [LogLine(.debug, "running \(watcher) process [pid \(pid)]")]
    case (.spawned(let pid), .supervisor):
      return [LogLine(.info, "spawned: '\(process)' with pid \(pid)")]
    case (.becameRunning, .circus): return []
    case (.becameRunning(let time), .supervisor):
      return [
        LogLine(
          .info,
          "success: \(process) entered RUNNING state, process has stayed up for > than "
            + "\(Int(time.seconds)) seconds (startsecs)")
      ]
    case (.becameReady(let time), .circus):
      return [LogLine(.info, "\(process) is ready after \(Self.seconds(time)) s")]
    case (.becameReady(let time), .supervisor):
      return [
        LogLine(
          .info,
          "success: \(process) entered RUNNING state, process is ready after \(Self.seconds(time)) s"
        )
      ]
    case (.becameHealthy, _): return [LogLine(.info, "\(process) is healthy")]
    case (.becameUnhealthy(let reason), _):
      return [LogLine(.warning, "\(process) is unhealthy: \(reason)")]
    case (.exceeded(let reason), _):
      return [LogLine(.warning, "\(process) is over its limit: \(reason)")]
    case (.recovered(let reason), _):
      return [LogLine(.info, "\(process) is within its limit again: \(reason)")]
    case (.oneshotFailed(let reason), _):
      return [LogLine(.warning, "\(process) has failed: \(reason)")]
    case (.notReady(let reason), _):
      return [LogLine(.warning, "\(process): \(reason): it is ended")]
    case (.exited(let pid, let status, let isExpected), _):
      let subject = self == .circus ? "\(watcher) [pid \(pid)]" : process
      let verdict = isExpected ? "expected" : "not expected"
      return [
        LogLine(
          isExpected ? .info : .warning, "exited: \(subject) (\(status.description); \(verdict))")
      ]
    case (.mainProcess(let pid, let former, let end), _):
      let subject = self == .circus ? watcher : process
      let before = end.map { "has ended (\($0.description))" } ?? "said so"
      return [LogLine(.info, "\(subject): process \(pid) is the main one: \(former) \(before)")]
    case (.stopped(let pid, let status, _), .circus):
      return [LogLine(.debug, "stopped: \(watcher) [pid \(pid)] (\(status.description))")]
    case (.stopped(_, let status, let isExpected), .supervisor):
      return [
        LogLine(isExpected ? .info : .warning, "stopped: \(process) (\(status.description))")
      ]
    case (.stopSignalled(let pid, let signal, _), .circus):
      return [LogLine(.debug, "sending signal \(signal.number) to \(pid) [\(watcher)]")]
    case (.stopSignalled(let pid, let signal, let isGroup), .supervisor):
      return [kill(process, pid, signal, isGroup)]
    case (.killed(let pid, _), .circus):
      return [LogLine(.warning, "killing '\(watcher)' (\(pid)) with SIGKILL")]
    case (.killed(let pid, let isGroup), .supervisor):
      return [
        LogLine(.warning, "killing '\(process)' (\(pid)) with SIGKILL"),
        kill(process, pid, .kill, isGroup),
      ]
    case (.spawnFailed(let reason), _): return [LogLine(.info, "spawnerr: \(reason)")]
    case (.gaveUp, _):
      return [
        LogLine(
          .info, "gave up: \(process) entered FATAL state, too many start retries too quickly")
      ]
    case (.awaited, _): return [LogLine(.info, "waiting for \(process) to stop")]
    case (.notStartedWhileStopping, _):
      return [LogLine(.warning, "process '\(process)' is being stopped: it is not started")]
    case (.hangupSent(let pid), _): return [LogLine(.info, "SENDING HUP to \(pid)")]
    }
  }

  /// To a hundredth.
  private static func seconds(_ time: Interval) -> String {
    ((time.seconds * 100).rounded() / 100).description
  }

  private func kill(_ process: String, _ pid: PID, _ signal: Signal, _ isGroup: Bool) -> LogLine {
    let group = isGroup ? "process group " : ""
    return LogLine(.debug, "killing \(process) (pid \(pid)) \(group)with signal \(signal.name)")
  }

  // MARK: a watcher

  private func lines(for notice: WatcherNotice, of name: String) -> [LogLine] {
    switch notice {
    case .started: self == .circus ? [LogLine(.info, "\(name) started")] : []
    case .stopped: self == .circus ? [LogLine(.info, "\(name) stopped")] : []
    case .reloaded: [LogLine(.info, "\(name) reloaded")]
    case .notReloaded(let reason):
      [LogLine(.error, "\(name): not reloaded, the old processes stay: \(reason)")]
    case .scheduleSkipped(let reason):
      [LogLine(.warning, "\(name): a scheduled run is skipped: \(reason)")]
    case .scheduleMissed(let reason):
      [LogLine(.warning, "\(name): a scheduled run was missed: \(reason)")]
    case .actionFailed(let reason): [LogLine(.warning, "\(name): \(reason)")]
    case .reloadNotConfirmed(let reason): [LogLine(.warning, "\(name): \(reason)")]
    case .notStarted(let reason): [LogLine(.error, "\(name): not started: \(reason)")]
    case .startFailed(let reason): [LogLine(.warning, "error in '\(name)': \(reason)")]
    case .essentialEnded(let reason, let isFirst, let isFine):
      [
        LogLine(
          isFine ? .info : .error,
          "\(reason): it is essential: \(isFirst ? "the daemon ends" : "the daemon ends already")")
      ]
    case .waitsForSocket: [LogLine(.info, "\(name) waits for its socket")]
    case .follows(let reaction):
      [
        LogLine(
          .info,
          "\(name): what it depends on has come back: \(reaction == .reload ? "reload" : "restart")"
        )
      ]
    case .waits(let reason): [LogLine(.info, "\(name) \(reason)")]
    case .calledBySocket(let socket): [LogLine(.info, "\(name): called by socket '\(socket)'")]
    case .hookFailed(let hook, let callable, let error):
      [LogLine(.error, "\(name): Hook '\(hook.rawValue)' (\(callable)) failed: \(error)")]
    case .hookRefused(let hook, let callable, let consequence):
      [LogLine(.info, "\(name): \(hook.rawValue) said no (\(callable)): \(consequence)")]
    case .orphansEnding(let orphans):
      [LogLine(.info, "\(name): ending what the stopped process left behind: \(list(orphans))")]
    case .orphansKilled(let orphans):
      [LogLine(.warning, "\(name): killing what the stopped process left behind: \(list(orphans))")]
    case .orphansStay(let orphans):
      [LogLine(.error, "\(name): cannot be ended: \(list(orphans))")]
    case .orphanSpared(let orphan):
      [
        LogLine(
          .info,
          "\(name): left running: \(list([orphan.pid: orphan.command])): \(reason(orphan))")
      ]
    case .added: [LogLine(.info, "\(name): new in the configuration")]
    case .removed: [LogLine(.info, "\(name): no longer in the configuration, removed")]
    case .changeApplied: [LogLine(.info, "\(name): changed, applied to the running processes")]
    case .changeRestarts: [LogLine(.info, "\(name): changed, restarting")]
    case .additionLost(let reason):
      [LogLine(.error, "\(name): was added by command and cannot be again: \(reason)")]
    case .editsLost(let reason):
      [LogLine(.warning, "\(name): what `set` had changed is lost: \(reason)")]
    }
  }

  private func list(_ commands: [PID: String]) -> String {
    commands.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
  }

  private func reason(_ spared: Orphan) -> String {
    spared.isClient
      ? "it is connected to this daemon"
      : "it has a session of its own (stop_descendants = all ends such processes too)"
  }

  // MARK: the daemon

  private func lines(for notice: DaemonNotice) -> [LogLine] {
    switch notice {
    case .exitRequested(let signal):
      self == .circus
        ? [LogLine(.info, "Got signal \(signal.name)")]
        : [LogLine(.warning, "received \(signal.name) indicating exit request")]
    case .reloadRequested(let signal):
      [LogLine(.info, "Got signal \(signal.name): reloading all watchers")]
    case .upgradeRequested(let signal): [LogLine(.info, "Got signal \(signal.name): upgrading")]
    case .reopenRequested(let signal):
      self == .circus
        ? [LogLine(.info, "Got signal \(signal.name): reopening log files")]
        : [
          LogLine(.info, "received \(signal.name) indicating log reopen request"),
          LogLine(.info, "supervisord logreopen"),
        ]
    case .restartRequested(let signal):
      [LogLine(.warning, "received \(signal.name) indicating restart request")]
    case .restartIgnored(let signal):
      [
        LogLine(
          .warning, "ignored \(signal.name) indicating restart request (shutdown in progress)")
      ]
    case .signalIgnored(let signal): [LogLine(.debug, "Got signal \(signal.name), ignored")]
    case .stopDelayed(let delay):
      [LogLine(.info, "stopping in \(Self.seconds(delay)) s (pre_stop_delay)")]
    case .everythingHasEnded:
      [LogLine(.info, "everything has ended: the daemon ends (on_idle)")]
    case .stopTimeIsOver: [LogLine(.warning, "the time to stop is over: killing what is left")]
    case .interruptedAgain: [LogLine(.warning, "interrupted again: killing what is left")]
    case .waitsForDeaths(let names):
      [LogLine(.info, "waiting for \(names.joined(separator: ", ")) to die")]
    case .exiting: self == .circus ? [LogLine(.info, "Arbiter exiting")] : []
    case .notReloaded(let reason):
      [LogLine(.error, "configuration not reloaded, nothing changed: \(reason)")]
    case .configurationUnreadable(let reason):
      [LogLine(.error, "configuration not read, the old one stays: \(reason)")]
    case .notRestarted(let reason):
      [LogLine(.error, "not restarted, nothing changed: \(reason)")]
    }
  }
}
