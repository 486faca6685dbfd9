import CircusCore
import LinuxSystem
import XMLRPC

/// From a call to the bytes it is answered with.
final class RPCAnswers {
  private let interface: RPCInterface
  /// The last table of processes, for as long as the answer stays the same.
  private var table: (moment: Moment, bytes: [UInt8])?

  /// The table tells the second it was made in, and whatever the arbiter knows.
  private struct Moment: Hashable {
    let revision: Int
    let second: Int
  }

  init(_ interface: RPCInterface) { self.interface = interface }

  /// Calls and hands over the answer, at once or when it is known.
  func answer(_ call: XMLRPCCall, agent: String, _ take: @escaping ([UInt8]) -> Void) {
    // What pollers ask for again and again is written once as long as nothing happens.
    let isTable = call.method == "supervisor.getAllProcessInfo" && call.parameters.isEmpty
    let moment = Moment(revision: interface.daemon.revision, second: Int(Clock.wall))
    if isTable, let table, table.moment == moment { return take(table.bytes) }
    interface.call(call.method, call.parameters, agent: agent) { [weak self] result in
      switch result {
      case .success(let value):
        let bytes = XMLRPCResponse.value(value).encode()
        if isTable { self?.table = (moment, bytes) }
        take(bytes)
      case .failure(let fault):
        take(XMLRPCResponse.fault(code: fault.code.rawValue, text: fault.text).encode())
      }
    }
  }
}
