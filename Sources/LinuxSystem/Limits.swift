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

  /// Sets both; throws EPERM when the hard one may not rise, EINVAL when soft exceeds it.
  package static func set(_ resource: Int32, soft: rlim_t, hard: rlim_t) throws(Errno) {
    try systemCall { cl_set_limit(resource, soft, hard) }
  }
}
