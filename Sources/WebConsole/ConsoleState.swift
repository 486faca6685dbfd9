import CircusCore
import CircusModel
import JSON
import LinuxSystem
import ProgramOptions
import SupervisorServer

/// What the console shows, as JSON.
enum ConsoleState {
  static func all(_ daemon: any ConsoleSource) -> JSONObject {
    let now = Clock.wall
    let arbiter = daemon.arbiter
    let groups = arbiter.processesByGroup.map { name, processes -> JSON in
      let watchers = Set(processes.map(\.key.watcher))
      return .object([
        "name": .string(name), "priority": .int(processes.first?.spec.groupPriority ?? 999),
        "kind": .string(kind(processes.first?.spec)), "scales": .bool(watchers.count == 1),
        "processes": .array(processes.map { .object(process($0, now)) }),
      ])
    }
    return [
      "identifier": .string(title(daemon)), "pid": .int(Int(Environment.pid)),
      "host": .string(Environment.hostName), "version": .string(Release.supervisor),
      "now": .double(now), "stopping": .bool(arbiter.mode != .running), "groups": .array(groups),
      "events": .array(daemon.history.entries.map { .object($0) }),
    ]
  }

  /// What the page is called: supervisor's identifier, or circus.
  static func title(_ daemon: any ConsoleSource) -> String {
    let isCircus = daemon.settings.face == .circus && !daemon.settings.ticks
    return isCircus ? "circus" : daemon.settings.identifier
  }

  /// One row.
  static func process(_ view: ProcessView, _ now: Double) -> JSONObject {
    [
      "id": .string("\(view.group):\(view.name)"), "display": .string(view.displayName),
      "group": .string(view.group), "name": .string(view.name),
      "state": .string(view.stage.name), "pid": .int(Int(view.slot?.state.pid?.rawValue ?? 0)),
      "started": .double(view.slot?.startedWall ?? 0),
      "description": .string(ProcessDescription.text(view, now)),
      "signallable": .bool(view.stage.isSignallable),
      "note": .string(view.note ?? ""), "restarts": .int(view.lives.restarts),
      "lately": .int(view.lives.lately(now)),
      "exit": .string(view.lives.lastExit?.status.description ?? ""),
      "exited": .double(view.lives.lastExit?.wall ?? 0), "command": .string(view.spec.command),
    ]
  }

  private static func kind(_ spec: WatcherSpec?) -> String {
    guard let spec else { return "program" }
    if spec.listener != nil { return "listener" }
    if spec.sharedSocket != nil { return "fcgi" }
    return spec.dialect == .circus ? "watcher" : "program"
  }
}
