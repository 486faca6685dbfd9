import Glibc
import LinuxSystem

/// Ctrl-C as something that can be waited for, as long as this object lives.
final class Interrupt {
  /// Readable once it came.
  let descriptor: Int32
  private let signals: SignalDescriptor?

  init() {
    signals = try? SignalDescriptor.waiting(for: [SIGINT])
    descriptor = signals?.number ?? -1
  }

  /// Whether it came.
  var came: Bool { signals?.next() != nil }

  deinit {
    // One that came and was not looked at would end the program now.
    while came {}
    SignalDescriptor.stopWaiting(for: [SIGINT])
  }
}

extension String {
  /// As it stands in a URL.
  var percentEncoded: String {
    var out = ""
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x3A, 0x2A:
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}
