import XMLRPC

extension Command {
  static let pid = Command(
    name: "pid",
    help: [
      "pid\t\t\tGet the PID of supervisord.",
      "pid <name>\t\tGet the PID of a single child process by name.",
      "pid all\t\t\tGet the PID of every child process, one per line.",
    ], completes: .processes
  ) { controller, names throws(CallFailure) in
    guard controller.isUp() else { return }
    if names.isEmpty {
      controller.say("\(try controller.call("getPID").int ?? 0)")
      return
    }
    if names.contains("all") {
      for process in try controller.call("getAllProcessInfo").array ?? [] {
        controller.say("\(process["pid"]?.int ?? 0)")
      }
      return
    }
    for name in names {
      do throws(CallFailure) {
        let pid = try controller.call("getProcessInfo", .string(name))["pid"]?.int ?? 0
        controller.say("\(pid)")
        if pid == 0 { controller.exitStatus = Controller.Status.notRunning }
      } catch {
        guard case .fault(10, _) = error else { throw error }
        controller.say("No such process \(name)")
        controller.exitStatus = Controller.Status.generic
      }
    }
  }
}
