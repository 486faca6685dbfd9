import LinuxSystem

/// What circusctl prints, and where.
enum Terminal {
  static func say(_ text: String) { write(text + "\n", 1) }
  static func complain(_ text: String) { write(text + "\n", 2) }
  static func prompt(_ text: String) { write(text, 1) }

  private static func write(_ text: String, _ descriptor: Int32) {
    try? writeAll(descriptor, Array(text.utf8))
  }

  /// Python's literal for bytes: `b'...'`.
  static func bytesLiteral(_ bytes: [UInt8]) -> String {
    let quote: UInt8 =
      bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\"")) ? 0x22 : 0x27
    var out = "b" + String(UnicodeScalar(quote))
    for byte in bytes {
      switch byte {
      case 0x5C: out += "\\\\"
      case 0x0A: out += "\\n"
      case 0x0D: out += "\\r"
      case 0x09: out += "\\t"
      case quote: out += "\\" + String(UnicodeScalar(quote))
      case 0x20...0x7E: out += String(UnicodeScalar(byte))
      default: out += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return out + String(UnicodeScalar(quote))
  }
}
