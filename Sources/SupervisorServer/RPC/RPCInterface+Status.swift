import CircusCore
import CircusModel
import LinuxSystem
import ProgramOptions
import XMLRPC

/// Questions about the daemon and its processes.
extension RPCInterface {
  static let statusMethods: [String: RPCMethod] = [
    "getAPIVersion": version, "getVersion": version,
    "getSupervisorVersion": RPCMethod(
      .view, ["string"], help: "The version of supervisor this answers like."
    ) {
      _, _ in .string(Release.supervisor)
    },
    "getIdentification": RPCMethod(.view, ["string"], help: "The daemon's identifier.") {
      interface, _ in
      .string(interface.daemon.settings.identifier)
    },
    "getState": RPCMethod(.view, ["struct"], help: "The daemon's state: statecode and statename.") {
      _, _ in
      ["statecode": 1, "statename": "RUNNING"]
    },
    "getPID": RPCMethod(.view, ["int"], help: "The daemon's process id.") { _, _ in
      .int(Int(Environment.pid))
    },
    "getProcessInfo": RPCMethod(.view, ["struct", "string"], help: "Everything about one process.")
    {
      interface, parameters throws(Fault) in
      interface.info(try interface.process(try parameters.string(0)), Clock.wall)
    },
    "getAllProcessInfo": RPCMethod(
      .view, ["array"], help: "Everything about every process, by group and name."
    ) { interface, _ in
      let now = Clock.wall
      return .array(interface.daemon.arbiter.processTable.map { interface.info($0, now) })
    },
  ]

  private static let version = RPCMethod(.view, ["string"], help: "The version of this interface.")
  {
    _, _ in "3.0"
  }

  /// The struct of `getProcessInfo`.
  private func info(_ view: ProcessView, _ now: Double) -> XMLRPCValue {
    let logs = daemon.logPaths(of: view)
    let exitStatus: Int =
      switch view.slot.map(\.lastStatus) ?? (view.hasEnded ? view.lives.lastExit?.status : nil) {
      case .exited(let status)?: Int(status)
      case .signaled?, .unknown?: -1
      case nil: 0
      }
    return [
      "name": .string(view.name), "group": .string(view.group),
      "start": .int(epoch(view.slot?.attemptedWall ?? 0)),
      "stop": .int(epoch(view.slot?.endedWall ?? view.lives.lastExit?.wall ?? 0)),
      "now": .int(epoch(now)),
      "state": .int(view.stage.rawValue), "statename": .string(view.stage.name),
      "spawnerr": .string(view.slot?.spawnError ?? ""), "exitstatus": .int(exitStatus),
      "logfile": .string(logs.stdout), "stdout_logfile": .string(logs.stdout),
      "stderr_logfile": .string(logs.stderr), "pid": .int(Int(view.slot?.state.pid?.rawValue ?? 0)),
      "description": .string(ProcessDescription.text(view, now)),
      // Beyond what supervisor tells.
      "restarts": .int(view.lives.restarts), "restarts_lately": .int(view.lives.lately(now)),
      "last_exit": .string(view.lives.lastExit?.status.description ?? ""),
      "last_exit_time": .int(epoch(view.lives.lastExit?.wall ?? 0)),
    ]
  }

  /// XML-RPC's integers have 32 bits.
  private func epoch(_ wall: Double) -> Int { min(Int(wall), Int(Int32.max)) }
}
