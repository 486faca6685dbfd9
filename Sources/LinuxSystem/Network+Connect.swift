import Glibc

/// Connections, made before they are returned.
extension Network {
  /// Why there is none.
  package enum NoConnection: Error {
    /// There is no host of this name.
    case unknownHost
    /// With the error number of the system.
    case refused(code: Int32)
  }

  /// A connection to a unix socket, which the caller must close.
  package static func connect(path: String) throws(NoConnection) -> Int32 {
    guard var address = unixAddress(path) else { throw .refused(code: ENAMETOOLONG) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { tryConnect(AF_UNIX, $0, size) }
    }
    return try descriptor(code)
  }

  /// A connection to the first address of a host that takes it, which the caller must close.
  package static func connect(host: String, port: Int) throws(NoConnection) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard lookUp(host, String(port), &hints, &list) == 0 else { throw .unknownHost }
    defer { freeaddrinfo(list) }
    var code = -ECONNREFUSED
    var next = list
    while let address = next {
      code = tryConnect(
        address.pointee.ai_family, address.pointee.ai_addr, address.pointee.ai_addrlen)
      if code >= 0 { break }
      next = address.pointee.ai_next
    }
    return try descriptor(code)
  }

  /// The descriptor, or minus the error number.
  private static func tryConnect(
    _ family: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
  ) -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return -errno }
    if Glibc.connect(descriptor, address, size) == 0 { return descriptor }
    let code = errno
    close(descriptor)
    return -code
  }

  private static func descriptor(_ code: Int32) throws(NoConnection) -> Int32 {
    if code < 0 { throw .refused(code: -code) }
    return code
  }

  /// A connection to a unix socket, which the caller must close; -1 when no process listens there.
  package static func connectStream(path: String) -> Int32 { (try? connect(path: path)) ?? -1 }

  /// A TCP connection to loopback, which the caller must close; -1 when no process listens.
  package static func connectStream(port: Int) -> Int32 {
    (try? connect(host: "127.0.0.1", port: port)) ?? -1
  }
}
