import XMLRPC

extension Command {
  static let start = Command(
    name: "start",
    help: [
      "start <name>\t\tStart a process", "start <gname>:*\t\tStart all processes in a group",
      "start <name> <name>\tStart multiple processes or groups",
      "start all\t\tStart all processes",
    ], completes: .processes
  ) { controller, names throws(CallFailure) in
    guard controller.isUp() else { return }
    guard !names.isEmpty else {
      return controller.misused("start requires a process name", status: 2)
    }
    try GroupOrder.start.run(names, controller)
  }

  static let stop = Command(
    name: "stop",
    help: [
      "stop <name>\t\tStop a process", "stop <gname>:*\t\tStop all processes in a group",
      "stop <name> <name>\tStop multiple processes or groups", "stop all\t\tStop all processes",
    ], completes: .processes
  ) { controller, names throws(CallFailure) in
    guard controller.isUp() else { return }
    guard !names.isEmpty else {
      return controller.misused("stop requires a process name")
    }
    try GroupOrder.stop.run(names, controller)
  }

  static let restart = Command(
    name: "restart",
    help: [
      "restart <name>\t\tRestart a process",
      "restart <gname>:*\tRestart all processes in a group",
      "restart <name> <name>\tRestart multiple processes or groups",
      "restart all\t\tRestart all processes",
      "Note: restart does not reread config files. For that, see reread and update.",
    ], completes: .processes
  ) { controller, names throws(CallFailure) in
    guard controller.isUp() else { return }
    guard !names.isEmpty else {
      return controller.misused("restart requires a process name")
    }
    try GroupOrder.stop.run(names, controller)
    try GroupOrder.start.run(names, controller)
  }
}

/// An order that is given to one process, to a group or to all.
struct GroupOrder {
  let one: String
  let group: String
  let all: String
  /// What is said when it worked.
  let done: String
  /// The fault that is no failure: there was nothing to do.
  let harmless: Int
  /// Exit status for a group that is not there.
  let noGroup: Int32

  static let start = GroupOrder(
    one: "startProcess", group: "startProcessGroup", all: "startAllProcesses", done: "started",
    harmless: 60, noGroup: Controller.Status.invalidArguments)
  static let stop = GroupOrder(
    one: "stopProcess", group: "stopProcessGroup", all: "stopAllProcesses", done: "stopped",
    harmless: 70, noGroup: Controller.Status.generic)

  func run(_ names: [String], _ controller: Controller) throws(CallFailure) {
    if names.contains("all") {
      for result in try controller.call(all).array ?? [] { show(result, controller) }
      return
    }
    for name in names {
      let spec = Namespec(name)
      do throws(CallFailure) {
        guard let process = spec.process else {
          let results = try controller.call(group, .string(spec.group)).array ?? []
          for result in results { show(result, controller) }
          continue
        }
        _ = try controller.call(one, .string(name))
        controller.say("\(Namespec.text(spec.group, process)): \(done)")
      } catch {
        guard case .fault(let code, let text) = error else { throw error }
        if spec.process == nil {
          guard code == 10 else { throw error }
          controller.say("\(spec.group): ERROR (no such group)")
          controller.exitStatus = noGroup
        } else {
          show(
            [
              "group": .string(spec.group), "name": .string(spec.process ?? ""),
              "status": .int(code), "description": .string(text),
            ], controller)
        }
      }
    }
  }

  private func show(_ result: XMLRPCValue, _ controller: Controller) {
    let code = result["status"]?.int ?? 0
    let name = result.displayName
    switch code {
    case 80: controller.say("\(name): \(done)")
    case 10: controller.say("\(name): ERROR (no such process)")
    case 20: controller.say("\(name): ERROR (no such file)")
    case 21: controller.say("\(name): ERROR (file is not executable)")
    case 30: controller.say(result["description"]?.string ?? "")
    case 40: controller.say("\(name): ERROR (abnormal termination)")
    case 50: controller.say("\(name): ERROR (spawn error)")
    case 60: controller.say("\(name): ERROR (already started)")
    case 70: controller.say("\(name): ERROR (not running)")
    default:
      controller.tell(.other("ValueError", "Unknown result code \(code) for \(name)"))
    }
    controller.note(fault: code, ignoring: harmless)
  }
}
