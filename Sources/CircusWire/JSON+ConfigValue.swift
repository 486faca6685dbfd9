import CircusModel
import JSON

extension JSON {
  /// A configuration value as JSON; maps are ordered by key.
  package init(_ value: ConfigValue) {
    switch value {
    case .null: self = .null
    case .bool(let b): self = .bool(b)
    case .int(let n): self = .int(n)
    case .float(let x): self = .double(x)
    case .string(let s): self = .string(s)
    case .list(let items): self = .array(items.map { JSON($0) })
    case .map(let map):
      self = .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }))
    }
  }

  /// The same the other way, for options that arrive over the protocol.
  package var value: ConfigValue {
    switch self {
    case .null: .null
    case .bool(let b): .bool(b)
    case .int(let n): .int(n)
    case .double(let x): .float(x)
    case .string(let s): .string(s)
    case .array(let items): .list(items.map(\.value))
    case .object(let object):
      .map(Dictionary(object.members.map { ($0.key, $0.value.value) }) { $1 })
    }
  }
}
