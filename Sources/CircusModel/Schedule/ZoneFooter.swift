/// What holds after the last change a zone's file lists, as `TZ` has it: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX, RFC 8536
/// section 3.3).
package struct ZoneFooter: Hashable, Sendable {
  /// A day of each year, and a time of it.
  struct Day: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      /// `Mm.w.d`: the w-th of these weekdays in the month, 5: the last one.
      case weekday(month: Int, week: Int, weekday: Int)
      /// `Jn`: 1 to 365, the 29th of February is not counted.
      case julian(Int)
      /// `n`: 0 to 365, it is.
      case ordinal(Int)
    }
    var kind: Kind
    /// Seconds after midnight; may be of another day.
    var time: Int64

    /// Days since 1970-01-01.
    func day(in year: Int) -> Int64 {
      switch kind {
      case .weekday(let month, let week, let weekday):
        let first = CivilTime(year: year, month: month, day: 1).days
        let begin = first + Int64((weekday - CivilTime.weekday(ofDay: first) + 7) % 7)
        var day = begin + Int64(week - 1) * 7
        while CivilTime(day: day).month != month { day -= 7 }
        return day
      case .julian(let number):
        let isAfterLeapDay = CivilTime.isLeap(year) && number > 59
        return CivilTime(year: year, month: 1, day: 1).days + Int64(number - 1)
          + (isAfterLeapDay ? 1 : 0)
      case .ordinal(let number):
        return CivilTime(year: year, month: 1, day: 1).days + Int64(number)
      }
    }
  }

  /// The time of the other half of the year.
  struct Summer: Hashable, Sendable {
    var name: String
    var offset: Int64
    var start: Day
    var end: Day
  }

  private var name: String
  private var offset: Int64
  private var summer: Summer?

  /// Whether the clock is changed every year.
  package var changes: Bool { summer != nil }

  /// As it is without a change.
  package var standard: ZoneRules.Change { .init(at: 0, offset: offset, name: name) }

  /// The changes of a year.
  package func changes(in year: Int) -> [ZoneRules.Change] {
    guard let summer else { return [] }
    return [
      .init(
        at: summer.start.day(in: year) * CivilTime.secondsOfDay + summer.start.time - offset,
        offset: summer.offset, name: summer.name),
      .init(
        at: summer.end.day(in: year) * CivilTime.secondsOfDay + summer.end.time - summer.offset,
        offset: offset, name: name),
    ]
  }

  /// Nil: it is none.
  package init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    guard let name = Self.name(&rest), let west = Self.time(&rest, most: 24) else { return nil }
    (self.name, offset) = (name, -west)
    guard !rest.isEmpty else { return }
    guard let summerName = Self.name(&rest) else { return nil }
    var summerOffset = offset + 3_600
    if rest.first != UInt8(ascii: ",") {
      guard let west = Self.time(&rest, most: 24) else { return nil }
      summerOffset = -west
    }
    guard let start = Self.day(&rest), let end = Self.day(&rest), rest.isEmpty else { return nil }
    summer = Summer(name: summerName, offset: summerOffset, start: start, end: end)
  }

  // MARK: reading

  /// `CET` or `<+03>`.
  private static func name(_ rest: inout ArraySlice<UInt8>) -> String? {
    let isQuoted = rest.first == UInt8(ascii: "<")
    if isQuoted { rest = rest.dropFirst() }
    let name = rest.prefix { byte in
      let isLetter = (65...90).contains(byte) || (97...122).contains(byte)
      let isSign = (48...57).contains(byte) || byte == 43 || byte == 45
      return isLetter || isQuoted && isSign
    }
    rest = rest.dropFirst(name.count)
    if isQuoted {
      guard rest.first == UInt8(ascii: ">") else { return nil }
      rest = rest.dropFirst()
    }
    return name.count < 3 ? nil : String(decoding: name, as: UTF8.self)
  }

  /// `-3`, `+5:30`, `167:00:00`, in seconds.
  private static func time(_ rest: inout ArraySlice<UInt8>, most: Int) -> Int64? {
    var sign = 1
    if let first = rest.first, first == 43 || first == 45 {
      sign = first == 45 ? -1 : 1
      rest = rest.dropFirst()
    }
    guard let hours = number(&rest, 0...most) else { return nil }
    var seconds = hours * 3_600
    for unit in [60, 1] where rest.first == UInt8(ascii: ":") {
      rest = rest.dropFirst()
      guard let value = number(&rest, 0...59) else { return nil }
      seconds += value * unit
    }
    return Int64(sign * seconds)
  }

  private static func number(
    _ rest: inout ArraySlice<UInt8>, _ range: ClosedRange<Int>
  ) -> Int? {
    let digits = rest.prefix { (48...57).contains($0) }
    guard !digits.isEmpty, digits.count <= 3 else { return nil }
    rest = rest.dropFirst(digits.count)
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    return range.contains(value) ? value : nil
  }

  /// `,M3.5.0/2`.
  private static func day(_ rest: inout ArraySlice<UInt8>) -> Day? {
    guard rest.first == UInt8(ascii: ",") else { return nil }
    rest = rest.dropFirst()
    let kind: Day.Kind
    switch rest.first {
    case UInt8(ascii: "M"):
      rest = rest.dropFirst()
      guard let month = number(&rest, 1...12), take(".", &rest), let week = number(&rest, 1...5),
        take(".", &rest), let weekday = number(&rest, 0...6)
      else { return nil }
      kind = .weekday(month: month, week: week, weekday: weekday)
    case UInt8(ascii: "J"):
      rest = rest.dropFirst()
      guard let day = number(&rest, 1...365) else { return nil }
      kind = .julian(day)
    default:
      guard let day = number(&rest, 0...365) else { return nil }
      kind = .ordinal(day)
    }
    guard take("/", &rest) else { return Day(kind: kind, time: 7_200) }
    guard let time = time(&rest, most: 167) else { return nil }
    return Day(kind: kind, time: time)
  }

  private static func take(_ sign: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.first == UInt8(ascii: sign) else { return false }
    rest = rest.dropFirst()
    return true
  }
}
