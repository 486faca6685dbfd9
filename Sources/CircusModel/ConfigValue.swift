/// A configuration value as the reference parsers would hold it: what `--dump-config` prints and
/// what `options` reports.
package enum ConfigValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([ConfigValue])
  case map([String: ConfigValue])

  /// The text of a string; nil for any other kind.
  package var string: String? { if case .string(let s) = self { s } else { nil } }
  /// The number of an int; nil for any other kind, a float included.
  package var int: Int? { if case .int(let n) = self { n } else { nil } }
  /// The truth of a bool; nil for any other kind.
  package var bool: Bool? { if case .bool(let b) = self { b } else { nil } }
  /// The entries of a map; nil for any other kind.
  package var map: [String: ConfigValue]? { if case .map(let m) = self { m } else { nil } }
  /// A single value as it would stand in a file; nil for null, lists and maps.
  package var text: String? {
    switch self {
    case .string(let s): s
    case .int(let n): String(n)
    case .float(let x): x.description
    case .bool(let b): b ? "True" : "False"
    case .null, .list, .map: nil
    }
  }
  /// An int or a float as a float.
  package var number: Double? {
    switch self {
    case .int(let n): Double(n)
    case .float(let x): x
    case .null, .bool, .string, .list, .map: nil
    }
  }
}
