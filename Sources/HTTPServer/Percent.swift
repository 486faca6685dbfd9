import CEvent
import Glibc

/// Percent encoding of targets and forms, by libevent.
package enum Percent {
  /// `%41` to `A`; with `plusIsBlank`, as forms have it, `+` to a blank.
  package static func decode(_ text: String, plusIsBlank: Bool = false) -> String {
    var count = 0
    guard let decoded = evhttp_uridecode(text, plusIsBlank ? 1 : 0, &count) else { return text }
    defer { free(decoded) }
    return String(decoding: UnsafeRawBufferPointer(start: decoded, count: count), as: UTF8.self)
  }

  /// Everything but letters, digits and `-._~` as `%XX`.
  package static func encode(_ text: String) -> String {
    guard let encoded = evhttp_uriencode(text, -1, 0) else { return text }
    defer { free(encoded) }
    return String(cString: encoded)
  }

  /// `a=1&b=2` by name; of equal names the first counts.
  package static func form(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = decode(String(parts[0]), plusIsBlank: true)
      let value = parts.count > 1 ? decode(String(parts[1]), plusIsBlank: true) : ""
      if fields[name] == nil { fields[name] = value }
    }
    return fields
  }
}
