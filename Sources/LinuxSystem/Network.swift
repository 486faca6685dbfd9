import CLinux
import Glibc

/// Sockets by address.
package enum Network {
  /// A bound socket, which the caller must close.
  package struct Listening {
    /// Close-on-exec; blocking.
    package var descriptor: Int32
    /// The real port, where 0 was asked for.
    package var port: Int
    /// The host as it was asked for; empty for a unix socket.
    package var host: String
  }

  /// Why a socket could not be had.
  package struct Failure: Error {
    /// Python's rendering of the error, or the resolver's reason after the host.
    package var text: String
    /// Another socket has the address.
    package var isInUse = false
    /// Its file cannot be made there.
    package var hasNoPlace = false

    fileprivate init(text: String) { self.text = text }
    fileprivate init(_ error: Errno, _ what: String? = nil) {
      text = (what.map { "\($0): " } ?? "") + error.pythonText
      isInUse = error.code == EADDRINUSE
      hasNoPlace = error.meansNoPlace
    }
  }

  /// Opens, binds and, for stream kinds with a backlog, listens.
  package static func listen(
    host: String, port: Int, ipv6: Bool, kind: Int32, proto: Int32 = 0, backlog: Int?,
    sharesPort: Bool, device: String?
  ) throws(Failure) -> Listening {
    try open(
      host: host, port: port, ipv6: ipv6, kind: kind, proto: proto
    ) { descriptor, address throws(Failure) in
      _ = cl_allow_reuse(descriptor, sharesPort ? 1 : 0)
      if let device, cl_bind_to_device(descriptor, device) != 0 {
        throw fail(descriptor, "interface \(device)")
      }
      guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
        throw fail(descriptor, nil)
      }
      if let backlog { try startListening(descriptor, kind, backlog) }
    }
  }

  /// A socket for an address, not bound to it unless `prepare` does that; on failure it closes the
  /// descriptor.
  package static func open(
    host: String, port: Int, ipv6: Bool, kind: Int32, proto: Int32 = 0,
    _ prepare: (Int32, addrinfo) throws(Failure) -> Void = { _, _ in }
  ) throws(Failure) -> Listening {
    var hints = addrinfo()
    hints.ai_family = ipv6 ? AF_INET6 : AF_INET
    hints.ai_socktype = kind
    hints.ai_flags = AI_PASSIVE
    var list: UnsafeMutablePointer<addrinfo>?
    let code = lookUp(host.isEmpty ? nil : host, String(port), &hints, &list)
    guard code == 0, let address = list?.pointee else {
      throw Failure(text: "\(host): \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(address.ai_family, kind | Int32(SOCK_CLOEXEC.rawValue), proto)
    guard descriptor >= 0 else { throw Failure(.last) }
    try prepare(descriptor, address)
    let bound = localPort(descriptor) ?? 0
    return Listening(descriptor: descriptor, port: bound == 0 ? port : bound, host: host)
  }

  /// Whether a host is written as an address: `127.0.0.1`, `[::1]`.
  package static func isAddress(_ host: String) -> Bool {
    var buffer = in6_addr()
    if host.hasPrefix("["), host.hasSuffix("]") {
      return inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &buffer) == 1
    }
    return inet_pton(AF_INET, host, &buffer) == 1
  }

  /// A protocol by its name in the system's database, or by its number.
  package static func protocolNumber(_ name: String) -> Int32? {
    getprotobyname(name)?.pointee.p_proto ?? Int32(name)
  }

  /// As above at a path, made as under the given umask; throws when it is taken or too long.
  package static func listen(
    path: String, kind: Int32, backlog: Int, umask mask: mode_t
  ) throws(Failure) -> Listening {
    guard var address = unixAddress(path) else { throw Failure(text: "\(path): path too long") }
    let descriptor = socket(AF_UNIX, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(.last) }
    // The file has the rights of the socket: the umask, which is that of all threads, need not be another one.
    let rights = 0o777 & ~mask
    fchmod(descriptor, rights)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    let error = Errno.last
    // More than the umask leaves was asked for.
    var made = stat()
    if result == 0, lstat(path, &made) == 0, made.st_mode & 0o777 != rights { chmod(path, rights) }
    guard result == 0 else {
      close(descriptor)
      throw Failure(error)
    }
    try startListening(descriptor, kind, backlog)
    return Listening(descriptor: descriptor, port: 0, host: "")
  }

  /// Whether a process listens at the path of a unix socket.
  package static func answers(path: String) -> Bool {
    guard var address = unixAddress(path) else { return false }
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    // A full queue means that a process listens.
    return result == 0 || errno == EAGAIN
  }

  private static func startListening(
    _ descriptor: Int32, _ kind: Int32, _ backlog: Int
  ) throws(Failure) {
    let listens = kind == Int32(SOCK_STREAM.rawValue) || kind == Int32(SOCK_SEQPACKET.rawValue)
    guard listens, Glibc.listen(descriptor, Int32(clamping: backlog)) != 0 else { return }
    throw fail(descriptor, nil)
  }

  private static func fail(_ descriptor: Int32, _ what: String?) -> Failure {
    let error = Errno.last
    close(descriptor)
    return Failure(error, what)
  }

  /// Whether it is a socket bound to this path, or to this port; port 0 is any.
  package static func listens(_ descriptor: Int32, path: String?, port: Int) -> Bool {
    if let path { return localPath(descriptor) == path }
    guard let found = localPort(descriptor), found > 0 else { return false }
    return port == 0 || found == port
  }

  /// This process's own stream sockets that are bound to a port or a path: the one that listens, if any,
  /// and the connections that were accepted on it.
  package static func own(port: Int?, path: String?) -> (listener: Int32?, connections: [Int32]) {
    var found: (listener: Int32?, connections: [Int32]) = (nil, [])
    for entry in Files.list("/proc/self/fd") {
      guard let number = Int32(entry), listens(number, path: path, port: port ?? -1) else {
        continue
      }
      var flag: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      guard getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &flag, &size) == 0 else { continue }
      if flag != 0 { found.listener = number } else { found.connections.append(number) }
    }
    return found
  }

  /// The connections that were accepted on one of this process's listening sockets.
  package static func connections(of listener: Int32) -> [Int32] {
    own(port: localPort(listener), path: localPath(listener)).connections
  }

  /// The path a unix socket is bound to; nil for what has none.
  package static func path(of descriptor: Int32) -> String? { localPath(descriptor) }

  private static func localPath(_ descriptor: Int32) -> String? {
    var address = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
    let path = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix { $0 != 0 }) }
    return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
  }

  /// The port a socket is bound to; nil for what has none, such as a unix socket.
  package static func port(of descriptor: Int32) -> Int? { localPort(descriptor) }

  private static func localPort(_ descriptor: Int32) -> Int? {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    let families = [sa_family_t(AF_INET), sa_family_t(AF_INET6)]
    guard result == 0, families.contains(address.sin6_family) else { return nil }
    // The port lies at the same place in both families.
    return Int(UInt16(bigEndian: address.sin6_port))
  }

  static func unixAddress(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
  }

  static func connectDatagram(path: String) -> Int32? {
    guard var address = unixAddress(path) else { return nil }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if result == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  /// A UDP socket that sends to one address, which the caller must close; nil when there is none.
  package static func connectDatagram(host: String, port: Int) -> Int32? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard lookUp(host, String(port), &hints, &list) == 0, let address = list?.pointee else {
      return nil
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(
      address.ai_family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
    close(descriptor)
    return nil
  }
}

extension Network {
  /// Answers who sent a datagram; one that cannot be sent is lost.
  package static func send(_ bytes: [UInt8], _ descriptor: Int32, _ receiver: sockaddr_storage) {
    var receiver = receiver
    let size =
      receiver.ss_family == sa_family_t(AF_INET6)
      ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    withUnsafePointer(to: &receiver) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), address, socklen_t(size))
      }
    }
  }

  /// The numeric host of a sender.
  package static func host(of sender: sockaddr_storage) -> String {
    var sender = sender
    var buffer = [CChar](repeating: 0, count: 64)
    let size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafePointer(to: &sender) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        getnameinfo(address, size, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
      }
    }
    guard result == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A datagram that is there already and who sent it; nil when there is none.
  package static func receive(_ descriptor: Int32) -> (bytes: [UInt8], sender: sockaddr_storage)? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var sender = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let count = withUnsafeMutablePointer(to: &sender) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        recvfrom(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT), address, &size)
      }
    }
    return count < 0 ? nil : (Array(buffer.prefix(count)), sender)
  }

  /// A TCP port that is free on this machine's loopback at the moment; nil: there is none.
  package static func freePort() -> Int? {
    guard
      let listening = try? listen(
        host: "127.0.0.1", port: 0, ipv6: false, kind: Int32(SOCK_STREAM.rawValue), backlog: 1,
        sharesPort: false, device: nil)
    else { return nil }
    close(listening.descriptor)
    return listening.port
  }
}
