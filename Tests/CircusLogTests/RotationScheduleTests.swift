import CircusLog
import CircusModel
import LinuxSystem
import Testing

/// When timed files end and what they are called (circus.md 6.4), told in UTC.
@Suite struct RotationScheduleTests {
  /// 2026-11-21 14:25:10 UTC, a Saturday.
  private let saturday = 1_795_271_110.0

  private func schedule(_ when: String, _ interval: Int = 1) throws -> RotationSchedule {
    RotationSchedule(
      try #require(TimedRotation(when: when, interval: interval, isUTC: true)), from: saturday)
  }

  private func text(_ wall: Double) -> String {
    Calendar.format(wall, "%Y-%m-%d %H:%M:%S", utc: true)
  }

  @Test func intervalsCountFromTheBeginningOfTheFile() throws {
    #expect(text(try schedule("S", 5).next) == "2026-11-21 14:25:15")
    #expect(text(try schedule("m").next) == "2026-11-21 14:26:10")
    #expect(text(try schedule("H", 2).next) == "2026-11-21 16:25:10")
    #expect(text(try schedule("d").next) == "2026-11-22 14:25:10")
    #expect(try schedule("H", 2).suffix == ".2026112114")
    #expect(try schedule("S", 5).suffix == ".20261121142510")
  }

  @Test func midnightsAndWeekdaysAreCalendarDays() throws {
    #expect(text(try schedule("midnight").next) == "2026-11-22 00:00:00")
    #expect(try schedule("midnight").suffix == ".20261121")
    // Today is Saturday: its week ends with it. Friday is six days ahead, Sunday tomorrow.
    #expect(text(try schedule("W5").next) == "2026-11-22 00:00:00")
    #expect(text(try schedule("W4").next) == "2026-11-28 00:00:00")
    #expect(text(try schedule("W6").next) == "2026-11-23 00:00:00")
    #expect(try schedule("W6").suffix == ".20261116")
  }

  @Test func missedRolloversAreOne() throws {
    var hourly = try schedule("H")
    hourly.advance(past: saturday + 10 * 3_600 + 5)
    #expect(text(hourly.next) == "2026-11-22 01:25:10")
    var daily = try schedule("MIDNIGHT")
    daily.advance(past: saturday + 3 * 86_400)
    #expect(text(daily.next) == "2026-11-25 00:00:00")
  }

  @Test func whatIsNoTimeIsRefused() {
    for when in ["W7", "WX", "W", "noon", "", "MONTH"] {
      #expect(TimedRotation(when: when, interval: 1, isUTC: false) == nil, "\(when)")
    }
  }
}
