/// A value as XML-RPC knows it. There is no null.
package enum XMLRPCValue: Hashable, Sendable {
  case int(Int)
  case bool(Bool)
  case double(Double)
  case string(String)
  case array([XMLRPCValue])
  /// Members in the order they were given.
  case structure([Member])

  /// One member of a struct.
  package struct Member: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// What it holds.
    package var value: XMLRPCValue
    package init(_ name: String, _ value: XMLRPCValue) {
      self.name = name
      self.value = value
    }
  }

  /// The text of a string; nil for anything else.
  package var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The number of an int; nil for anything else.
  package var int: Int? { if case .int(let number) = self { number } else { nil } }
  /// The truth of a boolean; nil for anything else.
  package var bool: Bool? { if case .bool(let truth) = self { truth } else { nil } }
  /// The items of an array; nil for anything else.
  package var array: [XMLRPCValue]? { if case .array(let items) = self { items } else { nil } }
  /// A member of a struct; nil for anything else.
  package subscript(name: String) -> XMLRPCValue? {
    guard case .structure(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}

extension XMLRPCValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: XMLRPCValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, XMLRPCValue)...) {
    self = .structure(elements.map { Member($0.0, $0.1) })
  }
}

extension XMLRPCValue {
  /// Bytes it takes in an answer, about: for bounds.
  package var size: Int {
    switch self {
    case .int, .bool, .double: 40
    case .string(let text): 40 + text.utf8.count
    case .array(let items): items.reduce(40) { $0 + $1.size }
    case .structure(let members):
      members.reduce(40) { $0 + 60 + $1.name.utf8.count + $1.value.size }
    }
  }
}
