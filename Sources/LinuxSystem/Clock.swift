import Glibc

/// The two clocks: one to decide by, one to show.
package enum Clock {
  /// Nanoseconds since some fixed point; never goes back.
  package static var monotonic: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Seconds since the epoch, to the microsecond.
  package static var wall: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec / 1_000) / 1e6
  }

  /// strftime in local time, as Python's logging and circus's `time_format` do.
  package static func format(_ wall: Double, _ pattern: String) -> String {
    var seconds = time_t(wall)
    var parts = tm()
    localtime_r(&seconds, &parts)
    guard !pattern.isEmpty else { return "" }
    var buffer = [CChar](repeating: 0, count: 256 + pattern.utf8.count * 4)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension Clock {
  /// Nanoseconds since the machine came up, sleep included.
  package static var sinceBoot: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

extension Clock {
  /// Does nothing for a while; for programs that wait, never for the daemon.
  package static func sleep(milliseconds: Int32) { poll(nil, 0, milliseconds) }
}
