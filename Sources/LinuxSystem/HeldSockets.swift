import Glibc

/// Listening sockets that other processes have open.
package enum HeldSockets {
  /// A copy of the listening socket at this address, from the first of the processes that has it at
  /// whatever number: a program may have moved what it was given. Nil when none has it, or when the kernel
  /// does not let us look.
  package static func copy(
    from processes: some Sequence<Int32>, path: String?, port: Int
  ) -> Int32? {
    for pid in processes {
      guard let process = try? PIDDescriptor(pid) else { continue }
      for number in sockets(of: pid) {
        guard let copy = try? process.descriptor(number) else { continue }
        if isListening(copy), Network.listens(copy, path: path, port: port) { return copy }
        closeDescriptor(copy)
      }
    }
    return nil
  }

  /// A copy of the socket with this number of the kernel, whatever descriptor of a process it is.
  package static func copy(from pid: Int32, inode: UInt64) -> Int32? {
    guard let process = try? PIDDescriptor(pid) else { return nil }
    let link = "socket:[\(inode)]"
    return sockets(of: pid).first { Files.linkTarget("/proc/\(pid)/fd/\($0)") == link }.flatMap {
      try? process.descriptor($0)
    }
  }

  /// The descriptors of a process that are sockets, lowest first.
  private static func sockets(of pid: Int32) -> [Int32] {
    let directory = "/proc/\(pid)/fd"
    return Files.list(directory).compactMap { Int32($0) }.sorted().filter {
      Files.linkTarget("\(directory)/\($0)")?.hasPrefix("socket:[") ?? false
    }
  }

  /// Whether connections can arrive at it, or datagrams.
  private static func isListening(_ descriptor: Int32) -> Bool {
    func option(_ name: Int32) -> Int32 {
      var value: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : 0
    }
    if option(SO_ACCEPTCONN) != 0 { return true }
    return [Int32(SOCK_DGRAM.rawValue), Int32(SOCK_RAW.rawValue)].contains(option(SO_TYPE))
  }

  /// A process that holds an address: a TCP port, or the path of a unix socket.
  package static func holder(path: String?, port: Int) -> Int32? {
    let inodes = Set(path.map(inodes(ofPath:)) ?? inodes(ofPort: port))
    guard !inodes.isEmpty else { return nil }
    let links = Set(inodes.map { "socket:[\($0)]" })
    return Files.list("/proc").lazy.compactMap { Int32($0) }.first { pid in
      Files.list("/proc/\(pid)/fd").contains { entry in
        Files.linkTarget("/proc/\(pid)/fd/\(entry)").map(links.contains) ?? false
      }
    }
  }

  private static func table(_ name: String) -> [[Substring]] {
    let text = String(decoding: (try? Files.read("/proc/net/\(name)")) ?? [], as: UTF8.self)
    return text.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
  }

  /// Sockets that listen at a port: state 0A in the tables of TCP (proc(5)).
  private static func inodes(ofPort port: Int) -> [String] {
    let digits = String(port, radix: 16, uppercase: true)
    let wanted = ":" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return (table("tcp") + table("tcp6")).compactMap { fields in
      guard fields.count > 9, fields[3] == "0A", fields[1].hasSuffix(wanted) else { return nil }
      return String(fields[9])
    }
  }

  private static func inodes(ofPath path: String) -> [String] {
    table("unix").compactMap { fields in
      fields.count > 7 && fields[7] == path ? String(fields[6]) : nil
    }
  }
}
