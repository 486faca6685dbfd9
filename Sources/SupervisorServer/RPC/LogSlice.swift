import CircusCore
import CircusOutput
import CircusShell
import LinuxSystem

/// Parts of log files, by supervisor's rules (supervisor.md 4.8). Offsets and lengths are bytes; what is
/// no UTF-8, also where a slice cuts a character, is shown as U+FFFD.
package enum LogSlice {
  /// Longer slices are cut: a log of many gigabytes must not come into memory.
  private static let longest = 16 << 20

  /// From `offset` on, `length` bytes or up to the end with 0; a negative offset counts from the end.
  package static func read(_ source: LogSource, offset: Int, length: Int) throws(Fault) -> String {
    guard offset < 0 ? length == 0 : length >= 0 else { throw Fault(.badArguments) }
    guard let size = source.size else {
      guard case .file(let path) = source else { throw Fault(.noFile) }
      throw Fault(.noFile, path)
    }
    let start = offset < 0 ? size - offset.magnitudeClamped : min(offset, size)
    let first = max(source.start, start)
    let wanted = length == 0 ? size - first : min(length, size - first)
    return try text(source, from: first, count: max(0, wanted))
  }

  /// The last `length` bytes, where the file ends, and whether it has grown by more than that since
  /// `offset`.
  package static func tail(_ source: LogSource, offset: Int, length: Int) throws(Fault) -> (
    text: String, offset: Int, overflow: Bool
  ) {
    guard let size = source.size else { return ("", 0, false) }
    let (end, isHuge) = offset.addingReportingOverflow(length)
    let overflow = !isHuge && size > end
    guard length > 0, overflow || offset < size else { return ("", size, overflow) }
    let count = min(length, size)
    return (try text(source, from: size - count, count: count), size, overflow)
  }

  private static func text(_ source: LogSource, from start: Int, count: Int) throws(Fault) -> String
  {
    do {
      let bytes = try source.read(from: start, count: min(count, longest))
      return String(decoding: bytes, as: UTF8.self)
    } catch {
      guard case .file(let path) = source else { throw Fault(.failed, error.description) }
      throw Fault(.failed, "\(path): \(error.description)")
    }
  }
}

extension Int {
  /// The absolute value, which the smallest number does not have.
  fileprivate var magnitudeClamped: Int { self == .min ? .max : abs(self) }
}
