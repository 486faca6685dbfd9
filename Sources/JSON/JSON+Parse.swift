import CJansson

/// What jansson found wrong, and where.
package struct JSONError: Error, Equatable {
  /// jansson's description of the mistake.
  package let message: String
  /// Line of the mistake, from 1.
  package let line: Int
  /// Column of the mistake in its line, in characters.
  package let column: Int
}

extension JSON {
  /// Parses one JSON text; any value is allowed at the top, surrounding blanks are ignored.
  ///
  /// jansson does the parsing: it refuses bytes that are not UTF-8, numbers out of range and
  /// nesting deeper than 2,048.
  package static func parse(_ bytes: some Collection<UInt8>) throws(JSONError) -> JSON {
    let contiguous = Array(bytes)
    return try parse(contiguous: contiguous)
  }

  private static func parse(contiguous bytes: [UInt8]) throws(JSONError) -> JSON {
    var error = json_error_t()
    let flags = json_flag(JSON_DECODE_ANY) | json_flag(JSON_ALLOW_NUL)
    let root = bytes.withUnsafeBytes { buffer in
      json_loadb(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, flags, &error)
    }
    guard let root else {
      let message = withUnsafeBytes(of: error.text) { text in
        String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw JSONError(message: message, line: Int(error.line), column: Int(error.column))
    }
    defer { json_decref(root) }
    return value(of: root)
  }

  private static func json_flag(_ flag: Int32) -> Int { Int(flag) }

  private static func value(of node: UnsafeMutablePointer<json_t>) -> JSON {
    switch node.pointee.type {
    case JSON_OBJECT:
      var members: [(String, JSON)] = []
      members.reserveCapacity(json_object_size(node))
      var iterator = json_object_iter(node)
      while let place = iterator {
        if let key = json_object_iter_key(place), let item = json_object_iter_value(place) {
          members.append((String(cString: key), value(of: item)))
        }
        iterator = json_object_iter_next(node, place)
      }
      return .object(JSONObject(members))
    case JSON_ARRAY:
      return .array((0..<json_array_size(node)).compactMap { json_array_get(node, $0).map(value) })
    case JSON_STRING:
      let bytes = UnsafeRawBufferPointer(
        start: json_string_value(node), count: json_string_length(node))
      return .string(String(decoding: bytes, as: UTF8.self))
    case JSON_INTEGER: return .int(Int(json_integer_value(node)))
    case JSON_REAL: return .double(json_real_value(node))
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    default: return .null
    }
  }
}
