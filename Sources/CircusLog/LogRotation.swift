import LinuxSystem

/// Renaming the files of a log that is rotated.
enum LogRotation {
  /// `.N-1` to `.N` ... the file to `.1`.
  static func shift(_ place: CheckedPath, backups: Int) {
    // As far as there is no gap: what lies beyond one need not move.
    var count = 0
    while count < backups, place.exists(suffix: ".\(count + 1)") { count += 1 }
    for index in stride(from: min(count, backups - 1), to: 0, by: -1) {
      place.rename(from: ".\(index)", to: ".\(index + 1)")
    }
    place.rename(from: "", to: ".1")
  }

  /// The file under its date. A period that comes twice, as when clocks are set back, gets a number.
  static func putAside(_ place: CheckedPath, under suffix: String, backups: Int) {
    var name = suffix
    var again = 0
    while place.exists(suffix: name) {
      again += 1
      name = "\(suffix).\(again)"
    }
    place.rename(from: "", to: name)
    guard backups > 0 else { return }
    let dated = place.suffixes.compactMap { Dated($0, digits: suffix.utf8.count - 1) }.sorted()
    for old in dated.dropLast(backups) { try? place.remove(suffix: old.suffix) }
  }

  /// `.20261028`, or `.20261028.1` for the second of that name.
  private struct Dated: Comparable {
    var suffix: String
    var date: String
    var number: Int

    init?(_ suffix: String, digits: Int) {
      let parts = suffix.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
      guard let date = parts.first, date.utf8.count == digits,
        date.utf8.allSatisfy({ (48...57).contains($0) }), parts.count <= 2
      else { return nil }
      guard let number = parts.count == 2 ? Int(parts[1]) : 0 else { return nil }
      self.suffix = suffix
      self.date = String(date)
      self.number = number
    }

    static func < (a: Dated, b: Dated) -> Bool { (a.date, a.number) < (b.date, b.number) }
  }
}
