import CircusCore
import XMLRPC

/// `system.*`: what there is, and several calls in one (supervisor.md 4.9).
extension RPCInterface {
  static let systemMethods: [String: RPCMethod] = [
    "listMethods": RPCMethod(["array"], help: "The names of all methods.") { interface, _ in
      .array(interface.methodNames.map { .string($0) })
    },
    "methodHelp": RPCMethod(["string", "string"], help: "What a method does.") {
      interface, parameters throws(Fault) in
      .string(try interface.described(try parameters.string(0)).help)
    },
    "methodSignature": RPCMethod(
      ["array", "string"], help: "The types of a method's result and parameters."
    ) { interface, parameters throws(Fault) in
      let method = try interface.described(try parameters.string(0))
      return .array(method.signature.map { .string($0) })
    },
    "multicall": RPCMethod(
      ["array", "array"],
      help: "Several calls, one after the other: structs of methodName and params. Answers with "
        + "their results; a failure is a struct of faultCode and faultString."
    ) { interface, parameters, answer throws(Fault) in
      let calls = try parameters.list(0)
      let batch = Batch(agent: parameters.agent, wraps: RPCInterface.isMultiCall(calls, parameters.agent))
      interface.run(calls[...], [], batch, answer)
    },
  ]

  private func described(_ name: String) throws(Fault) -> RPCMethod {
    guard let method = method(name) else { throw Fault(.signatureUnsupported) }
    return method
  }

  private struct Batch {
    let agent: String
    /// Whether each result is put into an array of one.
    let wraps: Bool
  }

  /// supervisor answers with bare values, which clients written for it expect. Python's `MultiCall`
  /// cannot read those; it sends `params` with every call, also with those that take none.
  private static func isMultiCall(_ calls: [XMLRPCValue], _ agent: String) -> Bool {
    agent.hasPrefix("Python-xmlrpc") && calls.allSatisfy { $0["params"] != nil }
  }

  /// Each call is begun when the one before it has been answered.
  private func run(
    _ calls: ArraySlice<XMLRPCValue>, _ results: [XMLRPCValue], _ batch: Batch,
    _ answer: @escaping RPCMethod.Answer
  ) {
    guard let next = calls.first else { return answer(.success(.array(results))) }
    let rest = calls.dropFirst()
    single(next, batch) { [unowned self] result in
      switch result {
      case .success(let value):
        run(rest, results + [batch.wraps ? [value] : value], batch, answer)
      case .failure(let fault):
        let failure: XMLRPCValue = [
          "faultCode": .int(fault.code.rawValue), "faultString": .string(fault.text),
        ]
        run(rest, results + [failure], batch, answer)
      }
    }
  }

  private func single(
    _ entry: XMLRPCValue, _ batch: Batch, _ answer: @escaping RPCMethod.Answer
  ) {
    guard let name = entry["methodName"]?.string else {
      return answer(.failure(Fault(.incorrectParameters, "No methodName")))
    }
    guard name != "system.multicall" else {
      return answer(
        .failure(Fault(.incorrectParameters, "Recursive system.multicall forbidden")))
    }
    call(name, entry["params"]?.array ?? [], agent: batch.agent, answer)
  }
}
