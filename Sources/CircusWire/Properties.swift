import CircusModel
import JSON

/// A request's `properties`, read with circus's messages for what is missing or wrong.
package struct Properties: Sendable {
  /// The properties as they came.
  package let object: JSONObject

  package init(_ object: JSONObject) { self.object = object }

  /// A property; an explicit null counts as left out.
  package subscript(key: String) -> JSON? {
    let value = object[key]
    return value == .null ? nil : value
  }

  /// A property that must be there; null is let through.
  package func require(_ key: String) throws(RequestError) -> JSON {
    guard let value = object[key] else { throw .missingProperty(key) }
    return value
  }

  /// A watcher's name that must be given.
  package func name() throws(RequestError) -> String {
    guard let name = try require("name").string else { throw .invalid("'name' isn't a string") }
    return name
  }

  /// A watcher's name that may be left out.
  package func optionalName() throws(RequestError) -> String? {
    guard let value = self["name"] else { return nil }
    guard let name = value.string else { throw .invalid("'name' isn't a string") }
    return name.isEmpty ? nil : name
  }

  /// The watchers of `name` and `names`; empty: neither is there.
  package func names() throws(RequestError) -> [String] {
    var names = try optionalName().map { [$0] } ?? []
    for value in self["names"]?.array ?? [] {
      guard let name = value.string else { throw .invalid("'names' holds more than names") }
      names.append(name)
    }
    return names
  }

  /// A truth value, also as a number; the fallback for anything else.
  package func bool(_ key: String, _ fallback: Bool = false) -> Bool {
    switch self[key] {
    case .bool(let b)?: b
    case .int(let n)?: n != 0
    case .null?, .double?, .string?, .array?, .object?, nil: fallback
    }
  }

  /// A whole number, also as text: circusctl sends some that way.
  package func integer(_ key: String) throws(RequestError) -> Int? {
    switch self[key] {
    case nil: return nil
    case .int(let n)?: return n
    case .double(let x)? where x == x.rounded() && abs(x) < 1e15: return Int(x)
    case .string(let text)?:
      guard let n = Int(text) else { break }
      return n
    case .null?, .bool?, .double?, .array?, .object?: break
    }
    throw .invalid("'\(key)' isn't an integer")
  }

  /// `nb` of `incr` and `decr`: 1 unless given.
  package func processChange() throws(RequestError) -> Int {
    let count = try integer("nb") ?? 1
    guard (-100_000...100_000).contains(count) else {
      throw .invalid("'nb' is out of range: at most 100000 processes")
    }
    return count
  }

  /// A number, also as text; nil when left out.
  package func number(_ key: String) throws(RequestError) -> Double? {
    guard let value = self[key] else { return nil }
    if let number = value.number ?? value.string.flatMap({ Double($0) }) { return number }
    throw .invalid("'\(key)' isn't a number")
  }

  /// A signal as number or name (circus.md 1.3); nil when left out.
  package func signal(_ key: String) throws(RequestError) -> Signal? {
    switch self[key] {
    case nil: return nil
    case .int(let n)? where (0...64).contains(n): return Signal(Int32(n))
    case .int(let n)?: throw .unknownSignal(String(n))
    case .string(let text)?:
      guard let signal = Signal(parsing: text) else { throw .unknownSignal(text) }
      return signal
    case .null?, .bool?, .double?, .array?, .object?: throw .unknownSignal(key)
    }
  }

  /// Whether the reply is to come when all is done; false unless asked (circus.md 3.2).
  package var isWaiting: Bool { bool("waiting") }
}

/// Which watchers a name means (circus.md 3.6).
package enum NameMatch: String, Sendable, Hashable {
  case glob, simple, regex

  package init(_ properties: Properties) throws(RequestError) {
    guard let value = properties["match"] else {
      self = .glob
      return
    }
    guard let match = value.string.flatMap(NameMatch.init(rawValue:)) else {
      throw .invalid("unknown match method \(value.string ?? value.text)")
    }
    self = match
  }
}
