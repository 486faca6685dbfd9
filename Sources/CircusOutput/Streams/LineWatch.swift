import LinuxSystem

/// Looks for a line in what a process prints, once.
package final class LineWatch {
  private let expression: Expression
  private let found: () -> Void
  private var isOver = false
  /// The beginning of a line, by output.
  private var partial: [Int: [UInt8]] = [:]
  private var filters: [Int: AnsiFilter] = [:]
  /// What is longer is cut.
  private static let longestLine = 64 * 1_024

  /// `found` is called for the first line that matches.
  package init(_ expression: Expression, found: @escaping () -> Void) {
    self.expression = expression
    self.found = found
  }

  /// What has come of an output. Terminal control sequences are no part of a line.
  func look(at bytes: UnsafeRawBufferPointer, of output: Int) {
    guard !isOver else { return }
    var line = partial.removeValue(forKey: output) ?? []
    for byte in filters[output, default: AnsiFilter()].strip(bytes) {
      guard byte == 10 else {
        if line.count < Self.longestLine { line.append(byte) }
        continue
      }
      if matches(line) { return }
      line.removeAll(keepingCapacity: true)
    }
    if !line.isEmpty { partial[output] = line }
  }

  /// The output is at its end: what has no newline is a line, too.
  func finish(_ output: Int) {
    guard !isOver, let line = partial.removeValue(forKey: output) else { return }
    _ = matches(line)
  }

  private func matches(_ line: [UInt8]) -> Bool {
    guard expression.matches(String(decoding: line, as: UTF8.self)) else { return false }
    isOver = true
    partial = [:]
    found()
    return true
  }
}
