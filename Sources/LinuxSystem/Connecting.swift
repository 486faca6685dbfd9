import Glibc

/// Connections that are made without waiting.
extension Network {
  /// A connection that is being made.
  package struct Attempt {
    /// Non-blocking and close-on-exec; the caller must close it.
    package var descriptor: Int32
    /// It is decided already; else it is when the descriptor takes bytes.
    package var isDone: Bool
    /// It stands for certain.
    package var stands: Bool
  }

  /// The numeric addresses a host stands for; nil: its name would have to be looked up, which waits.
  package static func addresses(_ host: String) -> [String]? {
    if host.lowercased() == "localhost" { return ["127.0.0.1", "::1"] }
    return isAddress(host) || isAddress("[\(host)]") ? [host] : nil
  }

  /// Begins to connect to a numeric address.
  package static func beginConnecting(address: String, port: Int) throws(Errno) -> Attempt {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, String(port), &hints, &list) == 0, let found = list?.pointee else {
      throw Errno(EINVAL)
    }
    defer { freeaddrinfo(list) }
    return try begin(found.ai_family, found.ai_addr, found.ai_addrlen)
  }

  /// Begins to connect to the unix socket at a path.
  package static func beginConnecting(path: String) throws(Errno) -> Attempt {
    guard var address = unixAddress(path) else { throw Errno(ENAMETOOLONG) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    var result: Result<Attempt, Errno> = .failure(Errno(EINVAL))
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        do throws(Errno) { result = .success(try begin(AF_UNIX, pointer, size)) } catch {
          result = .failure(error)
        }
      }
    }
    return try result.get()
  }

  private static func begin(
    _ family: Int32, _ address: UnsafePointer<sockaddr>?, _ size: socklen_t
  ) throws(Errno) -> Attempt {
    let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(family, Int32(flags), 0)
    guard descriptor >= 0 else { throw .last }
    if Glibc.connect(descriptor, address, size) == 0 {
      return Attempt(descriptor: descriptor, isDone: true, stands: true)
    }
    guard errno == EINPROGRESS else {
      let error = Errno.last
      close(descriptor)
      throw error
    }
    // To this machine it stands as soon as it was asked for.
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    let isDone = poll(&wait, 1, 0) > 0
    return Attempt(
      descriptor: descriptor, isDone: isDone,
      stands: isDone && wait.revents & Int16(POLLERR | POLLHUP) == 0)
  }

  /// Why a connection that is decided does not stand; nil: it does.
  package static func problem(of descriptor: Int32) -> Errno? {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { return .last }
    return code == 0 ? nil : Errno(code)
  }

  /// Whether a connection to this port of this machine has met itself, as it can where nothing listens.
  package static func isConnectedToItself(_ descriptor: Int32, port: Int) -> Bool {
    guard self.port(of: descriptor) == port else { return false }
    func address(_ read: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Int32) -> [UInt8] {
      var storage = sockaddr_storage()
      var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
      _ = withUnsafeMutablePointer(to: &storage) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { read($0, &size) }
      }
      return withUnsafeBytes(of: &storage) { Array($0.prefix(Int(size))) }
    }
    return address { getsockname(descriptor, $0, &$1) }
      == address { getpeername(descriptor, $0, &$1) }
  }

  /// Tells the peer that nothing more comes from here.
  package static func finishSending(_ descriptor: Int32) {
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }
}
