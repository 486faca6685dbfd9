import CircusModel
import LinuxSystem

/// The end of a log file, and what its lines say about themselves.
enum LogTail {
  private static let mostBytes = 1 << 20

  /// The last lines, oldest first; with what was rotated away last where the file is too short.
  static func lines(_ path: String, limit: Int) -> [String] {
    var lines = read(path, limit)
    if lines.count < limit { lines = read(path + ".1", limit - lines.count) + lines }
    return lines
  }

  private static func read(_ path: String, _ limit: Int) -> [String] {
    guard limit > 0, let bytes = Files.readEnd(path, atMost: mostBytes) else { return [] }
    var text = bytes[...]
    if text.last == 10 { text = text.dropLast() }
    guard !text.isEmpty else { return [] }
    return text.split(separator: 10, omittingEmptySubsequences: false).suffix(limit)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Takes `<time> [<pid>] | ` apart; nil for a line that does not begin so.
  static func parse(_ line: String, timeFormat: String) -> (time: Double, pid: Int, text: String)? {
    guard let open = line.range(of: " ["),
      let close = line.range(of: "] | ", after: open.upperBound),
      let pid = Int(line[open.upperBound..<close.lowerBound]),
      let time = Calendar.parse(String(line[..<open.lowerBound]), timeFormat)
    else { return nil }
    return (time, pid, String(line[close.upperBound...]))
  }
}

extension String {
  fileprivate func range(of needle: String, after start: Index? = nil) -> Range<Index>? {
    self[(start ?? startIndex)...].firstPlace(of: needle)
  }
}
