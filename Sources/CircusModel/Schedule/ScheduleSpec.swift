/// When a watcher is started by itself, again and again.
package struct ScheduleSpec: Hashable, Sendable {
  /// What happens when it is time, and the run before is not over.
  package enum Overlap: String, CaseIterable, Hashable, Sendable {
    /// Nothing; it is counted and told.
    case skip
    /// One more run follows, never two.
    case queue
    /// The run under way is stopped, and begun anew.
    case replace
  }

  /// What happens after a time at which there was no daemon, or the machine slept.
  package enum Missed: String, CaseIterable, Hashable, Sendable {
    /// Nothing; it is counted and told.
    case skip
    /// One run makes up for all of them.
    case once
  }

  /// As it is written; empty: there is no schedule.
  package var text = ""
  /// A name of the tz database; empty: the machine's zone.
  package var zone = ""
  package var overlap = Overlap.skip
  package var missed = Missed.skip
  /// By up to so much it is later, always by the same.
  package var jitter = Interval.zero
  /// It also runs once when the daemon starts.
  package var runsOnStart = false

  package init() {}

  package var isSet: Bool { !text.isEmpty }
  /// Nil: there is none, or its text is none.
  package var timetable: Timetable? { isSet ? try? Timetable(text: text) : nil }
  /// So many times after this one, in seconds since the epoch.
  package func times(after start: Double, _ count: Int, in zone: ZoneRules) -> [Double] {
    switch timetable {
    case .every(let interval):
      return (0..<max(0, count)).map { start + Double($0 + 1) * interval.seconds }
    case .calendar(let expression):
      var found: [Double] = []
      while found.count < count,
        let next = expression.next(after: Int64(found.last ?? start.rounded(.down)), in: zone)
      {
        found.append(Double(next))
      }
      return found
    case nil: return []
    }
  }

  /// How it is told.
  package var title: String { zone.isEmpty ? text : "\(text) \(zone)" }
}
