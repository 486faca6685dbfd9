import CircusModel
import Foundation
import Testing

/// Times of schedules, beside what others say of them (`scripts/write-cron-tables`).
@Suite struct TimetableTests {
  private static func rows(_ table: String) throws -> [[String]] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Tables/\(table).tsv")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
  }

  /// Zones of this machine's tz database; nil: it has none.
  private static func zone(_ name: String) -> ZoneRules? {
    (try? Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)")))
      .flatMap { ZoneFile.read(Array($0)) }
  }

  private func times(
    _ text: String, after start: Int64, in zone: ZoneRules = .utc, _ count: Int
  ) throws -> [Int64] {
    let expression = try CronExpression(text)
    var found: [Int64] = []
    var at = start
    for _ in 0..<count {
      guard let next = expression.next(after: at, in: zone) else { break }
      found.append(next)
      at = next
    }
    return found
  }

  @Test func fieldsMeanWhatCroniterSays() throws {
    let rows = try Self.rows("fields")
    #expect(rows.count == 400)
    for row in rows {
      try #require(row.count == 3)
      let expected = row[2].split(separator: " ").compactMap { Int64($0) }
      let found = try times(row[0], after: try #require(Int64(row[1])), expected.count)
      #expect(found == expected, "\(row[0])")
    }
  }

  @Test func zonesAreReadAsPythonReadsThem() throws {
    let rows = try Self.rows("zones")
    for (name, changes) in Dictionary(grouping: rows, by: { $0[0] }) {
      guard let zone = Self.zone(name) else {
        print("skipped: no tz database with \(name)")
        continue
      }
      for row in changes {
        let at = try #require(Int64(row[1]))
        #expect(zone.stretch(at: at - 1).offset == Int64(row[2]), "\(name) \(at)")
        #expect(zone.stretch(at: at).offset == Int64(row[3]), "\(name) \(at)")
        #expect(zone.stretch(at: at - 1).end == at, "\(name) \(at)")
        #expect(zone.stretch(at: at).start == at, "\(name) \(at)")
        #expect(zone.stretch(at: at).former == Int64(row[2]), "\(name) \(at)")
      }
    }
  }

  /// T83: both changes of a year, in four zones with a change of the clock.
  @Test func changesOfTheClockAreAsInDebiansCron() throws {
    for row in try Self.rows("changes") {
      try #require(row.count == 4)
      guard let zone = Self.zone(row[0]) else { continue }
      let start = try #require(Int64(row[2]))
      let expected = row[3].split(separator: " ").compactMap { Int64($0) }
      let found = try times(row[1], after: start - 1, in: zone, 400)
        .filter { $0 < start + 52 * 3_600 }
      #expect(found == expected, "\(row[0]) \(row[1])")
    }
  }

  /// A year of quarters of an hour: never more than that, never twice.
  @Test(arguments: ["Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe", "Europe/Dublin"])
  func quartersAreQuarters(name: String) throws {
    guard let zone = Self.zone(name) else { return print("skipped: no tz database") }
    let found = try times("*/15 * * * *", after: 1_767_225_600, in: zone, 366 * 96)
    let gaps = Set(zip(found, found.dropFirst()).map { $1 - $0 })
    #expect(gaps == [900])
  }

  @Test(
    arguments: [
      ("0 0 1 * mon", "2026-11-29 12:00:00", "2026-11-30 00:00:00"),
      ("0 0 13 * fri", "2026-11-10 00:00:00", "2026-11-13 00:00:00"),
      // A day that begins with a star restricts, and needs the other.
      ("0 0 */2 * mon", "2026-11-29 12:00:00", "2026-12-07 00:00:00"),
      ("0 0 29 2 *", "2026-11-29 12:00:00", "2028-02-29 00:00:00"),
      ("0 0 29 2 *", "2096-03-01 00:00:00", "2104-02-29 00:00:00"),
      ("30 5 * * sat-sun", "2026-11-30 00:00:00", "2026-12-05 05:30:00"),
      ("0 12 * * 7", "2026-11-30 00:00:00", "2026-12-06 12:00:00"),
      ("0 12 * * 0", "2026-11-30 00:00:00", "2026-12-06 12:00:00"),
      ("0 0 1 jan-mar/2 *", "2026-01-02 00:00:00", "2026-03-01 00:00:00"),
      ("*/10 * * * * *", "2026-01-02 00:00:55", "2026-01-02 00:01:00"),
      ("0 */5 * * * *", "2026-01-02 00:00:00", "2026-01-02 00:05:00"),
      ("@midnight", "2026-01-02 00:00:00", "2026-01-03 00:00:00"),
      ("0 0 ? * mon", "2026-11-29 12:00:00", "2026-11-30 00:00:00"),
    ])
  func rulesOfCronHold(text: String, start: String, expected: String) throws {
    let found = try times(text, after: Self.seconds(start), 1)
    #expect(found.map { CivilTime(seconds: $0).text } == [expected])
  }

  private static func seconds(_ text: String) -> Int64 {
    let numbers = text.split { "-: ".contains($0) }.compactMap { Int($0) }
    return CivilTime(
      year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
      second: numbers[5]
    ).seconds
  }

  /// T87: what is none says how to mend it.
  @Test(
    arguments: [
      ("30 2 31 2 *", "no such day"), ("@reboot", "run_on_start"), ("@noon", "@daily"),
      ("61 * * * *", "minute"), ("* 24 * * *", "hour"), ("* * 0 * *", "day"),
      ("* * * 13 *", "month"), ("* * * * 8", "weekday"), ("* * L * *", "L, W, #"),
      ("* * * * fri#2", "weekday"), ("5/15 * * * *", "5-59/15"), ("9-3 * * * *", "backwards"),
      ("*/0 * * * *", "minute"), ("* * * *", "minute hour day"), ("", "minute hour day"),
      ("1,,2 * * * *", "minute"), ("every:0", "every:90s"), ("every:0.2s", "once a second"),
      ("every:x", "every:90s"), ("every:", "every:90s"), ("-1 * * * *", "minute"),
    ])
  func mistakesAreNamed(text: String, hint: String) {
    let advice = Timetable.advice(against: text) ?? "it is one"
    #expect(advice.contains(hint), "\(advice)")
  }

  @Test(
    arguments: [
      ("every:90s", 90), ("every:20m", 1_200), ("every:1h30m", 5_400), ("every: 2d", 172_800),
      ("@every 5m", 300), ("every:45", 45),
    ])
  func spansAreRead(text: String, seconds: Double) throws {
    #expect(try Timetable(text: text) == .every(.seconds(seconds)))
  }

  @Test func anyDayComesBack() {
    for day in stride(from: Int64(-200_000), to: 200_000, by: 37) {
      #expect(CivilTime(day: day).days == day)
    }
    #expect(CivilTime(seconds: -1).text == "1969-12-31 23:59:59")
  }

  /// The fuzzer's find: the first change in the year -292 billion.
  @Test func aChangeBeforeAllCalendarsIsNone() {
    var bytes = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 39)
    bytes += Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
    for count in [0, 0, 0, 1, 1, 4] as [UInt8] { bytes += [0, 0, 0, count] }
    bytes += [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0E, 0x10, 0, 0] + Array("CET\0\n\n".utf8)
    #expect(ZoneFile.read(bytes)?.stretch(at: 0).offset == 3_600)
  }

  /// Files that are cut, turned or made up end no process.
  @Test func brokenZoneFilesAreNone() throws {
    #expect(ZoneFile.read([]) == nil)
    #expect(ZoneFile.read(Array("TZif2".utf8)) == nil)
    guard
      let data = try? Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin"))
    else { return print("skipped: no tz database") }
    let whole = Array(data)
    for length in 0..<whole.count - 1 { _ = ZoneFile.read(Array(whole[..<length])) }
    for place in whole.indices {
      var turned = whole
      turned[place] ^= 0xff
      if let zone = ZoneFile.read(turned) { _ = zone.stretch(at: 1_800_000_000) }
    }
  }

  @Test(
    arguments: [
      ("CET-1CEST,M3.5.0,M10.5.0/3", true), ("EST5EDT,M3.2.0,M11.1.0", true), ("UTC0", false),
      ("<+03>-3", false), ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", true), ("XXX3", false), ("AAA-1BBB,J60/2,300/2", true),
    ])
  func rulesOfFootersAreRead(text: String, changes: Bool) throws {
    let footer = try #require(ZoneFooter(text))
    #expect(footer.changes == changes)
    #expect(footer.changes(in: 2026).count == (changes ? 2 : 0))
  }

  @Test(arguments: [
    "", "A", "CET", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0", "CET-1x",
  ])
  func otherTextsAreNoRules(text: String) { #expect(ZoneFooter(text) == nil) }
}
