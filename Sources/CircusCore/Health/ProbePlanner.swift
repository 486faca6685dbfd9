import CircusConfig
import CircusModel

/// Makes out of a probe's definition what is asked of one process.
enum ProbePlanner {
  /// Or why its definition cannot be used.
  static func check(
    _ probe: ProbeSpec, of spec: WatcherSpec, number: Int, count: Int, _ ledger: Ledger
  ) -> Result<ProbeCheck, SpawnFailure> {
    do throws(SpawnFailure) {
      let text = try LaunchPlanner.expand(
        probe.target, spec, number: number, count: count, ledger)
      if probe.kind.isLimit {
        guard let limit = ProcessLimit(probe.kind, text: text) else {
          let advice = ProcessLimit.advice(against: text, of: probe.kind) ?? ""
          throw SpawnFailure(
            text: "\(probe.kind.key) = \(text): \(advice)", isTransient: false)
        }
        return .success(.figure(probe.kind, limit, probe.scope))
      }
      guard let target = ProbeTarget(text: text) else {
        throw SpawnFailure(
          text: "\(probe.kind.key) = \(text): \(ProbeTarget.advice(against: text) ?? "")",
          isTransient: false)
      }
      return .success(try check(target, probe, spec, number: number, count: count, ledger))
    } catch { return .failure(error) }
  }

  private static func check(
    _ target: ProbeTarget, _ probe: ProbeSpec, _ spec: WatcherSpec, number: Int, count: Int,
    _ ledger: Ledger
  ) throws(SpawnFailure) -> ProbeCheck {
    switch target {
    case .tcp(let host, let port): return .tcp(host: host, port: port)
    case .unix(let path): return .unix(path: path)
    case .http(let url):
      return .http(
        HTTPCheck(
          url: url, socket: probe.socket, host: probe.host, headers: probe.headers,
          status: probe.status, body: probe.body,
          verifies: probe.verify.isEmpty ? nil : probe.verify == "yes",
          authority: probe.authority))
    case .exec(let command):
      let plan = try LaunchPlanner.plan(spec, number: number, count: count, ledger)
      let words =
        probe.usesShell ? ["/bin/sh", "-c", command] : try LaunchPlanner.split(command)
      return .exec(plan.command(words, variables(probe.kind, plan)))
    }
  }

  /// A command that a rule asks for, as the watcher's own processes are started.
  static func action(
    _ command: String, of spec: WatcherSpec, number: Int, count: Int,
    _ variables: [String: String], pid: PID?, _ ledger: Ledger
  ) -> Result<LaunchPlan, SpawnFailure> {
    do throws(SpawnFailure) {
      let text = try LaunchPlanner.expand(command, spec, number: number, count: count, ledger)
      let plan = try LaunchPlanner.plan(spec, number: number, count: count, ledger)
      var variables = variables
      variables["CIRCUS_WATCHER"] = plan.watcherName
      variables["CIRCUS_WID"] = String(number)
      if let pid { variables["CIRCUS_PID"] = String(pid.rawValue) }
      return .success(plan.command(["/bin/sh", "-c", text], variables))
    } catch { return .failure(error) }
  }

  /// What a command finds in its environment on top of the process's own. What the process is to say to its daemon, a
  /// command must not.
  private static func variables(_ kind: ProbeKind, _ plan: LaunchPlan) -> [String: String] {
    [
      "CIRCUS_PROBE": kind.rawValue, "CIRCUS_WATCHER": plan.watcherName,
      "CIRCUS_WID": String(plan.number),
    ]
  }
}

extension LaunchPlan {
  /// Another command, run as the process itself: user, directory, environment and limits are its own; its output is read,
  /// and its session is another one.
  fileprivate func command(_ words: [String], _ variables: [String: String]) -> LaunchPlan {
    var environment = environment.merging(variables) { $1 }
    for name in Self.ownVariables { environment[name] = nil }
    return LaunchPlan(
      watcherName: watcherName, number: number, processName: processName, groupName: groupName,
      arguments: words, environment: environment, directory: directory, user: user, group: group,
      umask: umask, limits: limits, input: .null, stdout: .discard, stderr: .mergedWithStdout,
      sockets: nil, startsSession: true, diesWithDaemon: true, descendants: .all)
  }

  /// Variables that belong to one process alone.
  private static let ownVariables = [
    "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC",
    "WATCHDOG_PID", "CIRCUS_NOTIFY_FD",
  ]
}
