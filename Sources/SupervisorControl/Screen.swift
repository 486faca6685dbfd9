import CircusModel
import LinuxSystem

/// Standard output and error, and what is typed.
enum Screen {
  private static let isTerminal = Environment.isTerminal(1)

  /// On a terminal, without what it would obey: names come from others.
  static func write(_ text: String) {
    StandardOutput.write(isTerminal ? ControlText.lines(text) : text)
  }
  static func write(_ bytes: [UInt8]) { StandardOutput.write(bytes) }
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
