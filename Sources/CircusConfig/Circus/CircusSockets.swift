import CircusModel

/// `[socket:NAME]` options to a socket (circus.md 8).
extension CircusSpecs {
  /// A socket from its options, `umask` in octal; refuses a bad port, family, type or missing path.
  package static func socket(_ options: [String: ConfigValue]) throws(Refusal) -> SocketSpec {
    var spec = SocketSpec(name: options["name"]?.string ?? "")
    let text: (String) -> String? = { options[$0]?.string }
    spec.host = text("host") ?? spec.host
    if let port = text("port") {
      guard let number = PythonText.int(port), (0...65535).contains(number) else {
        throw Refusal(
          "port \(PythonText.quoted(port)) is not a number from 0 to 65535", key: "port")
      }
      spec.port = number
    }
    switch (text("family") ?? "AF_INET").uppercased() {
    case "AF_INET": spec.family = .inet
    case "AF_INET6": spec.family = .inet6
    case "AF_UNIX": spec.family = .unix
    default: throw Refusal("unknown family \(text("family") ?? "")", key: "family")
    }
    switch (text("type") ?? "SOCK_STREAM").uppercased() {
    case "SOCK_STREAM": spec.kind = .stream
    case "SOCK_DGRAM": spec.kind = .datagram
    case "SOCK_SEQPACKET": spec.kind = .sequencedPacket
    case "SOCK_RAW": spec.kind = .raw
    default: throw Refusal("unknown type \(text("type") ?? "")", key: "type")
    }
    if let path = text("path") {
      spec.family = .unix
      spec.path = path
    } else if spec.family == .unix {
      throw Refusal("a unix socket needs a path")
    }
    spec.backlog = text("backlog").flatMap(PythonText.int) ?? spec.backlog
    // People write octal here, as for every umask; circus reads it as decimal (B28).
    if let mask = text("umask") {
      guard let octal = PythonText.octal(mask) else {
        throw Refusal("umask \(mask) is not octal", key: "umask")
      }
      spec.umask = octal
    }
    spec.replaces = options["replace"]?.bool ?? false
    spec.reusesPort = options["so_reuseport"]?.bool ?? false
    spec.blocking = text("blocking").flatMap(PythonText.bool) ?? false
    spec.device = text("interface")
    spec.proto = text("proto")
    return spec
  }
}
