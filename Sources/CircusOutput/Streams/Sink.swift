import CircusLog
import CircusModel
import Glibc
import LinuxSystem

/// Where the bytes of one stream go.
package indirect enum Sink {
  /// Nowhere.
  case null
  /// A log file, byte for byte.
  case file(LogFile)
  /// The daemon's own stdout.
  case console(Console)
  /// A Python class of the user's own.
  case helper(StreamHelper)
  /// An output of a supervisor program.
  case program(ProgramSink)
  /// The protocol of an event listener, which is also logged.
  case listener(ListenerChannel, ProgramSink)
  /// Whole lines with a prefix, into a file or onto the console.
  case lines(LinePrefix, Sink)

  /// Whether whole lines are needed, and what becomes of them. What others write to as well gets whole lines, as long as
  /// they come soon.
  var lines: LineShape? {
    switch self {
    case .lines(let prefix, _): .prefixed(prefix)
    case .console: .plain
    case .file, .program, .listener: file?.isShared == true ? .plain : nil
    case .null, .helper: nil
    }
  }

  /// What cannot be written now is given up or left to the caller.
  func write(
    _ bytes: UnsafeRawBufferPointer, pid: PID, onFull policy: FullPolicy?
  ) -> WriteOutcome {
    let all = WriteOutcome(taken: bytes.count)
    switch self {
    case .null: return all
    case .file(let file): return file.write(bytes, onFull: policy ?? file.usualPolicy)
    case .console(let console):
      let taken = console.write(bytes)
      return policy == .drop
        ? WriteOutcome(taken: bytes.count, lost: bytes.count - taken) : WriteOutcome(taken: taken)
    case .helper(let helper):
      return WriteOutcome(taken: bytes.count, lost: helper.write(bytes, pid: pid.rawValue))
    case .program(let sink): return sink.write(bytes, pid: pid, onFull: policy)
    case .listener(let channel, let sink):
      // What a listener says is heard, whether it can be logged or not.
      let outcome = sink.write(bytes, pid: pid, onFull: .drop)
      channel.receive(Array(bytes))
      return outcome
    case .lines(_, let sink): return sink.write(bytes, pid: pid, onFull: policy)
    }
  }

  /// The file it ends in; nil for any other end.
  var file: LogFile? {
    switch self {
    case .file(let file): file
    case .program(let sink), .listener(_, let sink): sink.file
    case .lines(_, let sink): sink.file
    case .null, .console, .helper: nil
    }
  }

  /// Where the file is; empty for any other end.
  var path: String { file?.path ?? "" }

  /// Whether something is taken out on the way.
  var isFiltered: Bool {
    switch self {
    case .program(let sink), .listener(_, let sink): sink.isFiltered
    case .null, .file, .console, .helper, .lines: false
    }
  }

  /// Nothing more comes of this process.
  func finish(pid: PID) {
    switch self {
    case .program(let sink), .listener(_, let sink): sink.finish(pid: pid)
    case .null, .file, .console, .helper, .lines: break
    }
  }
}

/// What becomes of the lines of a stream that is passed on line by line.
enum LineShape {
  /// Each has something in front of it.
  case prefixed(LinePrefix)
  /// Each has the name of its process in front of it.
  case named(String)
  /// As they are. One whose end does not come soon is passed on without it.
  case plain

  /// The lines of `bytes`, which end with a newline.
  func apply(to lines: UnsafeRawBufferPointer, pid: Int32, at wall: Double) -> [UInt8] {
    switch self {
    case .prefixed(let prefix): prefix.apply(to: lines, pid: pid, at: wall)
    case .named(let name): Self.name(lines, name)
    case .plain: Array(lines)
    }
  }

  /// Whether each line has to be looked at.
  var isCostly: Bool { if case .plain = self { false } else { true } }

  /// `web-1 | ` before each line; what is JSON for a program that reads it stays that.
  private static func name(_ lines: UnsafeRawBufferPointer, _ name: String) -> [UInt8] {
    let head = Array("\(name) | ".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(lines.count + head.count * 8)
    var rest = lines
    while let base = rest.baseAddress, !rest.isEmpty {
      let end = memchr(base, 10, rest.count).map { UnsafeRawPointer($0) - base } ?? rest.count
      if rest[0] != UInt8(ascii: "{") { out += head }
      out.append(contentsOf: UnsafeRawBufferPointer(start: base, count: min(end + 1, rest.count)))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(end + 1))
    }
    return out
  }
}

/// What stands before each line: `<time> [<pid>] | `, in colour on a console.
package struct LinePrefix {
  var timeFormat: String
  var color: FancyColor?

  /// The prefixed lines of `bytes`, which end with a newline.
  func apply(to lines: UnsafeRawBufferPointer, pid: Int32, at wall: Double) -> [UInt8] {
    let head = Array("\(Clock.format(wall, timeFormat)) [\(pid)] | ".utf8)
    let before = color.map { Array("\u{1B}[0;3\($0.rawValue);40m".utf8) } ?? []
    let after = color == nil ? [] : Array("\u{1B}[0m".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(lines.count * 2)
    var rest = lines
    while let base = rest.baseAddress, !rest.isEmpty {
      let end = memchr(base, 10, rest.count).map { UnsafeRawPointer($0) - base } ?? rest.count
      let line = UnsafeRawBufferPointer(start: base, count: end)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(end + 1))
      // FancyStdoutStream drops empty lines, FileStream prefixes them too (circus.md 6.3, 6.5).
      if color != nil && line.isEmpty { continue }
      out += before
      out += head
      out.append(contentsOf: line)
      out += after
      out.append(10)
    }
    return out
  }
}
