import CircusCore
import CircusModel
import CircusOutput
import CircusShell
import XMLRPC

/// What is written to a process's stdin.
extension RPCInterface {
  static let inputMethods: [String: RPCMethod] = [
    "sendProcessStdin": RPCMethod(
      .admin, ["boolean", "string", "string"], help: "Write text to a process's standard input."
    ) { interface, parameters throws(Fault) in
      let name = try parameters.string(0)
      let text = try parameters.chars(1)
      let view = try interface.process(name)
      guard view.stage.isRunning, let pid = view.slot?.state.pid else {
        throw Fault(.notRunning, view.displayName)
      }
      do {
        guard let input = interface.daemon.input(of: pid) else {
          throw StandardInput.Refusal.closed
        }
        try input.send(Array(text.utf8))
      } catch StandardInput.Refusal.full {
        throw Fault(.failed, view.displayName)
      } catch {
        throw Fault(.noFile, view.displayName)
      }
      return true
    }
  ]
}
