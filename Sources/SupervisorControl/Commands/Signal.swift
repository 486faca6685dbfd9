import XMLRPC

extension Command {
  static let signal = Command(
    name: "signal",
    help: [
      "signal <signal name> <name>\t\tSignal a process",
      "signal <signal name> <gname>:*\t\tSignal all processes in a group",
      "signal <signal name> <name> <name>\tSignal multiple processes or groups",
      "signal <signal name> all\t\tSignal all processes",
    ], completes: .processes
  ) { controller, words throws(CallFailure) in
    guard controller.isUp() else { return }
    guard words.count >= 2 else {
      return controller.misused("signal requires a signal name and a process name")
    }
    let name = XMLRPCValue.string(words[0])
    if words.dropFirst().contains("all") {
      let results = try controller.call("signalAllProcesses", name).array ?? []
      for result in results { show(result, controller) }
      return
    }
    for word in words.dropFirst() { try send(name, to: word, controller) }
  }

  private static func send(
    _ signal: XMLRPCValue, to word: String, _ controller: Controller
  ) throws(CallFailure) {
    let spec = Namespec(word)
    do throws(CallFailure) {
      guard let process = spec.process else {
        let results = try controller.call("signalProcessGroup", .string(spec.group), signal).array
        for result in results ?? [] { show(result, controller) }
        return
      }
      _ = try controller.call("signalProcess", .string(word), signal)
      controller.say("\(Namespec.text(spec.group, process)): signalled")
    } catch {
      guard case .fault(let code, let text) = error else { throw error }
      if spec.process == nil {
        guard code == 10 else { throw error }
        controller.say("\(spec.group): ERROR (no such group)")
        controller.exitStatus = Controller.Status.generic
      } else {
        show(
          [
            "group": .string(spec.group), "name": .string(spec.process ?? ""), "status": .int(code),
            "description": .string(text),
          ], controller)
      }
    }
  }

  private static func show(_ result: XMLRPCValue, _ controller: Controller) {
    let code = result["status"]?.int ?? 0
    let name = result.displayName
    switch code {
    case 80: controller.say("\(name): signalled")
    case 10: controller.say("\(name): ERROR (no such process)")
    case 11: controller.say("\(name): ERROR (bad signal name)")
    case 70: controller.say("\(name): ERROR (not running)")
    case 30: controller.say(result["description"]?.string ?? "")
    default: controller.tell(.other("ValueError", "Unknown result code \(code) for \(name)"))
    }
    controller.note(fault: code)
  }
}
