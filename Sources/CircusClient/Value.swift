import JSON

/// Any value the protocol carries: option values, replies, what a newer daemon adds.
public enum Value: Hashable, Sendable {
  /// Nothing.
  case null
  /// true or false.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number with a fraction.
  case double(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case array([Value])
  /// Values by name.
  case object([String: Value])

  /// The text of a string; nil for anything else.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The number of a whole number; nil for anything else.
  public var int: Int? { if case .int(let number) = self { number } else { nil } }
  /// The truth of a bool; nil for anything else.
  public var bool: Bool? { if case .bool(let truth) = self { truth } else { nil } }
  /// Any number as a double; nil for anything else.
  public var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    case .null, .bool, .string, .array, .object: nil
    }
  }
  /// The items of an array; nil for anything else.
  public var array: [Value]? { if case .array(let items) = self { items } else { nil } }
  /// The members of an object; nil for anything else.
  public var object: [String: Value]? {
    if case .object(let members) = self { members } else { nil }
  }
  /// A member of an object; nil for anything else.
  public subscript(key: String) -> Value? { object?[key] }

  init(_ json: JSON) {
    switch json {
    case .null: self = .null
    case .bool(let truth): self = .bool(truth)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let items): self = .array(items.map(Value.init))
    case .object(let object):
      self = .object(
        Dictionary(object.members.map { ($0.key, Value($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }

  var json: JSON {
    switch self {
    case .null: .null
    case .bool(let truth): .bool(truth)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .string(let text): .string(text)
    case .array(let items): .array(items.map(\.json))
    case .object(let members):
      .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `"text"`.
  public init(stringLiteral value: String) { self = .string(value) }
  /// `5`.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// `true`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// `0.5`.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// `[1, 2]`.
  public init(arrayLiteral elements: Value...) { self = .array(elements) }
  /// `["a": 1]`.
  public init(dictionaryLiteral elements: (String, Value)...) {
    self = .object(Dictionary(elements) { $1 })
  }
}
