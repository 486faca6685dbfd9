import CLinux

/// Resource limits of this process.
package enum Limits {
  /// The value that stands for no limit: RLIM_INFINITY.
  package static var unlimited: rlim_t { cl_unlimited() }

  /// The kernel's number of `nofile`, `core` ...; nil for an unknown name.
  package static func number(of name: String) -> Int32? {
    let number = cl_limit_number(name)
    return number < 0 ? nil : number
  }

  /// Both values in the resource's own unit (bytes, seconds, a count); nil for an unknown number.
  package static func get(_ resource: Int32) -> (soft: rlim_t, hard: rlim_t)? {
    var soft: rlim_t = 0
    var hard: rlim_t = 0
    return cl_get_limit(resource, &soft, &hard) == 0 ? (soft, hard) : nil
  }

  /// Whether soft and hard limit can be set to a value that may be above the hard one.
  package static func canRaise(_ resource: Int32, to value: rlim_t) -> Bool {
    guard let now = get(resource), now.hard != unlimited, value > now.hard else { return true }
    guard hasRight else { return false }
    guard resource == number(of: "nofile"), let most = mostFiles else { return true }
    return value <= most
  }

  /// CAP_SYS_RESOURCE, which a container's root may lack.
  private static var hasRight: Bool {
    guard let text = text("/proc/self/status"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
      let bits = UInt64(line.dropFirst("CapEff:".count).drop { $0 == "\t" || $0 == " " }, radix: 16)
    else { return false }
    return bits & (1 << 24) != 0
  }

  private static func text(_ path: String) -> String? {
    (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  private static var mostFiles: rlim_t? {
    text("/proc/sys/fs/nr_open").flatMap { rlim_t($0.prefix { $0 != "\n" }) }
  }

  /// Sets both; throws EPERM when the hard one may not rise, EINVAL when soft exceeds it.
  package static func set(_ resource: Int32, soft: rlim_t, hard: rlim_t) throws(Errno) {
    try systemCall { cl_set_limit(resource, soft, hard) }
  }
}
