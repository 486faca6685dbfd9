/// Since when which offset from UTC holds in a place: what a file of the tz database tells (RFC 8536).
package struct ZoneRules: Hashable, Sendable {
  /// A change of the offset.
  package struct Change: Hashable, Sendable {
    /// Seconds since the epoch.
    package var at: Int64
    /// Seconds east of UTC from then on.
    package var offset: Int64
    /// `CET`, `CEST`.
    package var name: String

    package init(at: Int64, offset: Int64, name: String) {
      (self.at, self.offset, self.name) = (at, offset, name)
    }
  }

  /// A stretch of time in which one offset holds.
  package struct Stretch: Hashable, Sendable {
    /// Nil: since ever.
    package var start: Int64?
    /// Nil: for ever.
    package var end: Int64?
    package var offset: Int64
    /// The offset before.
    package var former: Int64
    package var name: String
  }

  /// What holds before the first change.
  private var first: Change
  /// In their order.
  private var changes: [Change]
  /// What holds after the last change.
  private var rule: ZoneFooter?

  package init(first: Change, changes: [Change], rule: ZoneFooter?) {
    self.first = first
    self.changes = changes
    self.rule = rule
  }

  package static let utc = ZoneRules(
    first: Change(at: 0, offset: 0, name: "UTC"), changes: [], rule: nil)

  /// The stretch that this moment is in.
  package func stretch(at seconds: Int64) -> Stretch {
    if let last = changes.last, seconds >= last.at, let rule, rule.changes {
      return late(seconds, rule, after: last)
    }
    if changes.isEmpty, let rule, rule.changes { return late(seconds, rule, after: first) }
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    // The one before `low` holds.
    guard low > 0 else {
      return Stretch(
        start: nil, end: changes.first?.at, offset: first.offset, former: first.offset,
        name: first.name)
    }
    let (own, former) = (changes[low - 1], low > 1 ? changes[low - 2] : first)
    return Stretch(
      start: own.at, end: low < changes.count ? changes[low].at : nil, offset: own.offset,
      former: former.offset, name: own.name)
  }

  /// By the rule that holds after the last change.
  private func late(_ seconds: Int64, _ rule: ZoneFooter, after last: Change) -> Stretch {
    let year = CivilTime(seconds: seconds).year
    var known: [Change] = []
    for year in year - 1...year + 2 { known += rule.changes(in: year) }
    if !changes.isEmpty { known.removeAll { $0.at <= last.at } }
    known.sort { $0.at < $1.at }
    let index = known.lastIndex { $0.at <= seconds }
    let own = index.map { known[$0] } ?? last
    let former = index.map { $0 > 0 ? known[$0 - 1] : last } ?? changes.dropLast().last ?? first
    return Stretch(
      start: index == nil && changes.isEmpty ? nil : own.at,
      end: known.first { $0.at > seconds }?.at, offset: own.offset, former: former.offset,
      name: own.name)
  }

  /// `Tue 2026-12-01 03:15:00 CET`: what calendar and clock there show.
  package func text(_ seconds: Double) -> String {
    let time = Int64(seconds.rounded(.down))
    let local = local(time)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    return "\(days[local.weekday]) \(local.text) \(stretch(at: time).name)"
  }

  /// What the clock there shows.
  package func local(_ seconds: Int64) -> CivilTime {
    CivilTime(seconds: seconds + stretch(at: seconds).offset)
  }
}
