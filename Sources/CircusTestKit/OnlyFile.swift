import CircusConfig

/// A disk with one file on it, whatever its name.
struct OnlyFile: FileReader {
  var bytes: [UInt8]
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(bytes) }
  func glob(_ pattern: String) -> [String] { [] }
}
