import CircusCore
import CircusModel
import XMLRPC

/// Signals to processes, by name or number.
extension RPCInterface {
  static let signalMethods: [String: RPCMethod] = [
    "signalProcess": RPCMethod(
      .operate, ["boolean", "string", "string"],
      help: "Send a signal to a process, or with group:* to all of a group."
    ) { interface, parameters throws(Fault) in
      let name = try parameters.string(0)
      switch interface.daemon.arbiter.find(name) {
      case .process(let view)?:
        try interface.signal(view, parameters.text(1))
        return true
      case .group(let views)?: return interface.signal(views, parameters.text(1))
      case nil: throw Fault(.badName, name)
      }
    },
    "signalProcessGroup": RPCMethod(
      .operate, ["array", "string", "string"], help: "Send a signal to all processes of a group."
    ) { interface, parameters throws(Fault) in
      interface.signal(try interface.group(try parameters.string(0)), parameters.text(1))
    },
    "signalAllProcesses": RPCMethod(
      .operate, ["array", "string"], help: "Send a signal to all processes."
    ) { interface, parameters throws(Fault) in
      interface.signal(interface.daemon.arbiter.processesInOrder, parameters.text(0))
    },
  ]

  private func signal(_ views: [ProcessView], _ text: String) -> XMLRPCValue {
    let results = views.filter(\.stage.isSignallable).map { view in
      var fault: Fault?
      do throws(Fault) { try signal(view, text) } catch { fault = error }
      return ProcessResult(name: view.name, group: view.group, fault: fault)
    }
    return .array(results.map(\.value))
  }

  private func signal(_ view: ProcessView, _ text: String) throws(Fault) {
    guard let signal = Signal(parsing: text), !text.contains("+") else {
      throw Fault(.badSignal, text)
    }
    guard view.stage.isSignallable, view.slot?.state.pid != nil else {
      throw Fault(.notRunning, view.displayName)
    }
    daemon.submit(.signal(view.key, signal), from: .httpClient, nil)
  }
}
