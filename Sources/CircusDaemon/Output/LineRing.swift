import LinuxSystem

/// The last lines of one output of a watcher, also of processes that are gone: what `logs` shows.
/// Costs nothing until something is printed, and never more than two blocks.
final class LineRing {
  struct Line {
    /// Counts from 1 in this ring, never used twice.
    var number: Int
    var pid: Int32
    /// Wall time at which its end arrived.
    var time: Double
    var text: String
  }

  /// Some of the lines, end to end.
  private struct Block {
    var bytes: [UInt8] = []
    var lines: [(end: Int, pid: Int32, time: Double)] = []
    var firstNumber: Int
  }

  /// Told whenever a line was added.
  private let added: () -> Void

  init(added: @escaping () -> Void) { self.added = added }

  private var previous = Block(firstNumber: 1)
  private var current = Block(firstNumber: 1)
  /// Beginnings of lines whose end has not come.
  private var partial: [Int32: [UInt8]] = [:]
  private static let blockBytes = 32 * 1024
  private static let longestLine = 4 * 1024

  /// The number of the newest line.
  var last: Int { current.firstNumber + current.lines.count - 1 }
  /// The number of the oldest line that is still here.
  var first: Int { previous.lines.isEmpty ? current.firstNumber : previous.firstNumber }

  func append(_ bytes: UnsafeRawBufferPointer, pid: Int32, time: Double) {
    var rest = bytes[...]
    if rest.count > Self.blockBytes {
      // All before this would be pushed out at once.
      rest = rest.suffix(Self.blockBytes)
      partial[pid] = nil
      guard let end = rest.firstIndex(of: 10) else { return }
      rest = rest[(end + 1)...]
    }
    while let end = rest.firstIndex(of: 10) {
      if let head = partial.removeValue(forKey: pid) {
        add(head, rest[..<end], pid, time)
      } else {
        add([], rest[..<end], pid, time)
      }
      rest = rest[(end + 1)...]
    }
    guard !rest.isEmpty else { return }
    let room = Self.longestLine - (partial[pid]?.count ?? 0)
    partial[pid, default: []] += rest.prefix(max(0, room))
  }

  /// The process is gone: what it printed last is a line, with or without its end.
  func finish(pid: Int32, time: Double) {
    guard let head = partial.removeValue(forKey: pid), !head.isEmpty else { return }
    add(head, [], pid, time)
  }

  private func add(
    _ head: [UInt8], _ tail: some Collection<UInt8>, _ pid: Int32, _ time: Double
  ) {
    if current.bytes.count >= Self.blockBytes {
      previous = current
      current = Block(firstNumber: previous.firstNumber + previous.lines.count)
    }
    current.bytes += head
    current.bytes += tail.prefix(max(0, Self.longestLine - head.count))
    current.lines.append((current.bytes.count, pid, time))
    added()
  }

  /// The newest lines after `number`, at most `limit`, oldest first.
  func lines(after number: Int, since: Double, limit: Int) -> [Line] {
    var found: [Line] = []
    for block in [current, previous] {
      var index = block.lines.count - 1
      while index >= 0, found.count < limit {
        let line = block.lines[index]
        guard block.firstNumber + index > number, line.time >= since else { break }
        let start = index == 0 ? 0 : block.lines[index - 1].end
        found.append(
          Line(
            number: block.firstNumber + index, pid: line.pid, time: line.time,
            text: String(decoding: block.bytes[start..<line.end], as: UTF8.self)))
        index -= 1
      }
    }
    return found.reversed()
  }
}
