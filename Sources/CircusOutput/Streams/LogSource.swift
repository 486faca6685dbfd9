import CircusModel
import LinuxSystem

/// Where what a process printed can be read again: in its log file, or in memory for output that goes to none.
package enum LogSource {
  /// The log file at this path.
  case file(String)
  /// The last lines of the watcher's processes; nil until something is printed.
  case memory(() -> LineRing?)

  /// Bytes there have been, those that are gone included; nil: the file is not there.
  package var size: Int? {
    switch self {
    case .file(let path): Files.size(path)
    case .memory(let ring): ring()?.end ?? 0
    }
  }

  /// The offset of the oldest byte that can be read.
  package var start: Int {
    switch self {
    case .file: 0
    case .memory(let ring): ring()?.dropped ?? 0
    }
  }

  /// At most `count` bytes, counted from the first there has been. Throws when the file cannot be
  /// read.
  package func read(from offset: Int, count: Int) throws(Errno) -> [UInt8] {
    switch self {
    case .file(let path): try Files.read(path, from: offset, count: count)
    case .memory(let ring): ring()?.bytes(from: offset, count: count) ?? []
    }
  }
}
