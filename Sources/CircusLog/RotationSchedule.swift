import CircusModel
import LinuxSystem

/// When the present file of a timed stream ends, and what its name will be then.
package struct RotationSchedule {
  private let rotation: TimedRotation
  /// Wall time of the next rollover.
  package private(set) var next: Double

  /// `start` is when the present file was begun: its last change if it is there already, else now.
  package init(_ rotation: TimedRotation, from start: Double) {
    self.rotation = rotation
    next = Self.rollover(rotation, after: start)
  }

  private static func rollover(_ rotation: TimedRotation, after start: Double) -> Double {
    let utc = rotation.isUTC
    switch rotation.unit {
    case .second: return start + Double(rotation.interval)
    case .minute: return start + 60 * Double(rotation.interval)
    case .hour: return start + 3_600 * Double(rotation.interval)
    case .day: return start + 86_400 * Double(rotation.interval)
    case .midnight:
      return Calendar.midnight(start, addingDays: rotation.interval, utc: utc)
    case .weekday(let day):
      // The end of the next such day, today included.
      let ahead = (day - Calendar.weekday(start, utc: utc) + 7) % 7
      let days = ahead + 1 + 7 * (rotation.interval - 1)
      return Calendar.midnight(start, addingDays: days, utc: utc)
    }
  }

  /// When the period that ends at the next rollover began.
  private var begin: Double {
    switch rotation.unit {
    case .second: next - Double(rotation.interval)
    case .minute: next - 60 * Double(rotation.interval)
    case .hour: next - 3_600 * Double(rotation.interval)
    case .day: next - 86_400 * Double(rotation.interval)
    case .midnight: Calendar.midnight(next, addingDays: -rotation.interval, utc: rotation.isUTC)
    case .weekday: Calendar.midnight(next, addingDays: -7 * rotation.interval, utc: rotation.isUTC)
    }
  }

  /// What is put behind the name of the file that ends at the next rollover.
  package var suffix: String {
    "." + Calendar.format(begin, rotation.suffixFormat, utc: rotation.isUTC)
  }

  /// Moves on past `now`, in the rhythm it had.
  package mutating func advance(past now: Double) {
    switch rotation.unit {
    case .second, .minute, .hour, .day:
      let step = next - begin
      next += step * max(1, ((now - next) / step).rounded(.down) + 1)
    case .midnight, .weekday: next = Self.rollover(rotation, after: max(now, next))
    }
  }
}
