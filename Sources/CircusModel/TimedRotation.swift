/// When a TimedRotatingFileStream begins a new file (circus.md 6.4).
package struct TimedRotation: Hashable, Sendable {
  /// The base interval; days and weeks from midnight are calendar days, whatever the clock does.
  package enum Unit: Hashable, Sendable {
    case second, minute, hour, day
    /// At midnight.
    case midnight
    /// At the midnight that begins this day's successor; 0 is Monday.
    case weekday(Int)
  }

  /// The base interval.
  package var unit: Unit
  /// How many of them (`rotate_interval`), from 1.
  package var interval: Int
  /// Whether days begin at Greenwich's midnight instead of the local one.
  package var isUTC: Bool

  package init(unit: Unit, interval: Int = 1, isUTC: Bool = false) {
    self.unit = unit
    self.interval = min(max(1, interval), 100_000)
    self.isUTC = isUTC
  }

  /// `rotate_when` in any letter case; circus knows upper case only (B49). Nil: there is no such.
  package init?(when text: String, interval: Int, isUTC: Bool) {
    let unit: Unit
    switch text.uppercased() {
    case "S": unit = .second
    case "M": unit = .minute
    case "H": unit = .hour
    case "D": unit = .day
    case "MIDNIGHT": unit = .midnight
    case let week where week.count == 2 && week.hasPrefix("W"):
      guard let day = Int(week.dropFirst()), (0...6).contains(day) else { return nil }
      unit = .weekday(day)
    default: return nil
    }
    self.init(unit: unit, interval: interval, isUTC: isUTC)
  }

  /// strftime format of what is put behind the name of a closed file.
  package var suffixFormat: String {
    switch unit {
    case .second: "%Y%m%d%H%M%S"
    case .minute: "%Y%m%d%H%M"
    case .hour: "%Y%m%d%H"
    case .day, .midnight, .weekday: "%Y%m%d"
    }
  }
}
