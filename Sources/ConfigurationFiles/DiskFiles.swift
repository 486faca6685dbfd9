import CircusConfig
import LinuxSystem

/// The real disk, for readers of configuration.
package struct DiskFiles: FileReader {
  package init() {}

  package func read(_ path: String) -> Result<[UInt8], FileReaderError> {
    do { return .success(try Files.read(path)) } catch {
      let reason: FileReaderError.Reason = Files.exists(path) ? .unreadable : .missing
      return .failure(FileReaderError(reason, error.description))
    }
  }

  /// Python's glob never yields `.` and `..`.
  package func glob(_ pattern: String) -> [String] {
    Files.glob(pattern).filter { !$0.hasSuffix("/.") && !$0.hasSuffix("/..") }
  }
}
