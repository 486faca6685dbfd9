import XMLRPC

extension Command {
  static let clear = Command(
    name: "clear",
    help: [
      "clear <name>\t\tClear a process' log files.",
      "clear <name> <name>\tClear multiple process' log files",
      "clear all\t\tClear all process' log files",
    ], completes: .processes
  ) { controller, names throws(CallFailure) in
    guard controller.isUp() else { return }
    guard !names.isEmpty else {
      return controller.misused("clear requires a process name")
    }
    if names.contains("all") {
      for result in try controller.call("clearAllProcessLogs").array ?? [] {
        tell(result.displayName, result["status"]?.int ?? 0, controller)
      }
      return
    }
    for name in try expand(names, controller) {
      do throws(CallFailure) {
        _ = try controller.call("clearProcessLogs", .string(name))
        tell(name, 80, controller)
      } catch {
        guard case .fault(let code, _) = error else { throw error }
        tell(name, code, controller)
      }
    }
  }

  /// `group:*` is all of a group; the stock program has no idea of it here.
  private static func expand(
    _ names: [String], _ controller: Controller
  ) throws(CallFailure) -> [String] {
    guard names.contains(where: { Namespec($0).process == nil }) else { return names }
    let all = try controller.call("getAllProcessInfo").array ?? []
    return names.flatMap { name -> [String] in
      let spec = Namespec(name)
      let members = all.filter { $0.isMeant(by: spec) }.map(\.displayName)
      return spec.process == nil && !members.isEmpty ? members : [name]
    }
  }

  private static func tell(_ name: String, _ code: Int, _ controller: Controller) {
    let spec = Namespec(name)
    let shown = Namespec.text(spec.group, spec.process ?? "*")
    switch code {
    case 80: controller.say("\(shown): cleared")
    case 10: controller.say("\(shown): ERROR (no such process)")
    case 30: controller.say("\(shown): ERROR (failed)")
    default: controller.tell(.other("ValueError", "Unknown result code \(code) for \(shown)"))
    }
    controller.note(fault: code)
  }
}
