import CircusCore
import CircusModel
import XMLRPC

/// One method of `supervisor.*` or `system.*`.
package struct RPCMethod: Sendable {
  /// Takes the value a method returns, or the fault it ends with.
  package typealias Answer = (Result<XMLRPCValue, Fault>) -> Void
  typealias Body = @Sendable (RPCInterface, RPCParameters, @escaping Answer) throws(Fault) -> Void

  /// What its caller must be allowed to do.
  let right: Right
  /// Types as `system.methodSignature` tells them: of the result, then of each parameter.
  let signature: [String]
  /// How many of the last parameters may be left out.
  let optional: Int
  /// What `system.methodHelp` tells.
  let help: String
  /// Answers at once or later.
  let body: Body

  /// A method whose answer may take its time.
  init(
    _ right: Right, _ signature: [String], optional: Int = 0, help: String,
    later body: @escaping Body
  ) {
    self.right = right
    self.signature = signature
    self.optional = optional
    self.help = help
    self.body = body
  }

  /// A method that knows its answer.
  init(
    _ right: Right, _ signature: [String], help: String,
    _ body: @escaping @Sendable (RPCInterface, RPCParameters) throws(Fault) -> XMLRPCValue
  ) {
    self.init(right, signature, help: help) { interface, parameters, answer throws(Fault) in
      answer(.success(try body(interface, parameters)))
    }
  }

  /// How many arguments it takes.
  var counts: ClosedRange<Int> { (signature.count - 1 - optional)...(signature.count - 1) }
}
