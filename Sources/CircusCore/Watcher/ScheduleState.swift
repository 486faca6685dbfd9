import CircusModel
import JSON

/// When a watcher is started by itself next, and what became of the times before.
package struct ScheduleState: Hashable, Sendable {
  /// It is started by itself; an operator's stop ends that until the next start.
  package internal(set) var isArmed = false
  /// The next time, in seconds since the epoch, without its jitter; nil: there is none. Of `every:` it is an estimate.
  package internal(set) var next: Double?
  /// When that is, by the clock that decides.
  var due: Instant?
  /// The last time that had its turn.
  var planned: Int64?
  /// One more run follows the one under way.
  package internal(set) var isQueued = false
  /// When it was last started by its schedule, in seconds since the epoch.
  package internal(set) var lastStart: Double?
  /// How its last run ended, of its schedule or by hand.
  package internal(set) var last: RunResult?
  /// Runs it has begun, times at which the run before was not over, and times at which there was no daemon.
  package internal(set) var runs = 0
  package internal(set) var skipped = 0
  package internal(set) var missed = 0
  /// Why it cannot be told when it is next; nil: it can.
  package internal(set) var problem: String?
  /// The next time for people, as the clock of its zone shows it.
  package internal(set) var nextText: String?
  /// For which definition the next time was computed.
  var spec: ScheduleSpec?

  /// Times are not told.
  mutating func disarm() {
    (isArmed, next, nextText, due, isQueued) = (false, nil, nil, nil, false)
  }
}

extension ScheduleState {
  /// For the state file.
  var record: JSON {
    var record: JSONObject = ["armed": .bool(isArmed)]
    if let spec { record["of"] = .string(spec.title) }
    if let next { record["next"] = .double(next) }
    if let due { record["due"] = .int(Int(due.nanoseconds)) }
    if let planned { record["planned"] = .int(Int(planned)) }
    if isQueued { record["queued"] = true }
    if let lastStart { record["started"] = .double(lastStart) }
    if let last {
      record["last"] = [
        "ok": .bool(last.isSuccess), "at": .double(last.endedAt), "took": .double(last.took),
      ]
    }
    for (key, count) in [("runs", runs), ("skipped", skipped), ("missed", missed)] where count > 0 {
      record[key] = .int(count)
    }
    return .object(record)
  }

  /// `isSameBoot`: the monotonic clock goes on.
  init(_ record: JSONObject, _ spec: ScheduleSpec, isSameBoot: Bool) {
    isArmed = record["armed"]?.bool ?? false
    // Another one has other times.
    let isSame = record["of"]?.string == spec.title
    if isSame { next = record["next"]?.number }
    if isSame, isSameBoot { due = record["due"]?.int.map { Instant(nanoseconds: Int64($0)) } }
    planned = record["planned"]?.int.map(Int64.init)
    isQueued = record["queued"]?.bool ?? false
    lastStart = record["started"]?.number
    if let last = record["last"]?.object {
      self.last = RunResult(
        isSuccess: last["ok"]?.bool ?? false, endedAt: last["at"]?.number ?? 0,
        took: last["took"]?.number ?? 0)
    }
    runs = record["runs"]?.int ?? 0
    skipped = record["skipped"]?.int ?? 0
    missed = record["missed"]?.int ?? 0
  }
}
