import CircusConfig
import LinuxSystem

enum Fixtures {
  /// The checkout this test was compiled from.
  static let packageRoot: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  static func replace(_ text: String, _ needle: String, _ replacement: String) -> String {
    var out = ""
    var rest = text[...]
    while let start = rest.firstRange(of: needle) {
      out += rest[..<start.lowerBound] + replacement
      rest = rest[start.upperBound...]
    }
    return out + rest
  }
}

/// A disk with exactly one file.
struct OneFile: FileReader {
  var path: String
  var bytes: [UInt8]

  init(path: String = "/etc/test.ini", bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  init(_ text: String, path: String = "/etc/test.ini") {
    self.init(path: path, bytes: Array(text.utf8))
  }

  func read(_ path: String) -> Result<[UInt8], FileReaderError> {
    path == self.path ? .success(bytes) : .failure(FileReaderError(.missing, "no such file"))
  }

  func glob(_ pattern: String) -> [String] { [] }
}

/// The real disk.
struct DiskFiles: FileReader {
  func read(_ path: String) -> Result<[UInt8], FileReaderError> {
    do { return .success(try Files.read(path)) } catch {
      return .failure(FileReaderError(.unreadable, error.description))
    }
  }

  func glob(_ pattern: String) -> [String] { Files.glob(pattern) }
}
