/// A JSON value. Numbers keep the difference between integer and real, as Python's do.
package enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// The text of a string; nil for anything else.
  package var string: String? { if case .string(let s) = self { s } else { nil } }
  /// The number of an integer; nil for anything else, a real included.
  package var int: Int? { if case .int(let n) = self { n } else { nil } }
  /// The truth of a boolean; nil for anything else.
  package var bool: Bool? { if case .bool(let b) = self { b } else { nil } }
  /// The items of an array; nil for anything else.
  package var array: [JSON]? { if case .array(let a) = self { a } else { nil } }
  /// The object itself; nil for anything else.
  package var object: JSONObject? { if case .object(let o) = self { o } else { nil } }
  /// An integer or real as a real.
  package var number: Double? {
    switch self {
    case .int(let n): Double(n)
    case .double(let x): x
    case .null, .bool, .string, .array, .object: nil
    }
  }
  /// A member of an object; nil for anything else.
  package subscript(key: String) -> JSON? { object?[key] }
}

/// An object that keeps the order of its members. Objects here are small: look-up is a scan.
package struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  /// The members in the order they were added.
  package private(set) var members: [(key: String, value: JSON)]

  package init() { members = [] }
  package init(_ members: [(String, JSON)]) { self.members = members.map { ($0.0, $0.1) } }
  package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

  /// The first member with this key; setting nil removes it, a new one goes last.
  package subscript(key: String) -> JSON? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  /// Whether there is no member at all.
  package var isEmpty: Bool { members.isEmpty }

  package static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.members.count == b.members.count && a.members.allSatisfy { b[$0.key] == $0.value }
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(members.count) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(.init(elements)) }
  package init(nilLiteral: ()) { self = .null }
}
