import CLinux

/// Base64 with the standard alphabet, by the C library; white space between digits is ignored.
package enum Base64 {
  /// The bytes; nil when the text is not base64.
  package static func decode(_ text: String) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: text.utf8.count / 4 * 3 + 3)
    let count = cl_base64_decode(text, &out, out.count)
    return count < 0 ? nil : Array(out.prefix(Int(count)))
  }

  /// The text of some bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    var out = [CChar](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    let count = cl_base64_encode(bytes, bytes.count, &out, out.count)
    return String(
      decoding: out.prefix(max(0, Int(count))).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
