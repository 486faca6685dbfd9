/// A reading of calendar and clock, without a zone.
package struct CivilTime: Hashable, Sendable {
  package var year: Int
  /// 1 to 12.
  package var month: Int
  /// 1 to 31.
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int

  package init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
  ) {
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// `seconds`: since 1970-01-01 00:00:00 of the same calendar.
  package init(seconds: Int64) {
    let day = Self.floor(seconds, Self.secondsOfDay)
    let rest = Int(seconds - day * Self.secondsOfDay)
    self.init(day: day)
    (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
  }

  /// `day`: since 1970-01-01. The year begins in March here: the odd day is its last.
  package init(day: Int64) {
    let shifted = day + 719_468
    let era = Self.floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    self.month = Int(month < 10 ? month + 3 : month - 9)
    self.day = Int(dayOfYear - (153 * month + 2) / 5 + 1)
    year = Int(yearOfEra + era * 400) + (self.month <= 2 ? 1 : 0)
    (hour, minute, second) = (0, 0, 0)
  }

  /// Days since 1970-01-01.
  package var days: Int64 {
    let year = Int64(month <= 2 ? self.year - 1 : self.year)
    let era = Self.floor(year, 400)
    let yearOfEra = year - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Seconds since 1970-01-01 00:00:00 of the same calendar.
  package var seconds: Int64 {
    days * Self.secondsOfDay + Int64(hour * 3_600 + minute * 60 + second)
  }

  /// 0: Sunday.
  package var weekday: Int { Self.weekday(ofDay: days) }

  package static func weekday(ofDay day: Int64) -> Int { Int(((day + 4) % 7 + 7) % 7) }

  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && year % 100 != 0 || year % 400 == 0
  }

  package static let secondsOfDay = Int64(86_400)

  /// `2026-03-29 03:00:00`.
  package var text: String {
    let two: (Int) -> String = { $0 < 10 ? "0\($0)" : String($0) }
    return
      "\(year)-\(two(month))-\(two(day)) \(two(hour)):\(two(minute)):\(two(second))"
  }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
  }
}
