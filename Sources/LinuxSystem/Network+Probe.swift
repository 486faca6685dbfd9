import Glibc

/// Whether an address answers.
extension Network {
  /// Why a TCP connection cannot be made; nil when it can. Gives up after three seconds.
  package static func probe(host: String, port: Int) -> String? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = lookUp(host, String(port), &hints, &list)
    guard code == 0, let first = list else { return String(cString: gai_strerror(code)) }
    defer { freeaddrinfo(first) }
    var problem: String?
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let address = next {
      let descriptor = socket(
        address.pointee.ai_family,
        Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      defer { close(descriptor) }
      problem = connectProblem(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen)
      if problem == nil { return nil }
      next = address.pointee.ai_next
    }
    return problem
  }

  /// Why a unix socket cannot be connected; nil when it can. Gives up after three seconds.
  package static func probe(path: String) -> String? {
    guard var address = unixAddress(path) else { return "the path is too long" }
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    defer { close(descriptor) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connectProblem(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func connectProblem(
    _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
  ) -> String? {
    if Glibc.connect(descriptor, address, size) == 0 { return nil }
    guard errno == EINPROGRESS else { return Errno.last.description }
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&wait, 1, 3_000) > 0 else { return "no answer" }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
    return code == 0 ? nil : Errno(code).description
  }
}
