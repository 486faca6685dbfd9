extension JSON {
  /// The text as Python's `json.dumps` lays it out: `", "` and `": "`, ASCII only.
  ///
  /// Written here rather than by jansson because jansson prints reals with 17 digits where Python
  /// prints the shortest that reads back (`0.1`, not `0.10000000000000001`).
  package var text: String {
    var out: [UInt8] = []
    write(into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends the text to a buffer the caller owns.
  package func write(into out: inout [UInt8]) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .int(let value): out.append(contentsOf: String(value).utf8)
    case .double(let value): JSON.write(value, into: &out)
    case .string(let value): JSON.write(value, into: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(contentsOf: ", ".utf8) }
        item.write(into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let object): object.write(into: &out)
    }
  }

  /// Two blanks of indentation and sorted keys, for people.
  package var prettyText: String {
    var out: [UInt8] = []
    writePretty(into: &out, depth: 0)
    return String(decoding: out, as: UTF8.self)
  }

  private func writePretty(into out: inout [UInt8], depth: Int) {
    let inner = String(repeating: "  ", count: depth + 1)
    let outer = "\n" + String(repeating: "  ", count: depth)
    switch self {
    case .array(let items) where !items.isEmpty:
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        out.append(contentsOf: ((index > 0 ? ",\n" : "\n") + inner).utf8)
        item.writePretty(into: &out, depth: depth + 1)
      }
      out.append(contentsOf: (outer + "]").utf8)
    case .object(let object) where !object.isEmpty:
      out.append(UInt8(ascii: "{"))
      for (index, member) in object.members.sorted(by: { $0.key < $1.key }).enumerated() {
        out.append(contentsOf: ((index > 0 ? ",\n" : "\n") + inner).utf8)
        JSON.write(member.key, into: &out)
        out.append(contentsOf: ": ".utf8)
        member.value.writePretty(into: &out, depth: depth + 1)
      }
      out.append(contentsOf: (outer + "}").utf8)
    case .null, .bool, .int, .double, .string, .array, .object: write(into: &out)
    }
  }

  static func write(_ value: Double, into out: inout [UInt8]) {
    if value.isNaN {
      out.append(contentsOf: "NaN".utf8)
    } else if value.isInfinite {
      out.append(contentsOf: (value < 0 ? "-Infinity" : "Infinity").utf8)
    } else {
      out.append(contentsOf: value.description.utf8)
    }
  }

  static func write(_ value: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for scalar in value.unicodeScalars {
      switch scalar.value {
      case 0x22: out.append(contentsOf: #"\""#.utf8)
      case 0x5C: out.append(contentsOf: #"\\"#.utf8)
      case 0x0A: out.append(contentsOf: #"\n"#.utf8)
      case 0x0D: out.append(contentsOf: #"\r"#.utf8)
      case 0x09: out.append(contentsOf: #"\t"#.utf8)
      case 0x08: out.append(contentsOf: #"\b"#.utf8)
      case 0x0C: out.append(contentsOf: #"\f"#.utf8)
      case 0x20...0x7E: out.append(UInt8(scalar.value))
      default: for unit in Character(scalar).utf16 { writeEscape(unit, into: &out) }
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func writeEscape(_ unit: UInt16, into out: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    out.append(contentsOf: #"\u"#.utf8)
    for shift in [12, 8, 4, 0] { out.append(digits[Int(unit >> shift) & 15]) }
  }
}

extension JSONObject {
  /// Appends the text to a buffer the caller owns.
  package func write(into out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      if index > 0 { out.append(contentsOf: ", ".utf8) }
      JSON.write(member.key, into: &out)
      out.append(contentsOf: ": ".utf8)
      member.value.write(into: &out)
    }
    out.append(UInt8(ascii: "}"))
  }
}
