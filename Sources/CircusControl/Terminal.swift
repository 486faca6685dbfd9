import LinuxSystem

/// What circusctl prints, and where.
enum Terminal {
  static func say(_ text: String) { write(text + "\n", 1) }
  static func complain(_ text: String) { write(text + "\n", 2) }
  static func prompt(_ text: String) { write(text, 1) }

  private static func write(_ text: String, _ descriptor: Int32) {
    try? writeAll(descriptor, Array(text.utf8))
  }
}
