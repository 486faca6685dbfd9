import CircusConfig
import LinuxSystem

/// The real disk, for readers of configuration. What is no regular file (a pipe, standard input) can be read only
/// once: its bytes are kept, also for later reloads.
package final class DiskFiles: FileReader {
  private var kept: [String: [UInt8]] = [:]
  private var recorded: [String: [UInt8]]?

  package init() {}

  /// `known`: the bytes of files as another program has read them; the disk is asked for the rest.
  package init(known: [String: [UInt8]]) { kept = known }

  package func read(_ path: String) -> Result<[UInt8], FileReaderError> {
    if let bytes = kept[path] {
      recorded?[path] = bytes
      return .success(bytes)
    }
    do {
      let bytes = try Files.read(path)
      if !Files.isRegular(path) { kept[path] = bytes }
      recorded?[path] = bytes
      return .success(bytes)
    } catch {
      let reason: FileReaderError.Reason = Files.exists(path) ? .unreadable : .missing
      return .failure(FileReaderError(reason, error.description))
    }
  }

  /// All that is read meanwhile.
  package func record(_ work: () -> Void) -> [String: [UInt8]] {
    recorded = [:]
    work()
    defer { recorded = nil }
    return recorded ?? [:]
  }

  /// What another program had read is old from now on; what can be read only once stays.
  package func forgetRegularFiles() { kept = kept.filter { !Files.isRegular($0.key) } }

  /// Python's glob never yields `.` and `..`.
  package func glob(_ pattern: String) -> [String] {
    Files.glob(pattern).filter { !$0.hasSuffix("/.") && !$0.hasSuffix("/..") }
  }
}
