import CircusCore
import CircusModel
import XMLRPC

/// `system.*`: what there is, and several calls in one (supervisor.md 4.9).
extension RPCInterface {
  static let systemMethods: [String: RPCMethod] = [
    "listMethods": RPCMethod(.view, ["array"], help: "The names of all methods.") { interface, _ in
      .array(interface.methodNames.map { .string($0) })
    },
    "methodHelp": RPCMethod(.view, ["string", "string"], help: "What a method does.") {
      interface, parameters throws(Fault) in
      .string(try interface.described(try parameters.string(0)).help)
    },
    "methodSignature": RPCMethod(
      .view, ["array", "string"], help: "The types of a method's result and parameters."
    ) { interface, parameters throws(Fault) in
      let method = try interface.described(try parameters.string(0))
      return .array(method.signature.map { .string($0) })
    },
    "multicall": RPCMethod(
      .view, ["array", "array"],
      help: "Several calls, one after the other: structs of methodName and params. Answers with "
        + "their results; a failure is a struct of faultCode and faultString."
    ) { interface, parameters, answer throws(Fault) in
      let calls = try parameters.list(0)
      Multicall(interface, calls, agent: parameters.agent, answer).run()
    },
  ]

  private func described(_ name: String) throws(Fault) -> RPCMethod {
    guard let method = method(name) else { throw Fault(.signatureUnsupported) }
    return method
  }
}
