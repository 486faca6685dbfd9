import CircusConfig
import CircusCore
import CircusModel
import XMLRPC

/// The arguments of a call, with supervisor's complaints about them.
struct RPCParameters {
  private let values: [XMLRPCValue]
  /// The client's `User-Agent`.
  let agent: String

  /// Throws when there are too few or too many.
  init(_ values: [XMLRPCValue], _ counts: ClosedRange<Int>, agent: String) throws(Fault) {
    guard counts.contains(values.count) else { throw Fault(.incorrectParameters) }
    self.values = values
    self.agent = agent
  }

  /// A text that must be one; the complaint shows what it is instead.
  func chars(_ index: Int) throws(Fault) -> String {
    guard let text = values[index].string else {
      throw Fault(.incorrectParameters, values[index].pythonText)
    }
    return text
  }

  func string(_ index: Int) throws(Fault) -> String {
    guard let text = values[index].string else { throw Fault(.incorrectParameters) }
    return text
  }

  /// Numbers may be given as text, as Python's `int()` takes them.
  func integer(_ index: Int) throws(Fault) -> Int {
    if let number = values[index].int { return number }
    // Some clients know one kind of number.
    if case .double(let number) = values[index], let whole = Int(exactly: number) { return whole }
    if let text = values[index].string, let number = Int(text) { return number }
    throw Fault(.incorrectParameters)
  }

  /// What is not given counts as true; numbers and texts by Python's idea of truth.
  func isWaiting(_ index: Int) -> Bool {
    guard values.indices.contains(index) else { return true }
    switch values[index] {
    case .bool(let truth): return truth
    case .int(let number): return number != 0
    case .double(let number): return number != 0
    case .string(let text): return !text.isEmpty
    case .array(let items): return !items.isEmpty
    case .structure(let members): return !members.isEmpty
    }
  }

  /// Any value as text, the way Python would print it.
  func text(_ index: Int) -> String { values[index].string ?? values[index].pythonText }

  /// A list of structs (`system.multicall`).
  func list(_ index: Int) throws(Fault) -> [XMLRPCValue] {
    guard let items = values[index].array else { throw Fault(.incorrectParameters) }
    return items
  }
}

extension XMLRPCValue {
  /// Python's `repr`.
  fileprivate var pythonText: String {
    switch self {
    case .string(let text): PythonText.quoted(text)
    case .int(let number): String(number)
    case .bool(let truth): truth ? "True" : "False"
    case .double(let number): number.description
    case .array(let items): "[\(items.map(\.pythonText).joined(separator: ", "))]"
    case .structure(let members):
      "{\(members.map { "\(PythonText.quoted($0.name)): \($0.value.pythonText)" }.joined(separator: ", "))}"
    }
  }
}
