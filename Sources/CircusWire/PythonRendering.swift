import CircusModel
import JSON

extension JSON {
  /// The value as Python's `str()` shows it: `True`, `30.0`, `{'a': 1}`; null is empty at the top.
  package var pythonText: String {
    switch self {
    case .null: ""
    case .string(let text): text
    case .bool, .int, .double, .array, .object: pythonRepr
    }
  }

  private var pythonRepr: String {
    switch self {
    case .null: "None"
    case .bool(let b): b ? "True" : "False"
    case .int(let n): String(n)
    case .double(let x): x.description
    case .string(let text): PythonText.quoted(text)
    case .array(let items): "[" + items.map(\.pythonRepr).joined(separator: ", ") + "]"
    case .object(let object):
      "{"
        + object.members.map { "\(PythonText.quoted($0.key)): \($0.value.pythonRepr)" }.joined(
          separator: ", ")
        + "}"
    }
  }

  /// One `key: value` line of `get` and `options`; an environment reads `A=1,B=2`.
  static func optionLine(_ key: String, _ value: JSON) -> String {
    guard key == "env", let env = value.object else {
      return "\(key): \(value.pythonText)"
    }
    let pairs = env.members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.pythonText)" }
    return "\(key): \(pairs.joined(separator: ","))"
  }
}
