import CLinux
import Glibc

/// The processes on this machine that are connected to one of this process's sockets, whatever library
/// accepted the connection. A snapshot.
package struct ConnectedPeers {
  /// Of unix sockets: the process that connected.
  private var pids: Set<Int32> = []
  /// Of TCP: the numbers of the peers' sockets, which their processes have open.
  private var sockets: Set<String> = []

  /// Looks at the sockets of this process, and for TCP at `/proc/net`.
  package init() {
    var addresses: Set<String> = []
    var key = [CChar](repeating: 0, count: 64)
    for entry in Files.list("/proc/self/fd") {
      guard let descriptor = Int32(entry) else { continue }
      var pid: Int32 = 0
      switch cl_peer(descriptor, &pid, &key, key.count) {
      case Int32(CL_PEER_UNIX.rawValue): if pid != getpid() { pids.insert(pid) }
      case Int32(CL_PEER_TCP.rawValue):
        addresses.insert(String(decoding: key.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
      default: break
      }
    }
    guard !addresses.isEmpty else { return }
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      for line in ((try? Files.read(table)) ?? []).split(separator: 10).dropFirst() {
        let fields = line.split(separator: 32, maxSplits: 10).map {
          String(decoding: $0, as: UTF8.self)
        }
        if fields.count > 9, addresses.contains(fields[1]) {
          sockets.insert("socket:[\(fields[9])]")
        }
      }
    }
  }

  /// Whether there is none on this machine.
  package var isEmpty: Bool { pids.isEmpty && sockets.isEmpty }

  /// Whether this process is one of them.
  package func includes(_ pid: Int32) -> Bool {
    if pids.contains(pid) { return true }
    guard !sockets.isEmpty else { return false }
    return Files.list("/proc/\(pid)/fd").contains { entry in
      Files.linkTarget("/proc/\(pid)/fd/\(entry)").map(sockets.contains) ?? false
    }
  }
}
