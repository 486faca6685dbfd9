import Glibc

/// Lines of standard input, one at a time and not a byte more: what follows stays for other readers.
package enum InputLine {
  /// The next line without its end; nil when there is none.
  package static func next() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while let count = try? systemCall({ read(0, &byte, 1) }), count == 1 {
      if byte == 10 { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }

  /// A line typed at the terminal, which does not show it; nil without a terminal.
  package static func secret(_ prompt: String) -> String? {
    getpass(prompt).map { String(cString: $0) }
  }
}
