/// When something is to happen again and again: `15 3 * * mon-fri`, `@daily`, or `every:20m`.
package enum Timetable: Hashable, Sendable {
  /// By calendar and clock.
  case calendar(CronExpression)
  /// From start to start, by the monotonic clock.
  case every(Interval)

  package init(text: String) throws(CronExpression.Problem) {
    let text = PythonText.strip(text)
    for sign in ["every:", "@every "] where text.lowercased().hasPrefix(sign) {
      guard let interval = Self.span(String(text.dropFirst(sign.count))) else {
        throw .init(text: "`\(text)`: write every:90s, every:20m, every:1h30m or every:2d")
      }
      guard interval >= Self.shortest else {
        throw .init(text: "`\(text)`: nothing is started more often than once a second")
      }
      self = .every(interval)
      return
    }
    self = .calendar(try CronExpression(text))
  }

  private static let shortest = Interval.seconds(1)

  /// `1h30m`, `90`: seconds.
  private static func span(_ text: String) -> Interval? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    var total = 0.0
    var digits = ""
    let text = PythonText.strip(text).lowercased()
    guard !text.isEmpty else { return nil }
    for sign in text {
      if let unit = units[sign] {
        guard let value = PythonText.float(digits) else { return nil }
        total += value * unit
        digits = ""
      } else {
        digits.append(sign)
      }
    }
    if !digits.isEmpty {
      guard let value = PythonText.float(digits) else { return nil }
      total += value
    }
    return total > 0 && total < 1e9 ? .seconds(total) : nil
  }

  /// How to mend a text that is none; nil: it is one.
  package static func advice(against text: String) -> String? {
    do throws(CronExpression.Problem) {
      _ = try Timetable(text: text)
      return nil
    } catch { return error.text }
  }
}

extension CronExpression {
  /// A change of the clock by so much is no summer time: it is a correction, and what was skipped is not made up for.
  package static let correction = Int64(3 * 3_600)

  /// The first moment after this one, in seconds since the epoch; nil: there is none.
  ///
  /// Where the clock is put forward a fixed time that is skipped is the moment of the change; where it is put back, its
  /// second coming does not count (cron(8) of Debian).
  package func next(after seconds: Int64, in zone: ZoneRules) -> Int64? {
    var at = seconds + 1
    // What comes at all comes within these changes of the clock.
    for _ in 0..<200 {
      let stretch = zone.stretch(at: at)
      var local = at + stretch.offset
      if isFixed, let start = stretch.start {
        let shift = stretch.offset - stretch.former
        if shift > 0, shift < Self.correction, at <= start,
          let skipped = next(fromLocal: start + stretch.former), skipped < start + stretch.offset
        {
          return start
        }
        if shift < 0, -shift < Self.correction { local = max(local, start + stretch.former) }
      }
      guard let found = next(fromLocal: local) else { return nil }
      guard let end = stretch.end, found - stretch.offset >= end else {
        return found - stretch.offset
      }
      at = end
    }
    return nil
  }
}
