import LinuxSystem

/// Standard output and error, and what is typed.
enum Screen {
  static func write(_ text: String) { write(Array(text.utf8)) }
  // Nobody is left to be told of an output that is closed.
  static func write(_ bytes: [UInt8]) { try? writeAll(1, bytes) }
  static func complain(_ text: String) { try? writeAll(2, Array((text + "\n").utf8)) }

  /// The next line of standard input; nil at its end. No byte more is taken: what follows may be for
  /// the process that is brought to the foreground.
  static func readLine() -> String? { InputLine.next() }

  /// A line that is not shown while it is typed.
  static func readPassword(_ prompt: String) -> String? {
    if Environment.isTerminal(0) { return InputLine.secret(prompt) }
    write(prompt)
    return readLine()
  }
}
