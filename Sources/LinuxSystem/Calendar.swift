import CLinux
import Glibc

/// Wall time by the calendar: what day it is, and when another one begins.
package enum Calendar {
  /// A moment as HTTP headers have it: `Sat, 21 Nov 2026 05:03:02 GMT`.
  package static func httpDate(_ wall: Double) -> String {
    format(wall, "%a, %d %b %Y %H:%M:%S GMT", utc: true)
  }

  /// 0 is Monday.
  package static func weekday(_ wall: Double, utc: Bool) -> Int {
    (Int(parts(wall, utc).tm_wday) + 6) % 7
  }

  /// The midnight that begins the day `days` after the one this moment lies in.
  package static func midnight(_ wall: Double, addingDays days: Int, utc: Bool) -> Double {
    var day = parts(wall, utc)
    day.tm_hour = 0
    day.tm_min = 0
    day.tm_sec = 0
    day.tm_mday += Int32(clamping: days)
    // Daylight saving may begin or end in between: the C library works out which holds.
    day.tm_isdst = -1
    return Double(utc ? timegm(&day) : mktime(&day))
  }

  /// strftime in local time or in UTC.
  package static func format(_ wall: Double, _ pattern: String, utc: Bool) -> String {
    var day = parts(wall, utc)
    var buffer = [CChar](repeating: 0, count: 128)
    let count = strftime(&buffer, buffer.count, pattern, &day)
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A local time as text, by an strptime format; what the format does not name is today's, at
  /// midnight. Nil when the text is not of this form.
  package static func parse(_ text: String, _ pattern: String) -> Double? {
    var day = parts(Clock.wall, false)
    day.tm_hour = 0
    day.tm_min = 0
    day.tm_sec = 0
    day.tm_isdst = -1
    return cl_parse_time(text, pattern, &day) == 1 ? Double(mktime(&day)) : nil
  }

  private static func parts(_ wall: Double, _ utc: Bool) -> tm {
    var seconds = time_t(wall.rounded(.down))
    var parts = tm()
    if utc { gmtime_r(&seconds, &parts) } else { localtime_r(&seconds, &parts) }
    return parts
  }
}
