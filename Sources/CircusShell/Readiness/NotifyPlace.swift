import CircusModel
import Glibc
import LinuxSystem

/// The directory of the sockets on which processes tell how they are doing. Short paths, as a socket's may be: under
/// `/run/circus` for root, else under `$XDG_RUNTIME_DIR/circus`; where that cannot be, under `/tmp/circus-UID` or
/// `/dev/shm/circus-UID`, which is writable in every container.
package final class NotifyPlace {
  /// Where it is.
  package let path: String
  private var isMade = false

  /// The place of the daemon of a configuration file and a state directory, which the next daemon of both finds again.
  package init(of configuration: String, state: String?) {
    let file = Files.real(configuration) ?? Files.absolute(configuration)
    let name = String("\(file)\n\(state ?? "")".utf8.fingerprint, radix: 16)
    let places = Self.places
    path = "\(places.first(where: Self.canBeMade) ?? places[0])/\(name)"
  }

  private static var places: [String] {
    let others = ["/tmp/circus-\(Users.current)", "/dev/shm/circus-\(Users.current)"]
    if Users.isRoot { return ["/run/circus"] + others }
    guard let directory = Environment.variables["XDG_RUNTIME_DIR"], directory.hasPrefix("/") else {
      return others
    }
    return ["\(directory)/circus"] + others
  }

  /// It is there, or can be.
  private static func canBeMade(_ place: String) -> Bool {
    var nearest = place
    while !Files.exists(nearest), let slash = nearest.lastIndex(of: "/"), slash > nearest.startIndex
    {
      nearest = String(nearest[..<slash])
    }
    return access(nearest, W_OK | X_OK) == 0
  }

  /// Where the socket of a process is that began at this moment, in nanoseconds after the machine's start.
  package func socket(of birth: Int64) -> String {
    "\(path)/\(String(birth, radix: 36))"
  }

  /// Why no socket could ever be there; nil: it could.
  package var problem: String? {
    let length = socket(of: .max).utf8.count
    guard length > NotifySocket.longestPath else { return nil }
    return
      "the path of a socket in \(path) would have \(length) bytes, and \(NotifySocket.longestPath) are possible"
  }

  /// Makes it. Users whose processes are run by root may pass through it, and see nothing.
  func make() throws(Errno) {
    guard !isMade else { return }
    var place = ""
    for part in path.split(separator: "/") {
      place += "/\(part)"
      mkdir(place, place == path && !Users.isRoot ? 0o700 : 0o755)
    }
    // The one above as well: its owner could put another directory in the place of ours.
    for directory in [String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), path] {
      var info = stat()
      guard lstat(directory, &info) == 0 else { throw Errno.last }
      guard info.st_mode & S_IFMT == S_IFDIR, info.st_uid == geteuid(), info.st_mode & 0o022 == 0
      else { throw Errno(EPERM) }
    }
    if Users.isRoot { chmod(path, 0o711) }
    isMade = true
  }

  /// Removes sockets that no process has any more.
  func clean(except used: Set<String>) {
    for name in Files.list(path) where !used.contains("\(path)/\(name)") {
      unlink("\(path)/\(name)")
    }
  }

  /// The daemon ends.
  package func removeItself() { rmdir(path) }
}
