import CircusModel
import CircusWire
import JSON

/// `schedule` and `run`.
extension Arbiter {
  func schedules(_ command: Schedule, _ now: Moment) throws(RequestError) -> Reply {
    var chosen = watchers.filter { !$0.isDoomed && $0.spec.schedule.isSet }
    if let name = command.name {
      let watcher = watchers[try watcher(named: name)]
      guard watcher.spec.schedule.isSet else {
        throw .refused("\(watcher.spec.name) has no schedule")
      }
      chosen = [watcher]
    }
    let rows = chosen.sorted { $0.spec.name < $1.spec.name }.map { watcher -> JSON in
      .object(scheduleObject(watcher, command.count, now))
    }
    return .ok("schedules", .array(rows))
  }

  func scheduleObject(_ watcher: Watcher, _ count: Int, _ now: Moment) -> JSONObject {
    let state = watcher.schedule ?? ScheduleState()
    var object: JSONObject = [
      "name": .string(watcher.spec.name), "schedule": .string(watcher.spec.schedule.title),
      "armed": .bool(state.isArmed), "running": .bool(watcher.isBusy),
      "next": state.next.map { .double($0) } ?? .null,
      "last_start": state.lastStart.map { .double($0) } ?? .null, "runs": .int(state.runs),
      "skipped": .int(state.skipped), "missed": .int(state.missed),
      "text": .string(watcher.scheduleText(now)),
      "next_text": .string(
        state.isArmed ? state.nextText ?? "-" : "not scheduled"),
    ]
    if let problem = state.problem { object["problem"] = .string(problem) }
    if let last = state.last {
      let words = last.isSuccess ? "ok" : "failed"
      object["last"] = [
        "ok": .bool(last.isSuccess), "time": .double(last.endedAt), "took": .double(last.took),
        "text": .string(
          "\(words) after \(Watcher.span(last.took)), \(Watcher.ago(last.endedAt, now))"),
      ]
    }
    let zone = zones(watcher.spec.schedule.zone) ?? .utc
    object["times"] = .array(
      times(of: watcher, count).map { time -> JSON in
        ["time": .double(time), "text": .string(zone.text(time))]
      })
    return object
  }

  private func times(of watcher: Watcher, _ count: Int) -> [Double] {
    guard let state = watcher.schedule, state.isArmed, let next = state.next,
      let zone = zones(watcher.spec.schedule.zone)
    else { return [] }
    return [next] + watcher.spec.schedule.times(after: next, count - 1, in: zone)
  }

  mutating func run(
    _ command: Run, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    let (id, name) = (watchers[index].id, watchers[index].spec.name)
    guard watchers[index].spec.isOneshot else {
      throw .refused("\(name) does not run to an end: `circusctl start \(name)` starts it")
    }
    if let following = command.following {
      guard let ticket else { return }
      return watch(
        ticket, for: .run(id, after: following.after), seconds: following.timeout, now)
    }
    try refuseWhileEnding()
    guard !watchers[index].isBusy else {
      throw .refused(
        watchers[index].isBlocked ? watchers[index].startProblem ?? "" : "\(name) runs already")
    }
    let former = watchers[index].result?.endedAt
    if let ticket {
      if command.isWaiting {
        watch(ticket, for: .run(id, after: former), seconds: nil, now)
      } else {
        effects.append(.reply(ticket, .ok("after", former.map { .double($0) } ?? .null)))
      }
    }
    start(id, cause: .run, now, &effects)
  }

  /// How a run has ended, or that it has not. A result that ended at `after` is that of the run before.
  func runReply(_ id: WatcherID, after: Double?, _ now: Moment) -> (reply: Reply, isLast: Bool) {
    guard let index = index(of: id) else {
      return (.error(.refused("it was removed")), true)
    }
    let watcher = watchers[index]
    let name = watcher.spec.name
    guard let result = watcher.result, result.endedAt != after else {
      if let problem = watcher.startProblem, watcher.isBlocked || !watcher.isBusy {
        return (.error(.refused(problem)), true)
      }
      return watcher.isBusy
        ? (Progress.pending("\(name): \(watcher.condition(now))").reply, false)
        : (.error(.refused("\(name): it was stopped before its end")), true)
    }
    let took = Watcher.span(result.took)
    let codes = watcher.lives.values.compactMap { $0.lastExit?.status.shellCode }
    let code = result.isSuccess ? 0 : codes.first { $0 != 0 } ?? 1
    let text =
      result.isSuccess ? "done after \(took)" : "\(watcher.lastProblem ?? "failed"), after \(took)"
    let reply = Reply.ok([
      .init("success", .bool(result.isSuccess)), .init("took", .double(result.took)),
      .init("exit_code", .int(Int(code))), .init("text", .string("\(name): \(text)")),
    ])
    return (reply, true)
  }
}

extension Watcher {
  /// `scheduled, next 2026-12-01 03:15:00 CET; ok after 41 s, 5:00:00 ago`.
  func scheduleText(_ now: Moment) -> String {
    guard let schedule, schedule.isArmed else { return "stopped, not scheduled" }
    if let problem = schedule.problem { return "not scheduled: \(problem)" }
    var text = "scheduled, next \(schedule.nextText ?? "at no time")"
    if schedule.isQueued { text += ", and once more after this run" }
    if let last = schedule.last {
      let words = last.isSuccess ? "ok" : lastProblem ?? "failed"
      text += "; last run \(words) after \(Self.span(last.took)), \(Self.ago(last.endedAt, now))"
    }
    return text
  }
}
