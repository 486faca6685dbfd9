import Glibc

/// Hosts and interfaces by name.
extension Network {
  /// The first IPv4 address of a host's name, as numbers; nil when there is none.
  package static func address(of host: String) -> String? { resolve(host, isIPv6: false).first }

  /// The numeric addresses of a host's name or of a network interface; none where it is neither.
  package static func addresses(of host: String, isIPv6: Bool) -> [String] {
    hasInterface(host) ? interfaceAddresses(host, isIPv6: isIPv6) : resolve(host, isIPv6: isIPv6)
  }

  /// Whether there is a network interface of this name.
  package static func hasInterface(_ name: String) -> Bool { if_nametoindex(name) != 0 }

  /// Whether a numeric address can be bound here. A port the kernel chooses is bound to try it.
  package static func isOwn(_ address: String, isIPv6: Bool) -> Bool {
    let kind = Int32(SOCK_STREAM.rawValue)
    guard
      let bound = try? listen(
        host: address, port: 0, ipv6: isIPv6, kind: kind, backlog: nil, sharesPort: false,
        device: nil)
    else { return false }
    close(bound.descriptor)
    return true
  }

  /// getaddrinfo(3). Machines without `/etc/hosts`, as empty containers are, still have a `localhost`.
  static func lookUp(
    _ host: String?, _ service: String?, _ hints: inout addrinfo,
    _ list: inout UnsafeMutablePointer<addrinfo>?
  ) -> Int32 {
    let code = getaddrinfo(host, service, &hints, &list)
    guard code != 0, host?.lowercased() == "localhost" else { return code }
    return getaddrinfo(
      hints.ai_family == AF_INET6 ? "::1" : "127.0.0.1", service, &hints, &list)
  }

  private static func resolve(_ host: String, isIPv6: Bool) -> [String] {
    var hints = addrinfo()
    hints.ai_family = isIPv6 ? AF_INET6 : AF_INET
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard lookUp(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    return sequence(first: list?.pointee, next: { $0?.ai_next?.pointee }).compactMap { found in
      found.flatMap { numeric($0.ai_addr, $0.ai_addrlen) }
    }
  }

  private static func interfaceAddresses(_ name: String, isIPv6: Bool) -> [String] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    let family = isIPv6 ? AF_INET6 : AF_INET
    let size = isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    return sequence(first: list?.pointee, next: { $0?.ifa_next?.pointee }).compactMap { found in
      guard let found, String(cString: found.ifa_name) == name, let address = found.ifa_addr,
        Int32(address.pointee.sa_family) == family
      else { return nil }
      return numeric(address, socklen_t(size))
    }
  }

  private static func numeric(
    _ address: UnsafeMutablePointer<sockaddr>, _ length: socklen_t
  ) -> String? {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let code = getnameinfo(
      address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard code == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
