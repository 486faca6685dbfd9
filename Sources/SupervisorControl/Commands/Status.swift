import XMLRPC

extension Command {
  static let status = Command(
    name: "status",
    help: [
      "status <name>\t\tGet status for a single process",
      "status <gname>:*\tGet status for all processes in a group",
      "status <name> <name>\tGet status for multiple named processes",
      "status\t\t\tGet all process status info",
    ], completes: .processes
  ) { controller, names throws(CallFailure) in
    guard controller.isUp() else {
      // For an init script a daemon that does not answer is "unknown".
      if controller.exitStatus != Controller.Status.generic {
        controller.exitStatus = Controller.Status.insufficientPrivileges
      }
      return
    }
    let all = try controller.call("getAllProcessInfo").array ?? []
    var shown = all
    if !names.isEmpty && !names.contains("all") {
      shown = []
      for name in names {
        let found = all.filter { $0.isMeant(by: Namespec(name)) }
        shown += found
        guard found.isEmpty else { continue }
        let spec = Namespec(name)
        controller.say(
          spec.process == nil
            ? "\(spec.group): ERROR (no such group)" : "\(name): ERROR (no such process)")
        controller.exitStatus = Controller.Status.insufficientPrivileges
      }
    }
    StatusTable.show(shown, controller)
    let isDown = shown.contains { [0, 100, 200, 1_000].contains($0["state"]?.int ?? 0) }
    if isDown { controller.exitStatus = Controller.Status.unimplemented }
  }
}

/// The columns of `status`: name, state, description.
enum StatusTable {
  static func show(_ processes: [XMLRPCValue], _ controller: Controller) {
    let names = processes.map(\.displayName)
    let width = max(30, names.map(\.unicodeScalars.count).max() ?? 0) + 3
    for (name, process) in zip(names, processes) {
      let state = process["statename"]?.string ?? ""
      controller.say(
        name.padded(width) + state.padded(10) + (process["description"]?.string ?? ""))
    }
  }
}

extension XMLRPCValue {
  /// `group:name` of a process or result struct.
  var displayName: String {
    Namespec.text(self["group"]?.string ?? "", self["name"]?.string ?? "")
  }

  /// Whether a name means this process.
  func isMeant(by name: Namespec) -> Bool {
    guard self["group"]?.string == name.group else { return false }
    return name.process == nil || self["name"]?.string == name.process
  }
}

extension String {
  /// Blanks up to a width.
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - unicodeScalars.count))
  }
}
