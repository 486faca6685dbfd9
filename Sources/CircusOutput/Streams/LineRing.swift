import Glibc

/// The last lines of one output of a watcher, also of processes that are gone: what `logs` shows.
/// Costs nothing until something is printed, and never more than two blocks.
package final class LineRing {
  struct Line {
    /// Rises from the ring's base, never used twice.
    var number: Int
    var pid: Int32
    /// Wall time at which its end arrived.
    var time: Double
    var text: String
  }

  /// Some of the lines, end to end, each with its newline.
  private struct Block {
    var bytes: [UInt8] = []
    var lines: [(end: Int, pid: Int32, time: Double)] = []
    var firstNumber: Int
  }

  /// Called whenever lines were added.
  private let added: () -> Void

  /// Numbers of this life of the daemon are above this.
  let base: Int

  /// `base`: above all numbers of an earlier daemon, whose clients may ask for what followed them.
  init(base: Int = 0, added: @escaping () -> Void) {
    self.base = base
    self.added = added
    previous = Block(firstNumber: base + 1)
    current = Block(firstNumber: base + 1)
  }

  private var previous: Block
  private var current: Block
  /// Beginnings of lines whose end has not come.
  private var partial: [Int32: [UInt8]] = [:]
  private static let blockBytes = 32 * 1024
  private static let mostPerRead = 16 * 1024
  private static let longestLine = 4 * 1024

  /// The number of the newest line.
  var last: Int { current.firstNumber + current.lines.count - 1 }
  /// The number of the oldest line that is still here.
  var first: Int { previous.lines.isEmpty ? current.firstNumber : previous.firstNumber }

  func append(_ bytes: UnsafeRawBufferPointer, pid: Int32, time: Double) {
    var rest = bytes
    if rest.count > Self.mostPerRead {
      // A flood: its newest lines are enough, and must not slow it down.
      rest = UnsafeRawBufferPointer(rebasing: rest.suffix(Self.mostPerRead))
      partial[pid] = nil
      guard let end = Self.newline(rest, from: 0) else { return }
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    }
    if let head = partial[pid], let end = Self.newline(rest, from: 0) {
      partial[pid] = nil
      add(head + rest[..<end].prefix(Self.longestLine), pid, time)
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    }
    let whole = addWhole(rest, pid, time)
    guard whole < rest.count else { return }
    let room = Self.longestLine - (partial[pid]?.count ?? 0)
    partial[pid, default: []] += rest[whole...].prefix(max(0, room))
  }

  private static func newline(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + start, 10, bytes.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// All lines that are complete, in one copy; returns where the last one ends.
  private func addWhole(_ bytes: UnsafeRawBufferPointer, _ pid: Int32, _ time: Double) -> Int {
    var start = 0
    var from = 0
    beginBlockIfFull()
    while let end = Self.newline(bytes, from: start) {
      if end - start > Self.longestLine {
        // What came before it, then its beginning.
        current.bytes += bytes[from..<start]
        current.bytes += bytes[start..<(start + Self.longestLine)]
        current.bytes.append(10)
        from = end + 1
        current.lines.append((current.bytes.count, pid, time))
      } else {
        current.lines.append((current.bytes.count + end + 1 - from, pid, time))
      }
      start = end + 1
    }
    current.bytes += bytes[from..<start]
    if start > 0 { added() }
    return start
  }

  /// Bytes that made room for newer ones.
  package private(set) var dropped = 0
  /// Bytes of all lines there have been.
  package var end: Int { dropped + previous.bytes.count + current.bytes.count }

  /// Some of the bytes that are still here, counted from the first there has been.
  package func bytes(from offset: Int, count: Int) -> [UInt8] {
    let all = previous.bytes + current.bytes
    let start = min(max(0, offset - dropped), all.count)
    return Array(all[start..<min(all.count, start + max(0, count))])
  }

  private func beginBlockIfFull() {
    guard current.bytes.count >= Self.blockBytes else { return }
    dropped += previous.bytes.count
    previous = current
    current = Block(firstNumber: previous.firstNumber + previous.lines.count)
  }

  /// The process is gone: what it printed last is a line, with or without its end.
  func finish(pid: Int32, time: Double) {
    guard let head = partial.removeValue(forKey: pid), !head.isEmpty else { return }
    add(head, pid, time)
  }

  private func add(_ line: [UInt8], _ pid: Int32, _ time: Double) {
    beginBlockIfFull()
    current.bytes += line.prefix(Self.longestLine)
    current.bytes.append(10)
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
            text: String(decoding: block.bytes[start..<(line.end - 1)], as: UTF8.self)))
        index -= 1
      }
    }
    return found.reversed()
  }
}
