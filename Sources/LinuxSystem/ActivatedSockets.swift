import CLinux
import Glibc
import Synchronization

/// Listening sockets that what started this process has opened for it: systemd, podman (sd_listen_fds(3)).
package final class ActivatedSockets {
  private struct Entry {
    var name: String
    var descriptor: Int32
  }

  private var entries: [Entry]

  /// Files of unix sockets that are another's to remove.
  private static let foreign = Mutex<Set<String>>([])

  private init(_ entries: [Entry]) { self.entries = entries }

  /// Takes them, and their variables out of the environment, which were not meant for children. They are moved out of
  /// the way of low descriptors; call before anything else is opened.
  package static func take() -> ActivatedSockets {
    let count = Environment.take("LISTEN_FDS").flatMap { Int32($0) } ?? 0
    let names = (Environment.take("LISTEN_FDNAMES") ?? "").split(
      separator: ":", omittingEmptySubsequences: false)
    let meant = Environment.take("LISTEN_PID")
    // Below an init of a container the number is that one's (podman).
    guard count > 0, count < 1_000, meant == String(Environment.pid) || meant == "1" else {
      return ActivatedSockets([])
    }
    var entries: [Entry] = []
    for index in 0..<count {
      let copy = cl_dup_above(3 + index, 3 + 2 * 64 + count)
      guard copy >= 0 else { continue }
      close(3 + index)
      // What accepts on it looks first; another process may be faster.
      setNonBlocking(copy, true)
      let name = Int(index) < names.count ? String(names[Int(index)]) : ""
      if let path = Network.path(of: copy) { keepFile(path) }
      entries.append(Entry(name: name, descriptor: copy))
    }
    return ActivatedSockets(entries)
  }

  /// The one of this name, else the one that listens at this address; nil: there is none.
  package func take(_ name: String, path: String?, port: Int) -> Int32? {
    let index =
      entries.firstIndex { $0.name == name }
      ?? entries.firstIndex {
        (path != nil || port > 0) && Network.listens($0.descriptor, path: path, port: port)
      }
    return index.map { entries.remove(at: $0).descriptor }
  }

  /// Closes what nothing has asked for; returns what it is: name and address.
  package func closeRest() -> [String] {
    defer { entries = [] }
    return entries.map { entry in
      let address =
        Network.path(of: entry.descriptor)
        ?? Network.port(of: entry.descriptor).map { "port \($0)" } ?? "no socket"
      close(entry.descriptor)
      return "\(entry.name.isEmpty ? "one without a name" : entry.name) (\(address))"
    }
  }

  // MARK: files

  /// The file of this unix socket stays when the socket is closed.
  package static func keepFile(_ path: String) { foreign.withLock { _ = $0.insert(path) } }

  /// The files that stay.
  package static var keptFiles: [String] { foreign.withLock { $0.sorted() } }

  /// Removes the file of a unix socket of this process's own.
  package static func removeFile(_ path: String) {
    if !foreign.withLock({ $0.contains(path) }) { Files.remove(path) }
  }
}
