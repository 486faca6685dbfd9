import LinuxSystem

/// What circusctl prints, and where.
enum Terminal {
  private static let isTerminal = Environment.isTerminal(1)

  /// On a terminal, without what it would obey: names and command lines come from others.
  static func say(_ text: String) {
    StandardOutput.write((isTerminal ? TerminalText.harmless(text) : text) + "\n")
  }
  static func complain(_ text: String) {
    StandardOutput.complain(TerminalText.harmless(text) + "\n")
  }
  static func prompt(_ text: String) { StandardOutput.write(text) }
}
