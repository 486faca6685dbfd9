/// Writes XML-RPC as Python's `xmlrpc.client` lays it out, one element a line (supervisor.md 4.3).
struct XMLRPCWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  mutating func raw(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func value(_ value: XMLRPCValue) {
    raw("<value>")
    switch value {
    case .int(let number):
      raw("<int>")
      bytes.append(contentsOf: String(number).utf8)
      raw("</int>")
    case .bool(let truth): raw(truth ? "<boolean>1</boolean>" : "<boolean>0</boolean>")
    case .double(let number):
      raw("<double>")
      bytes.append(contentsOf: number.description.utf8)
      raw("</double>")
    case .string(let text):
      raw("<string>")
      self.text(text)
      raw("</string>")
    case .array(let items):
      raw("<array><data>\n")
      for item in items { self.value(item) }
      raw("</data></array>")
    case .structure(let members):
      raw("<struct>\n")
      for member in members {
        raw("<member>\n<name>")
        text(member.name)
        raw("</name>\n")
        self.value(member.value)
        raw("</member>\n")
      }
      raw("</struct>")
    }
    raw("</value>\n")
  }

  /// Text with `& < >` escaped; what XML 1.0 does not allow is replaced, or a strict parser would
  /// refuse the whole answer.
  mutating func text(_ text: String) {
    if appendPlain(text) { return }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: raw("&amp;")
      case 0x3C: raw("&lt;")
      case 0x3E: raw("&gt;")
      // A bare carriage return would be read back as a newline.
      case 0x0D: raw("&#13;")
      case 0x09, 0x0A: bytes.append(UInt8(scalar.value))
      case 0..<0x20, 0xFFFE, 0xFFFF: raw("\u{FFFD}")
      default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// The usual case in one go; false when something has to be written differently.
  private mutating func appendPlain(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { utf8 in
      for byte in utf8
      where byte < 0x20 || byte == 0x26 || byte == 0x3C || byte == 0x3E || byte == 0xEF {
        return false
      }
      bytes.append(contentsOf: utf8)
      return true
    }
  }
}
