import Glibc
import LinuxSystem

/// Files another program reads before it takes over, and that are gone once it has answered.
final class InspectionFiles {
  /// The name of the state.
  static let state = "check"
  /// The name of the configuration as it was read.
  static let configuration = "check-files"

  private let directory: PrivateDirectory?
  private var paths: [String] = []

  /// `directory`: the daemon's own; without one, or without room there, they lie in /tmp.
  init(_ directory: PrivateDirectory?) {
    self.directory = directory
    // Of an inspection that was never ended.
    directory?.remove(Self.state)
    directory?.remove(Self.configuration)
  }

  /// Returns the path.
  func write(_ bytes: [UInt8], _ name: String) throws(SpawnError) -> String {
    do throws(Errno) {
      if let path = writeBeside(bytes, name) { return path }
      let path = try Files.makeUnique(in: "/tmp", prefix: "circus-state-", suffix: "")
      paths.append(path)
      let file = try FileDescriptor.open(path, O_WRONLY)
      try writeAll(file.number, bytes)
      return path
    } catch {
      throw SpawnError(stage: .descriptors, errno: error, index: 0)
    }
  }

  /// In the daemon's own directory, where it is found and removed whatever happens; nil: there is no room.
  private func writeBeside(_ bytes: [UInt8], _ name: String) -> String? {
    guard let directory else { return nil }
    do throws(Errno) {
      let file = try directory.open(name, O_WRONLY | O_CREAT | O_TRUNC)
      try writeAll(file.number, bytes)
    } catch {
      directory.remove(name)
      return nil
    }
    let path = "\(directory.path)/\(name)"
    paths.append(path)
    return path
  }

  /// Removes all that were written.
  func remove() {
    for path in paths { Files.remove(path) }
    paths = []
  }
}
