import Glibc
import LinuxSystem

/// The daemon's own limits.
extension Daemon {
  /// Children get the limit the daemon was started with; the daemon itself needs one descriptor
  /// and more for each of them.
  static func raiseFileLimit() -> (soft: rlim_t, hard: rlim_t)? {
    guard let number = Limits.number(of: "nofile"), let limit = Limits.get(number) else {
      return nil
    }
    try? Limits.set(number, soft: limit.hard, hard: limit.hard)
    return limit
  }
}
