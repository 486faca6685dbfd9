/// One field of a cron expression: a set of small numbers.
struct CronField: Hashable, Sendable {
  /// What a field may hold.
  struct Range: Sendable {
    var name: String
    var least: Int
    var most: Int
    /// Names in place of numbers, from `least` on.
    var names: [String] = []

    static let second = Range(name: "second", least: 0, most: 59)
    static let minute = Range(name: "minute", least: 0, most: 59)
    static let hour = Range(name: "hour", least: 0, most: 23)
    static let day = Range(name: "day", least: 1, most: 31)
    static let month = Range(
      name: "month", least: 1, most: 12,
      names: [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
      ])
    /// 0 and 7 are Sunday.
    static let weekday = Range(
      name: "weekday", least: 0, most: 7,
      names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
  }

  /// A field that is none, and how to mend it.
  struct Problem: Error, Hashable {
    var text: String
  }

  /// A bit for each number.
  private(set) var bits: UInt64 = 0
  /// It begins with `*`, which is how cron tells a field that restricts nothing (crontab(5), of Debian).
  private(set) var isStar: Bool

  /// Only this number.
  init(only number: Int) {
    bits = 1 << UInt64(number)
    isStar = false
  }

  init(_ text: some StringProtocol, _ range: Range) throws(Problem) {
    isStar = text.hasPrefix("*")
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    for part in parts { try add(String(part), range) }
    // Sunday has two numbers.
    if range.most == 7, bits & 0x81 != 0 { bits = (bits | 1) & 0x7f }
  }

  private mutating func add(_ part: String, _ range: Range) throws(Problem) {
    let cut = part.split(separator: "/", omittingEmptySubsequences: false)
    guard let span = cut.first, cut.count <= 2 else { throw Self.bad(part, range) }
    var (first, last) = (range.least, range.most)
    if span != "*" {
      let ends = span.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2, let begin = Self.number(ends[0], range) else {
        throw Self.bad(part, range)
      }
      first = begin
      if ends.count == 2 {
        guard let end = Self.number(ends[1], range) else { throw Self.bad(part, range) }
        last = end
      } else if cut.count == 2 {
        throw Problem(
          text: "\(range.name) `\(part)`: write \(span)-\(range.most)/\(cut[1]), or */\(cut[1])")
      } else {
        last = first
      }
      // Sunday also ends a week.
      if range.most == 7, last == 0, first > 0 { last = 7 }
      guard first <= last else {
        throw Problem(text: "\(range.name) `\(part)`: the range goes backwards")
      }
    }
    var step = 1
    if cut.count == 2 {
      guard let given = Int(cut[1]), given > 0 else { throw Self.bad(part, range) }
      step = given
    }
    // A step larger than the range leaves its first number.
    for number in stride(from: first, through: last, by: step) { bits |= 1 << UInt64(number) }
  }

  private static func number(_ text: Substring, _ range: Range) -> Int? {
    if let index = range.names.firstIndex(of: text.lowercased()) { return range.least + index }
    guard !text.isEmpty, text.count <= 2, text.allSatisfy({ $0.isASCII && $0.isNumber }),
      let number = Int(text), (range.least...range.most).contains(number)
    else { return nil }
    return number
  }

  private static func bad(_ part: String, _ range: Range) -> Problem {
    if part.contains(where: { "LW#lw?".contains($0) }), range.names.isEmpty || part.count < 3 {
      return Problem(text: "\(range.name) `\(part)`: L, W, # and ? are not known")
    }
    let names = range.names.isEmpty ? "" : ", or \(range.names[0]), \(range.names[1]) ..."
    return Problem(
      text:
        "\(range.name) `\(part)`: write \(range.least) to \(range.most)\(names), `*`, `a-b`, `a,b` or `*/n`"
    )
  }

  func holds(_ number: Int) -> Bool { bits & 1 << UInt64(number) != 0 }

  /// The first number from this one on; nil: there is none.
  func first(from number: Int) -> Int? {
    guard number < 64 else { return nil }
    let rest = bits >> UInt64(number)
    return rest == 0 ? nil : number + rest.trailingZeroBitCount
  }
}
