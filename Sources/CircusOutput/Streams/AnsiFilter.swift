/// Takes terminal control sequences out of a stream (supervisor `strip_ansi`), also those that are cut
/// by the end of a read.
struct AnsiFilter {
  private enum State { case text, escape, sequence }
  private var state = State.text

  /// What is left of the next bytes.
  mutating func strip(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for byte in bytes {
      switch state {
      case .text:
        if byte == 0x1B { state = .escape } else { out.append(byte) }
      case .escape:
        if byte == UInt8(ascii: "[") {
          state = .sequence
        } else {
          // Some other escape, which is not ours to judge.
          out += [0x1B, byte]
          state = .text
        }
      case .sequence: if (0x40...0x7E).contains(byte) { state = .text }
      }
    }
    return out
  }
}
