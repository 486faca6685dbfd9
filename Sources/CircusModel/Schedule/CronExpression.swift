/// `minute hour day month weekday`, with seconds in front where there are six fields: when something is to happen, as
/// cron has it (crontab(5)).
package struct CronExpression: Hashable, Sendable {
  private var second: CronField
  private var minute: CronField
  private var hour: CronField
  private var day: CronField
  private var month: CronField
  private var weekday: CronField

  /// A text that is none, and how to mend it.
  package struct Problem: Error, Hashable {
    package var text: String
  }

  private static let nicknames = [
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
  ]

  package init(_ text: String) throws(Problem) {
    var text = PythonText.strip(text)
    if text.hasPrefix("@") {
      if text.lowercased() == "@reboot" {
        throw Problem(text: "@reboot is no time: write schedule.run_on_start = yes")
      }
      guard let fields = Self.nicknames[text.lowercased()] else {
        let known = Self.nicknames.keys.sorted().joined(separator: ", ")
        throw Problem(text: "`\(text)`: write one of \(known), or every:30m")
      }
      text = fields
    }
    var fields = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard fields.count == 5 || fields.count == 6 else {
      throw Problem(
        text:
          "write `minute hour day month weekday`, such as 15 3 * * mon-fri; @daily; or every:30m")
    }
    // Quartz's sign for a day that the other day's field tells.
    for index in [fields.count - 3, fields.count - 1] where fields[index] == "?" {
      fields[index] = "*"
    }
    do throws(CronField.Problem) {
      second =
        fields.count == 6 ? try CronField(fields.removeFirst(), .second) : CronField(only: 0)
      minute = try CronField(fields[0], .minute)
      hour = try CronField(fields[1], .hour)
      day = try CronField(fields[2], .day)
      month = try CronField(fields[3], .month)
      weekday = try CronField(fields[4], .weekday)
    } catch { throw Problem(text: error.text) }
    guard next(fromLocal: 0) != nil else {
      throw Problem(text: "there is no such day in any year: mend day and month")
    }
  }

  /// Hour and minute are told: its times are readings of the clock, each of which comes once a day. With a `*` in
  /// them it goes by the time that has passed (cron(8) of Debian).
  package var isFixed: Bool { !minute.isStar && !hour.isStar }

  private func isOn(_ day: CivilTime) -> Bool {
    let (onDay, onWeekday) = (self.day.holds(day.day), weekday.holds(day.weekday))
    // Where both are told, one of them is enough.
    return self.day.isStar || weekday.isStar ? onDay && onWeekday : onDay || onWeekday
  }

  /// Days that are looked at: a 29th of February may be eight years away, and the one that is a certain weekday forty.
  private static let farthest = 366 * 41

  /// The first time from this one on, in seconds of a calendar without a zone; nil: there is none.
  package func next(fromLocal seconds: Int64) -> Int64? {
    var time = CivilTime(seconds: seconds)
    var number = time.days
    var start = time.hour * 3_600 + time.minute * 60 + time.second
    let last = number + Int64(Self.farthest)
    while number <= last {
      if !month.holds(time.month) {
        let isLast = time.month == 12
        number =
          CivilTime(
            year: isLast ? time.year + 1 : time.year, month: isLast ? 1 : time.month + 1, day: 1
          ).days
      } else if isOn(time), let second = firstSecond(from: start) {
        return number * CivilTime.secondsOfDay + Int64(second)
      } else {
        number += 1
      }
      start = 0
      time = CivilTime(day: number)
    }
    return nil
  }

  /// Of a day.
  private func firstSecond(from start: Int) -> Int? {
    var (startMinute, startSecond) = (start / 60 % 60, start % 60)
    var at = hour.first(from: start / 3_600)
    if at != start / 3_600 { (startMinute, startSecond) = (0, 0) }
    while let hour = at {
      var next = minute.first(from: startMinute)
      if next != startMinute { startSecond = 0 }
      while let minute = next {
        if let second = second.first(from: startSecond) {
          return hour * 3_600 + minute * 60 + second
        }
        startSecond = 0
        next = self.minute.first(from: minute + 1)
      }
      (startMinute, startSecond) = (0, 0)
      at = self.hour.first(from: hour + 1)
    }
    return nil
  }
}
