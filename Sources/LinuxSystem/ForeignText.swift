/// Bytes of the system (environment, arguments, file names) as text and back, byte for byte.
///
/// Such bytes are UTF-8 by custom only. A byte that is none becomes a character of the last private plane, and
/// comes out as that byte again: what is only passed through is never changed.
package enum ForeignText {
  private static let base: UInt32 = 0x10_FF00

  /// The text of these bytes; `bytes(of:)` gives the same bytes again.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: isEscape)
    {
      return text
    }
    var out = String.UnicodeScalarView()
    var rest = bytes[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      let piece = rest.prefix(length)
      if let scalar = String(validating: piece, as: UTF8.self)?.unicodeScalars.first,
        !isEscape(scalar), piece.count == UTF8.width(scalar)
      {
        out.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        if let escape = Unicode.Scalar(base + UInt32(first)) { out.append(escape) }
        rest = rest.dropFirst()
      }
    }
    return String(out)
  }

  /// The bytes a text stands for.
  package static func bytes(of text: String) -> [UInt8] {
    // F4 begins every character of that plane.
    guard text.utf8.contains(0xF4), text.unicodeScalars.contains(where: isEscape) else {
      return Array(text.utf8)
    }
    return text.unicodeScalars.flatMap { scalar in
      isEscape(scalar) ? [UInt8(scalar.value - base)] : Array(String(scalar).utf8)
    }
  }

  private static func isEscape(_ scalar: Unicode.Scalar) -> Bool {
    (base + 0x80...base + 0xFF).contains(scalar.value)
  }
}
